"""A pack is used whole and unaltered, or refused in one sentence that names the file."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inference.errors import PackError
from inference.messages.catalogue import load_catalogue
from inference.packs import verify
from inference.packs.manifest import Manifest
from inference.packs.verify import verify_pack
from tests.inference.tiny_pack import classifier_model, segmenter_model, write_tiny_pack

SEGMENTER = "networks/segmenter.onnx"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_tiny_pack(tmp_path / "pack")


def refusal(folder: Path, **options: Any) -> PackError:
    with pytest.raises(PackError) as caught:
        verify_pack(folder, **options)
    sentence = load_catalogue("en").render(caught.value.message)
    assert "{" not in sentence and "⟦" not in sentence
    return caught.value


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(document)
    (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")


def replace_file(folder: Path, name: str, content: bytes) -> None:
    """Replace a file and vouch for it, as a careless maker of packs would."""
    (folder / name).write_bytes(content)
    edit_manifest(
        folder, lambda document: document["files"].update({name: hashlib.sha256(content).hexdigest()})
    )


def test_a_whole_pack_is_accepted_with_its_self_test(pack: Path) -> None:
    loaded = verify_pack(pack, self_test=True)
    assert loaded.name == "npc-residual-tiny@1.0.0"
    assert loaded.state == "demonstration"
    assert loaded.sha256 == hashlib.sha256(loaded.manifest.canonical_bytes()).hexdigest()


def test_a_hospitals_pack_is_unverified_until_signatures_are_read(tmp_path: Path) -> None:
    assert verify_pack(write_tiny_pack(tmp_path / "p", provenance="hospital")).state == "unverified"


@pytest.mark.parametrize("name", [SEGMENTER, "networks/ic_ccrt-1.onnx", "selftest.npz", "card.md"])
@pytest.mark.parametrize("place", [0, -1], ids=["first byte", "last byte"])
def test_one_changed_byte_anywhere_is_refused_by_name(pack: Path, name: str, place: int) -> None:
    content = bytearray((pack / name).read_bytes())
    content[place] ^= 1
    (pack / name).write_bytes(content)
    error = refusal(pack)
    assert error.message.id == "error.pack.altered" and error.message.fields == {"file": name}


def test_a_truncated_file_is_refused(pack: Path) -> None:
    content = (pack / SEGMENTER).read_bytes()
    (pack / SEGMENTER).write_bytes(content[: len(content) // 2])
    assert refusal(pack).message.fields["file"] == SEGMENTER


def test_a_missing_file_is_refused(pack: Path) -> None:
    (pack / SEGMENTER).unlink()
    error = refusal(pack)
    assert error.message.id == "error.pack.missing_file" and error.message.fields["file"] == SEGMENTER


@pytest.mark.parametrize("name", ["notes.txt", "networks/more.onnx", "networks/deep/code.py", ".hidden"])
def test_a_file_that_nobody_vouches_for_is_refused(pack: Path, name: str) -> None:
    (pack / name).parent.mkdir(exist_ok=True)
    (pack / name).write_bytes(b"x")
    error = refusal(pack)
    assert error.message.id == "error.pack.extra_file" and error.message.fields["file"] == name


@pytest.mark.parametrize("target", ["card.md", "networks"])
def test_links_are_refused_even_to_the_right_bytes(pack: Path, target: str, tmp_path: Path) -> None:
    (pack / target).rename(tmp_path / "elsewhere")
    (pack / target).symlink_to(tmp_path / "elsewhere")
    error = refusal(pack)
    assert error.message.id == "error.pack.link" and error.message.fields["file"] == target


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes exist on POSIX alone")
def test_a_pipe_is_refused_without_waiting_for_it(pack: Path) -> None:
    (pack / "card.md").unlink()
    os.mkfifo(pack / "card.md")
    assert refusal(pack).message.id == "error.pack.link"


def test_a_manifest_that_is_a_link_is_refused(pack: Path, tmp_path: Path) -> None:
    (pack / "manifest.json").rename(tmp_path / "manifest.json")
    (pack / "manifest.json").symlink_to(tmp_path / "manifest.json")
    assert refusal(pack).message.id == "error.pack.link"


def test_a_folder_without_manifest_and_a_file_are_no_packs(tmp_path: Path) -> None:
    assert refusal(tmp_path).message.id == "error.pack.no_manifest"
    (tmp_path / "x.modelpack").write_bytes(b"")
    assert refusal(tmp_path / "x.modelpack").message.id == "error.pack.not_a_folder"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000])
def test_a_manifest_that_is_not_json_is_refused(pack: Path, content: bytes) -> None:
    (pack / "manifest.json").write_bytes(content)
    assert refusal(pack).message.id == "error.pack.manifest_not_json"


@pytest.mark.parametrize("content", [b"[]", b"null", b"{}", b'"text"'])
def test_json_that_is_no_manifest_is_refused(pack: Path, content: bytes) -> None:
    (pack / "manifest.json").write_bytes(content)
    assert refusal(pack).message.id == "error.pack.manifest"


def test_a_newer_manifest_says_that_the_application_must_be_updated(pack: Path) -> None:
    edit_manifest(pack, lambda document: document.update(schema_version=3))
    error = refusal(pack)
    assert error.message.id == "error.pack.newer" and error.message.fields["version"] == 3


def test_a_huge_manifest_is_refused_unread(pack: Path) -> None:
    (pack / "manifest.json").write_bytes(b" " * (verify.MANIFEST_LIMIT + 1))
    assert refusal(pack).message.id == "error.pack.too_large"


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("study", lambda document: document.pop("study")),
        ("unheard_of", lambda document: document.update(unheard_of=1)),
        ("version", lambda document: document.update(version="newest")),
        ("inputs.minimum_mask_ml", lambda document: document["inputs"].update(minimum_mask_ml="much")),
        ("files", lambda document: document["files"].update({"../outside": "0" * 64})),
        ("files", lambda document: document["files"].update({"/etc/passwd": "0" * 64})),
        ("files", lambda document: document["files"].update({"a\\b": "0" * 64})),
        ("files", lambda document: document["files"].update({"C:x": "0" * 64})),
        ("files", lambda document: document["files"].update({SEGMENTER: "abc"})),
        ("manifest.json", lambda document: document["files"].pop(SEGMENTER)),
        ("manifest.json", lambda document: document["thresholds"].pop()),
        ("manifest.json", lambda document: document["networks"].pop(0)),
        ("manifest.json", lambda document: document["files"].pop("selftest.npz")),
    ],
)
def test_a_manifest_that_breaks_its_schema_names_the_place(
    pack: Path, place: str, change: Callable[[dict[str, Any]], None]
) -> None:
    edit_manifest(pack, change)
    error = refusal(pack)
    assert error.message.id == "error.pack.manifest" and error.message.fields["place"] == place


def test_too_large_and_too_many_files_are_refused(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "FILE_COUNT_LIMIT", 3)
    assert refusal(pack).message.id == "error.pack.too_many_files"
    monkeypatch.setattr(verify, "FILE_LIMIT", 8)
    assert refusal(pack).message.id == "error.pack.too_large"


def test_files_that_are_too_large_together_are_refused(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    largest = max(path.stat().st_size for path in pack.rglob("*"))
    monkeypatch.setattr(verify, "PACK_LIMIT", largest)
    assert refusal(pack).message.id == "error.pack.too_large"


def test_a_changed_manifest_changes_the_packs_hash(pack: Path) -> None:
    before = verify_pack(pack).sha256
    edit_manifest(pack, lambda document: document["thresholds"][0].update(value=0.51))
    assert verify_pack(pack).sha256 != before


def test_spaces_and_order_in_the_manifest_do_not_change_the_hash(pack: Path) -> None:
    before = verify_pack(pack).sha256
    document = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    reordered = dict(reversed(document.items()))
    (pack / "manifest.json").write_text(json.dumps(reordered, indent=4), encoding="utf-8")
    assert verify_pack(pack).sha256 == before


# Networks: vouched for by the manifest, and still not taken.


@pytest.mark.parametrize("content", [b"", b"not a network", b"\x00" * 64, b"\x80" * 32])
def test_bytes_that_are_no_network_are_refused(pack: Path, content: bytes) -> None:
    replace_file(pack, SEGMENTER, content)
    error = refusal(pack)
    assert error.message.id == "error.pack.network_unreadable" and error.message.fields["file"] == SEGMENTER


def test_weights_in_another_file_are_refused(pack: Path) -> None:
    model = segmenter_model()
    weight = model.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="/etc/passwd")
    replace_file(pack, SEGMENTER, model.SerializeToString())
    assert refusal(pack).message.id == "error.pack.external_data"


def test_outside_weights_hidden_in_a_branch_are_refused(pack: Path) -> None:
    model = segmenter_model()
    hidden = numpy_helper.from_array(np.float32(1), "hidden")
    hidden.ClearField("raw_data")
    hidden.external_data.add(key="location", value="elsewhere.bin")
    branch = helper.make_graph([], "branch", [], [], [hidden])
    model.graph.node.append(helper.make_node("If", ["probability"], ["out"], then_branch=branch))
    replace_file(pack, SEGMENTER, model.SerializeToString())
    assert refusal(pack).message.id == "error.pack.external_data"


def test_operators_of_another_domain_are_refused(pack: Path) -> None:
    model = segmenter_model()
    model.graph.node.append(helper.make_node("Shell", ["probability"], ["out"], domain="com.example"))
    replace_file(pack, SEGMENTER, model.SerializeToString())
    error = refusal(pack)
    assert (
        error.message.id == "error.pack.foreign_operator" and error.message.fields["domain"] == "com.example"
    )


@pytest.mark.parametrize("opset", [7, 99])
def test_an_unknown_operator_set_is_refused(pack: Path, opset: int) -> None:
    model = segmenter_model()
    model.opset_import[0].version = opset
    replace_file(pack, SEGMENTER, model.SerializeToString())
    error = refusal(pack)
    assert error.message.id == "error.pack.opset" and error.message.fields["opset"] == opset


def test_a_graph_that_the_runtime_refuses_is_refused_by_name(pack: Path) -> None:
    model = segmenter_model()
    model.graph.node[0].op_type = "Imaginary"
    replace_file(pack, SEGMENTER, model.SerializeToString())
    assert refusal(pack, self_test=True).message.id == "error.pack.network_unreadable"


def test_shapes_are_held_against_the_manifest(pack: Path) -> None:
    edit_manifest(
        pack, lambda document: document["networks"][0]["outputs"][0].update(shape=[None, 1, 64, 64])
    )
    error = refusal(pack, self_test=True)
    assert error.message.id == "error.pack.tensor_shape"
    assert error.message.fields["found"] == "n × 1 × 32 × 32"
    assert error.message.fields["stated"] == "n × 1 × 64 × 64"


def test_names_are_held_against_the_manifest(pack: Path) -> None:
    model = segmenter_model()
    model.graph.node[-1].output[0] = model.graph.output[0].name = "mask"
    replace_file(pack, SEGMENTER, model.SerializeToString())
    error = refusal(pack, self_test=True)
    assert error.message.id == "error.pack.tensors" and error.message.fields["found"] == "mask"


def swap_outputs(document: dict[str, Any]) -> None:
    document["networks"][1]["outputs"].reverse()


def prepare_another_size(document: dict[str, Any]) -> None:
    document["preprocessing"]["classifier"].update(rows=24)


def repeat_a_fold(document: dict[str, Any]) -> None:
    document["networks"][2].update(fold=0)


@pytest.mark.parametrize("change", [swap_outputs, prepare_another_size, repeat_a_fold])
def test_networks_must_fit_their_role_and_the_preprocessing(
    pack: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    edit_manifest(pack, change)
    assert refusal(pack).message.id == "error.pack.manifest"


# The self-test.


def test_another_network_of_the_same_shape_fails_the_self_test(pack: Path) -> None:
    replace_file(pack, "networks/ccrt-0.onnx", classifier_model(0.61).SerializeToString())
    verify_pack(pack)
    error = refusal(pack, self_test=True)
    assert error.message.id == "error.pack.self_test_failed"
    assert error.message.fields == {"file": "networks/ccrt-0.onnx", "tensor": "score"}


def test_a_difference_within_the_stated_tolerance_passes(pack: Path) -> None:
    replace_file(pack, "networks/ccrt-0.onnx", classifier_model(0.60005).SerializeToString())
    assert verify_pack(pack, self_test=True).manifest.self_test.tolerance == 1e-4


def test_a_self_test_that_forgets_a_network_is_refused(pack: Path) -> None:
    with np.load(pack / "selftest.npz", allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files if "ccrt-1.onnx/score" not in name}
    np.savez(pack / "again.npz", **arrays)
    content = (pack / "again.npz").read_bytes()
    (pack / "again.npz").unlink()
    replace_file(pack, "selftest.npz", content)
    assert refusal(pack, self_test=True).message.id == "error.pack.self_test_incomplete"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"text"])
def test_arrays_that_cannot_be_read_are_refused(pack: Path, content: bytes) -> None:
    replace_file(pack, "selftest.npz", content)
    assert refusal(pack, self_test=True).message.id == "error.pack.arrays_unreadable"


class Exploit:
    """Would run a command when unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (os.system, ("touch unpickled",))


def test_objects_in_the_arrays_are_never_unpickled(pack: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "evil.npz", **{f"{SEGMENTER}/image": np.array([Exploit()], dtype=object)})
    replace_file(pack, "selftest.npz", (tmp_path / "evil.npz").read_bytes())
    assert refusal(pack, self_test=True).message.id == "error.pack.arrays_unreadable"
    assert not Path("unpickled").exists()


def test_an_archive_that_swells_is_refused(pack: Path, tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "bomb.npz", zeros=np.zeros(17 << 20, dtype=np.float32))
    assert (tmp_path / "bomb.npz").stat().st_size < 1 << 20
    replace_file(pack, "selftest.npz", (tmp_path / "bomb.npz").read_bytes())
    assert refusal(pack, self_test=True).message.id == "error.pack.too_large"


def test_a_network_altered_after_opening_is_refused_when_first_used(pack: Path) -> None:
    loaded = verify_pack(pack)
    (pack / SEGMENTER).write_bytes(onnx.ModelProto().SerializeToString())
    with pytest.raises(PackError) as caught:
        loaded.network(loaded.manifest.segmenter)
    assert caught.value.message.id == "error.pack.altered"


def test_a_network_is_opened_once(pack: Path) -> None:
    loaded = verify_pack(pack)
    entry = loaded.manifest.segmenter
    assert loaded.network(entry) is loaded.network(entry)


def test_classifiers_come_in_the_order_of_their_folds(pack: Path) -> None:
    edit_manifest(pack, lambda document: document["networks"].reverse())
    manifest: Manifest = verify_pack(pack).manifest
    assert [entry.fold for entry in manifest.classifiers("ccrt")] == [0, 1]
    assert manifest.threshold("ic_ccrt").treatment == "ic_ccrt"
