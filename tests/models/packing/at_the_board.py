"""What the board is given of a synthetic patient, and a pack whose encoder is the real one."""

from dataclasses import replace

import torch

from inference.clinical.schema import load_form, parse_value
from inference.runtime import Network
from models.export import export_network


def record_of(study, values):
    """The form, filled with ``values`` by field; an empty text is a missing value."""
    form = load_form(study)
    record = form.empty_record()
    for field, value in values.items():
        record = record.with_value(parse_value(form.field(field), str(value)))
    return record


def with_encoder(pack, graph, folder):
    """``pack`` with the export of ``graph`` where a test's plain encoder stood."""
    (entry,) = pack.manifest.networks
    path = folder / "encoder.onnx"
    export_network(graph, torch.zeros(1, *entry.inputs[0].shape[1:]), path)
    return replace(pack, _networks={entry.file: Network(path.read_bytes(), entry, threads=1)})
