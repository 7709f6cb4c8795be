"""Which parser opens a NIfTI or NRRD file.  Runs in the reader process."""

from __future__ import annotations

from inference.dicom.research.nifti_header import open_nifti
from inference.dicom.research.nrrd_header import open_nrrd
from inference.dicom.research.research_image import ResearchImage
from inference.dicom.research.research_names import NRRD_ENDINGS


def import_parsers() -> None:
    """Import what the formats need; costs up to a second, once."""
    import nibabel.nifti1
    import nibabel.nifti2
    import nrrd

    assert nibabel.nifti1 and nibabel.nifti2 and nrrd


def open_research(path: str) -> ResearchImage:
    """Parse the header of a file with the name of a research file.

    Raises
    ------
    NotAnImageError
        With the remark to show.
    """
    if path.lower().endswith(NRRD_ENDINGS):
        return open_nrrd(path)
    return open_nifti(path)
