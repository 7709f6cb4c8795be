"""Masks to and from files: DICOM SEG, NIfTI and NRRD label maps."""
