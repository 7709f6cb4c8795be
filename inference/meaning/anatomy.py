"""What simple anatomy finds in a CT: every organ with its HU, its pixels and a slice to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from inference.meaning.aorta import Vessel, find_aorta
from inference.meaning.axial_sample import AxialSample
from inference.meaning.body import BODY_HU, Body, find_body, find_spine
from inference.meaning.organs import (
    Kidneys,
    Organ,
    even_tissue,
    find_kidneys,
    find_liver,
    find_spleen,
    liver_vessels,
)


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """Findings on a sample; None for what was looked for and not found."""

    sample: AxialSample
    body: Body
    aorta: Vessel | None
    liver: Organ | None
    spleen: Organ | None
    kidneys: Kidneys | None
    liver_vessels: Organ | None

    def slice_number(self, k: int) -> int:
        """The number of a sampled slice as viewers count it, from 1."""
        return self.sample.indices[k] + 1


def find_anatomy(sample: AxialSample) -> Anatomy:
    """Look for body, spine, aorta, liver, spleen and kidneys; what is not found is None, never guessed."""
    sample = _cropped(sample)
    body = find_body(sample)
    spines = find_spine(sample, body)
    even = {k: even_tissue(sample, body, k) for k in spines}
    liver = find_liver(sample, even, spines)
    return Anatomy(
        sample=sample,
        body=body,
        aorta=find_aorta(sample, body, spines),
        liver=liver,
        spleen=find_spleen(sample, even, spines, liver),
        kidneys=find_kidneys(sample, body, spines),
        liver_vessels=None if liver is None else liver_vessels(sample, even, spines, liver),
    )


def _cropped(sample: AxialSample) -> AxialSample:
    """The sample without the air around everything."""
    solid = np.any(sample.hu > BODY_HU, axis=0)
    rows, columns = np.flatnonzero(np.any(solid, axis=1)), np.flatnonzero(np.any(solid, axis=0))
    if not rows.size:
        return sample
    window = (slice(None), slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    return replace(sample, hu=np.ascontiguousarray(sample.hu[window]))
