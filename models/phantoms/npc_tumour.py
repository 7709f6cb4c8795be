"""The nasopharyngeal tumour and its nodes: solids by T and N stage, appearance by the image signal.

Where the outcome's signal lies. Write I for the image signal. The appearance of slice *k* follows

    J_k = (I + u) + GRADIENT * (I - u) * t_k + e_k,

with *t* the craniocaudal position in the lesion (-1 caudal to 1 cranial), u a patient's confounder and e_k
the slice's own noise. The mean over slices shows I + u, the gradient I - u; only both together show I. J sets
the necrotic share, the rim, the texture's coarseness and the roughness of the edge. Sensitivity to induction
chemotherapy B sets the enhancement against muscle. Size follows T and N stage and chance, never I.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.phantoms.lattice_noise import LatticeNoise
from models.phantoms.npc_anatomy import MUSCLE
from models.phantoms.npc_population import STUDY, NpcPatient
from models.phantoms.randomness import random_stream
from models.phantoms.shapes import Floats, SliceCanvas, smooth_union

CONFOUNDER_SD = 0.5
SLICE_NOISE_SD = 0.5
GRADIENT = 0.8
# Enhancement against muscle at B = 0, its logarithmic step per unit of B, and the slice's own noise in B.
ENHANCEMENT_RATIO, ENHANCEMENT_STEP, ENHANCEMENT_NOISE_SD = 1.75, 0.14, 0.6
PRIMARY, NODES = 1, 2


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """Centre and radii in mm, head frame."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Lesions:
    """Everything about one patient's disease that slices share."""

    primary: tuple[Ellipsoid, ...]
    nodes: tuple[Ellipsoid, ...]
    enhancement: float
    signal: float
    confounder: float
    z_centre: float
    z_half: float
    edge: LatticeNoise
    coarse: LatticeNoise
    medium: LatticeNoise
    fine: LatticeNoise
    address: tuple[str, int, int]

    def slice_appearance(self, z_mm: float, slice_index: int) -> tuple[float, float]:
        """J_k and the enhancement (signal units) of the slice with this index at this level."""
        cohort, seed, index = self.address
        rng = random_stream(STUDY, cohort, seed, index, "slice", slice_index)
        noise, enhancement_noise = rng.standard_normal(2)
        t = float(np.clip((z_mm - self.z_centre) / self.z_half, -1.2, 1.2))
        shown = (self.signal + self.confounder) + GRADIENT * (self.signal - self.confounder) * t
        step = ENHANCEMENT_STEP * ENHANCEMENT_NOISE_SD * float(enhancement_noise)
        return shown + SLICE_NOISE_SD * float(noise), self.enhancement * float(np.exp(step))


def draw_lesions(patient: NpcPatient, contrast_gain: float) -> Lesions:
    """Draw the solids and fields of a patient; ``contrast_gain`` is the hospital's contrast timing."""
    rng = random_stream(STUDY, patient.cohort, patient.seed, patient.index, "lesions")
    primary = _primary(patient.t_stage, rng)
    nodes = _nodes(patient.n_stage, rng)
    confounder = CONFOUNDER_SD * rng.standard_normal()
    solids = primary + nodes
    low = min(s.centre[2] - s.radii[2] for s in solids)
    high = max(s.centre[2] + s.radii[2] for s in solids)
    return Lesions(
        primary=primary,
        nodes=nodes,
        enhancement=MUSCLE * contrast_gain * _enhancement_ratio(patient.ic_sensitivity_b),
        signal=patient.image_signal_i,
        confounder=confounder,
        z_centre=0.5 * (low + high),
        z_half=0.5 * (high - low),
        edge=LatticeNoise.draw(rng, 9.0, 12.0),
        coarse=LatticeNoise.draw(rng, 7.0, 9.0),
        medium=LatticeNoise.draw(rng, 4.0, 8.0),
        fine=LatticeNoise.draw(rng, 2.2, 8.0),
        address=(patient.cohort, patient.seed, patient.index),
    )


def _enhancement_ratio(ic_sensitivity_b: float) -> float:
    """Enhancement of viable tumour relative to muscle."""
    return ENHANCEMENT_RATIO * float(np.exp(ENHANCEMENT_STEP * ic_sensitivity_b))


def _primary(t_stage: int, rng: np.random.Generator) -> tuple[Ellipsoid, ...]:
    """Solids of the primary: a core in the fossa of Rosenmueller plus the stage's extensions."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    size = float(np.exp(0.13 * rng.standard_normal()))
    shift = rng.normal(0.0, 1.5, 3)

    def solid(x: float, y: float, z: float, rx: float, ry: float, rz: float) -> Ellipsoid:
        jitter = rng.normal(0.0, 1.2, 3)
        centre = (side * x + shift[0] + jitter[0], y + shift[1] + jitter[1], z + shift[2] + jitter[2])
        return Ellipsoid(centre, (rx * size, ry * size, rz * size))

    solids = [solid(11, -5, 0, 12, 9, 19), solid(-3, -4, 1, 11, 6.5, 15)]
    if t_stage >= 2:
        solids.append(solid(22, -8, -3, 11, 11, 17))
    if t_stage >= 3:
        solids.append(solid(3, 7, 9, 14, 9.5, 14))
        if rng.random() < 0.5:
            solids.append(solid(8, -22, 8, 12, 12, 12))
    if t_stage >= 4:
        if rng.random() < 0.65:
            solids.append(solid(16, 4, 20, 13, 13, 14))
        else:
            solids.append(solid(24, -34, 14, 12, 15, 13))
        solids.append(solid(29, -16, 0, 13, 12, 16))
    return tuple(solids)


def _nodes(n_stage: int, rng: np.random.Generator) -> tuple[Ellipsoid, ...]:
    """Solids of the nodes, all above 1 cm in short axis: none, one side, both sides, large or low."""
    if n_stage == 0:
        return ()
    side = 1.0 if rng.random() < 0.5 else -1.0
    places = {
        "retropharyngeal": (18.0, 5.0, -8.0),
        "upper jugular": (40.0, 9.0, -27.0),
        "middle jugular": (41.0, 10.0, -46.0),
        "lower": (41.0, 14.0, -66.0),
        "posterior": (48.0, 32.0, -46.0),
    }

    def node(place: str, on: float, radius: float) -> Ellipsoid:
        x, y, z = np.array(places[place]) + rng.normal(0.0, 2.0, 3)
        radii = radius * np.exp(rng.normal(0.0, 0.08, 3)) * np.array([1.0, 1.1, 1.35])
        short = np.maximum(radii, 5.6)
        return Ellipsoid(
            (on * float(x), float(y), float(z)), (float(short[0]), float(short[1]), float(short[2]))
        )

    big = 10.0 if n_stage < 3 else 15.0
    nodes = [node("upper jugular", side, rng.uniform(7.5, big))]
    if rng.random() < 0.6:
        nodes.append(node("retropharyngeal", side, rng.uniform(5.8, 8.0)))
    if n_stage >= 2:
        nodes.append(node("upper jugular", -side, rng.uniform(6.5, 9.5)))
        if rng.random() < 0.6:
            nodes.append(node("middle jugular", side, rng.uniform(6.0, 9.0)))
    if n_stage == 3:
        nodes.append(node("lower", side, rng.uniform(8.0, 13.0)))
        if rng.random() < 0.5:
            nodes.append(node("posterior", side, rng.uniform(6.0, 9.0)))
    return tuple(nodes)


def _distance(
    solids: tuple[Ellipsoid, ...], canvas: SliceCanvas, z_mm: float, blend_mm: float
) -> Floats | None:
    """Signed distance of the smooth union on the whole slice, or None when no solid comes near."""
    total: Floats | None = None
    for solid in solids:
        (cx, cy, cz), (rx, ry, rz) = solid.centre, solid.radii
        if abs(z_mm - cz) > rz + 3.0:
            continue
        u, v = (canvas.x - np.float32(cx)) / np.float32(rx), (canvas.y - np.float32(cy)) / np.float32(ry)
        w = np.float32((z_mm - cz) / rz)
        k0 = np.sqrt(u * u + v * v + w * w)
        k1 = np.sqrt((u / rx) ** 2 + (v / ry) ** 2 + (w / rz) ** 2) + np.float32(1e-6)
        distance = (k0 * (k0 - 1.0) / k1).astype(np.float32)
        total = distance if total is None else smooth_union(total, distance, blend_mm)
    return total


def _reaching(distance: Floats | None) -> Floats | None:
    """Drop a lesion that only grazes the slice: its rough edge would leave specks."""
    return distance if distance is not None and float(distance.min()) < -1.0 else None


def paint_lesions(
    canvas: SliceCanvas, lesions: Lesions, z_mm: float, slice_index: int
) -> tuple[Floats | None, Floats | None]:
    """Paint primary and nodes; return their signed distances (row, column) in mm, None where absent."""
    primary = _reaching(_distance(lesions.primary, canvas, z_mm, 5.0))
    nodes = _reaching(_distance(lesions.nodes, canvas, z_mm, 1.5))
    if primary is None and nodes is None:
        return None, None
    signal, tone = lesions.slice_appearance(z_mm, slice_index)
    grid = canvas.grid_x, canvas.grid_y
    edge = lesions.edge.plane(z_mm, *grid) + 0.5 * lesions.medium.plane(z_mm, *grid)
    rough_mm = 1.0 + 1.4 / (1.0 + np.exp(-1.5 * signal))
    if primary is not None:
        primary = np.asarray(primary + np.clip(rough_mm * edge, -2.5, 2.5), dtype=np.float32)
        _paint(canvas, lesions, primary, z_mm, signal, tone)
    if nodes is not None:
        nodes = np.asarray(nodes + np.clip(0.35 * rough_mm * edge, -1.5, 1.5), dtype=np.float32)
        _paint(canvas, lesions, nodes, z_mm, signal, 0.94 * tone)
    return primary, nodes


def _paint(
    canvas: SliceCanvas, lesions: Lesions, distance: Floats, z_mm: float, signal: float, tone: float
) -> None:
    """Paint one lesion from its signed distance."""
    inside = distance < 2.0
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if rows.size == 0:
        return
    box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    grid = canvas.grid_x[box[1]], canvas.grid_y[box[0]]
    coarse, medium, fine = (f.plane(z_mm, *grid) for f in (lesions.coarse, lesions.medium, lesions.fine))
    d = distance[box]
    depth = np.clip(-d, 0.0, None)
    relative = depth / max(float(depth.max()), 4.0)
    share = 1.0 / (1.0 + np.exp(-1.7 * signal))
    texture = (1.0 - share) * 0.11 * fine + share * 0.19 * (0.8 * coarse + 0.6 * medium)
    value = tone * (1.0 + texture)
    value += tone * 0.22 * share * np.exp(-(((depth - 2.0) / 2.2) ** 2))
    threshold = 0.8 + 1.9 / (1.0 + np.exp(1.1 * signal))
    field = 2.2 * relative + 0.75 * coarse + 0.35 * medium
    necrotic = np.clip((field - threshold) / 0.5 + 0.5, 0.0, 1.0) * np.clip((depth - 2.0) / 1.5, 0.0, 1.0)
    value += necrotic * (0.42 * tone * (1.0 + 0.1 * fine) - value)
    canvas.paint(box, canvas.cover(d, 0.8), np.asarray(value, dtype=np.float32))


def label_from_distances(
    primary: Floats | None, nodes: Floats | None, shape: tuple[int, int]
) -> NDArray[np.uint8]:
    """Label map of one slice: primary tumour over nodes over background."""
    label = np.zeros(shape, dtype=np.uint8)
    if nodes is not None:
        label[nodes < 0.0] = NODES
    if primary is not None:
        label[primary < 0.0] = PRIMARY
    return label
