"""A pack's card for the terminal: every line is read from its manifest."""

from __future__ import annotations

from collections.abc import Iterator

from inference.messages.catalogue import Catalogue
from inference.packs.load import LoadedPack
from inference.packs.manifest import InputConditions, Manifest, Metric, Range
from reports.wording import PACKS_SPEAK


def card_lines(pack: LoadedPack, catalogue: Catalogue) -> Iterator[str]:
    """Name, use, inputs, provenance, contents, cut-offs, measured figures and limits."""
    manifest = pack.manifest
    text = catalogue.text
    said = manifest.texts_in(catalogue.language) or manifest
    yield f"{pack.name} · {manifest.study}"
    if said is manifest and catalogue.language != PACKS_SPEAK:
        yield text("pack.card.makers_words")
    yield said.title
    yield from _block(text("pack.card.use"), [said.intended_use])
    yield from _block(text("pack.card.not_for"), [said.not_for])
    yield from _block(text("pack.card.inputs"), _inputs(manifest, catalogue))
    yield from _block(text("pack.card.provenance"), _provenance(manifest, catalogue))
    yield from _block(text("pack.card.contents"), _contents(manifest, catalogue))
    yield from _block(text("pack.card.thresholds"), _thresholds(manifest, catalogue))
    yield from _block(text("pack.card.metrics"), [_metric(metric, catalogue) for metric in manifest.metrics])
    yield from _block(text("pack.card.limits"), list(said.limits))
    yield from _block(
        text("pack.card.made_with"),
        [f"{name} {value}" for name, value in sorted(manifest.created_with.items())],
    )
    yield ""
    yield text("pack.card.identity", licence=manifest.licence, sha256=pack.sha256)


def _block(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def _inputs(manifest: Manifest, catalogue: Catalogue) -> list[str]:
    inputs: InputConditions = manifest.inputs
    lines = [
        catalogue.text(
            "pack.card.scan",
            modality=inputs.modality,
            plane=f"plane.{inputs.plane}",
            contrast="pack.card.contrast" if inputs.contrast_enhanced else "pack.card.no_contrast",
            body_parts=", ".join(inputs.body_parts),
        ),
        catalogue.text(
            "pack.card.geometry",
            pixels=_range(inputs.pixel_spacing_mm),
            slices=_range(inputs.slice_spacing_mm),
            thickness=_range(inputs.slice_thickness_mm),
            field=_range(inputs.field_of_view_mm),
        ),
        catalogue.text("pack.card.least", slices=inputs.minimum_slices, volume=f"{inputs.minimum_mask_ml:g}"),
    ]
    for phase in manifest.phases:
        needed = "pack.card.phase_required" if phase.is_required else "pack.card.phase_optional"
        lines.append(catalogue.text(needed, phase=f"pack.phase.{phase.phase}"))
    return lines


def _provenance(manifest: Manifest, catalogue: Catalogue) -> list[str]:
    provenance = manifest.provenance
    sizes = [
        catalogue.text("pack.card.cohort", cohort=name, patients=size, events=provenance.events[name])
        if name in provenance.events
        else catalogue.text("pack.card.cohort_size", cohort=name, patients=size)
        for name, size in provenance.cohort_sizes.items()
    ]
    return [catalogue.text(f"pack.provenance.{provenance.kind}"), provenance.description, *sizes]


def _contents(manifest: Manifest, catalogue: Catalogue) -> list[str]:
    counts: dict[tuple[str, str, str], int] = {}
    for network in manifest.networks:
        about = ", ".join(part for part in (network.treatment, network.phase, network.unit) if part)
        key = (network.role, network.architecture, about)
        counts[key] = counts.get(key, 0) + 1
    lines = [
        f"{count} × {catalogue.text(f'pack.role.{role}')} "
        f"({', '.join(part for part in (architecture, about) if part)})"
        for (role, architecture, about), count in counts.items()
    ]
    for score in manifest.scores:
        worse = "pack.card.higher_worse" if score.higher_is == "worse" else "pack.card.higher_better"
        lines.append(f"{score.title} ({score.name}): {catalogue.text(worse)}")
    return lines


def _thresholds(manifest: Manifest, catalogue: Catalogue) -> list[str]:
    stated = [
        (locked.treatment, locked.value, locked.locked_on, locked.method) for locked in manifest.thresholds
    ]
    stated += [
        (locked.score, locked.value, locked.locked_on, locked.method) for locked in manifest.score_thresholds
    ]
    return [
        catalogue.text("pack.card.threshold", name=name, value=f"{value:.4f}", where=where, method=method)
        for name, value, where, method in stated
    ]


def _metric(metric: Metric, catalogue: Catalogue) -> str:
    about = " · ".join(part for part in (metric.cohort, metric.treatment, metric.score) if part)
    figure = f"{about} · {metric.name} {metric.value:.3f}"
    if metric.low is not None and metric.high is not None:
        figure += " " + catalogue.text(
            "pack.card.interval", low=f"{metric.low:.3f}", high=f"{metric.high:.3f}"
        )
    return f"{figure} · {metric.note}" if metric.note else figure


def _range(allowed: Range) -> str:
    return f"{allowed.minimum:g}–{allowed.maximum:g}"
