"""NIfTI and NRRD files."""
