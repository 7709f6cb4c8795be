"""What every model card tells in the same words: identity, use, scans, measured figures, origin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from inference.packs.manifest import Manifest, Metric, Range
from models.markdown import bullets, table

_SYNTHETIC: Final = (
    "**Everything in this pack comes from synthetic phantoms. No figure below says anything about patients.**"
)


def opening(manifest: Manifest) -> tuple[str, ...]:
    """Title, identity, origin and use."""
    return (
        f"# {manifest.title}",
        f"Pack `{manifest.id}` version {manifest.version}, study `{manifest.study}`, licence "
        f"{manifest.licence}.",
        _SYNTHETIC if manifest.is_demonstration else "",
        "## Use",
        bullets([f"Intended use: {manifest.intended_use}", f"Not for: {manifest.not_for}"]),
    )


def scans(manifest: Manifest, contrast: str = "") -> list[str]:
    """The scans that the pack may answer for, ``contrast`` before the modality."""
    inputs = manifest.inputs
    return [
        f"{contrast}{inputs.modality}, {inputs.plane} within {inputs.maximum_obliquity_deg:g}°, body part "
        f"{' or '.join(inputs.body_parts)}",
        f"pixels {_range(inputs.pixel_spacing_mm)} mm, slices every {_range(inputs.slice_spacing_mm)} mm and "
        f"{_range(inputs.slice_thickness_mm)} mm thick, field of view {_range(inputs.field_of_view_mm)} mm",
        f"at least {inputs.minimum_slices} slices and {inputs.minimum_mask_ml:g} ml of marked tumour",
    ]


def figures(manifest: Manifest, head: str, subject: Callable[[Metric], str | None]) -> str:
    """Measured figures with their intervals; ``subject`` says of what, under ``head``."""
    heads = [f"cohort ({manifest.provenance.kind})", head, "figure", "value", "95 % interval", "note"]
    return table(
        heads,
        (
            [
                *(one.cohort, subject(one) or "–", one.name, f"{one.value:.3f}"),
                "" if one.low is None else f"{one.low:.3f} to {one.high:.3f}",
                one.note,
            ]
            for one in manifest.metrics
        ),
    )


def closing(manifest: Manifest, items: Iterable[str]) -> tuple[str, ...]:
    """Limits, items of the reporting guidelines, and what the pack was made with."""
    return (
        "## Limits",
        bullets(manifest.limits),
        "## Reporting items",
        bullets(items),
        "## Made with",
        bullets(f"{name}: {value}" for name, value in sorted(manifest.created_with.items())),
    )


def joined(parts: Iterable[str]) -> str:
    """The card of its parts; an empty one is none."""
    return "\n\n".join(part for part in parts if part) + "\n"


def _range(allowed: Range) -> str:
    return f"{allowed.minimum:g} to {allowed.maximum:g}"
