"""DICOM: the web client, the index of a file, decoding, the grey-scale pipeline and geometry.

Nothing is imported here: pydicom and the codecs load only in the worker processes that need them.
"""
