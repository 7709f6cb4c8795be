"""Which parser opens a NIfTI or NRRD file.  Runs in the reader process."""

from __future__ import annotations

from inference.dicom.research.nifti_header import is_pair_header, open_nifti
from inference.dicom.research.nrrd_header import open_nrrd
from inference.dicom.research.research_image import ResearchImage
from inference.dicom.research.research_names import NRRD_ENDINGS, is_research_file, may_be_pair


def import_parsers() -> None:
    """Import what the formats need; costs up to a second, once."""
    import nibabel.nifti1
    import nibabel.nifti2
    import nrrd

    assert nibabel.nifti1 and nibabel.nifti2 and nrrd


def is_research(path: str) -> bool:
    """True for a file of NIfTI or NRRD, by its name, and by its first bytes where the name leaves it open.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    return is_research_file(path) or (may_be_pair(path) and is_pair_header(path))


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
