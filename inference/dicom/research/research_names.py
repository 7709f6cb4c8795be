"""Names by which NIfTI and NRRD files are known, before a byte of them is read."""

from __future__ import annotations

from typing import Final

NIFTI_ENDINGS: Final = (".nii", ".nii.gz")
NRRD_ENDINGS: Final = (".nrrd", ".nhdr")
PAIR_ENDING: Final = ".hdr"
"""The header of a NIfTI pair; its data lie beside it.  Other programs call other files so too."""


def is_research_file(path: str) -> bool:
    """True for names of NIfTI and NRRD files."""
    return path.lower().endswith(NIFTI_ENDINGS + NRRD_ENDINGS)


def may_be_pair(path: str) -> bool:
    """True for the name of the header of a NIfTI pair; its first bytes tell whether it is one."""
    return path.lower().endswith(PAIR_ENDING)


def may_have_data_elsewhere(path: str) -> bool:
    """True for headers alone: what is known of such a file says nothing about the data beside it."""
    return path.lower().endswith(NRRD_ENDINGS) or may_be_pair(path)
