"""Deterministic volumes that look like CT and MR, and their DICOM series.

Lengths are millimetres in the patient's system of DICOM (x to the left, y to the back, z to the head; PS3.3
C.7.6.2.1.1). Nothing here is measured on a person: bodies are drawn from ellipses, tubes and noise.
"""
