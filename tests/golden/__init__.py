"""The golden table: standard test images, what is expected of each and what is shown.

No expectation is taken from this program: they come from the standard, from what the makers of the images say of them
(INDEX.tsv), from other decoders (SimpleITK with GDCM, pydicom, dcmtk), or were worked out by hand.
"""
