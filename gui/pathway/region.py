"""What the reader marks in a study: the tumour's outline, or a rough cuboid."""

from __future__ import annotations

from inference.errors import InputError
from inference.pathways.pathway import load_pathway


def marks_cuboid(study: str) -> bool:
    """True where three quadrilaterals and the cuboid about them take the place of an outline."""
    try:
        return load_pathway(study).region == "cuboid"
    except InputError:
        # A study that answers by treatment has no pathway of scores.
        return False
