"""A safetensors file is read exactly or refused in a sentence; nothing of it is trusted."""

import json
import re
import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from models.networks import safetensors_file
from models.networks.safetensors_file import read_safetensors, write_safetensors

from .safetensors_bytes import described, framed, safetensors_bytes

TENSORS = {
    "a.weight": np.arange(6, dtype="<f4").reshape(2, 3),
    "b.weight": np.array([[1.5, -2.0]], "<f2"),
    "b.bias": np.array(7, "<i8"),
    "c": np.zeros((0, 4), "<f8"),
    "d": np.array([True, False, True]),
    "e": np.array([-3, 3], "|i1"),
}


def refused(content: bytes, reason: str, tensor: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given.safetensors"
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            read_safetensors(path)
    assert caught.value.message.fields["reason"] == reason
    assert caught.value.message.fields.get("tensor", "") == tensor
    text = load_catalogue("en").render(caught.value.message)
    assert text.startswith("The weights in given.safetensors were refused:")
    assert not re.search(r"[{}⟦]", text)


def altered(**changes: object) -> bytes:
    """The test's file with other declarations for ``a.weight``."""
    members, values = described(TENSORS)
    members["a.weight"] |= changes
    return framed(json.dumps(members).encode(), values)


def test_every_number_type_comes_back_with_its_shape(tmp_path):
    path = tmp_path / "all.safetensors"
    path.write_bytes(safetensors_bytes(TENSORS))
    given = read_safetensors(path)
    assert list(given) == list(TENSORS)
    for name, values in TENSORS.items():
        assert given[name].dtype == values.dtype
        assert given[name].shape == values.shape
        assert np.array_equal(given[name], values)


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "written.safetensors"
    write_safetensors(path, TENSORS)
    given = read_safetensors(path)
    assert list(given) == list(TENSORS)
    for name, values in TENSORS.items():
        assert given[name].dtype == values.dtype
        assert np.array_equal(given[name], values)
    with pytest.raises(ValueError, match="complex"):
        write_safetensors(path, {"x": np.zeros(2, complex)})


def test_bfloat16_is_the_upper_half_of_float32(tmp_path):
    numbers = np.array([1.0, -0.15625, 3.0e38, 0.0], "<f4")
    upper = (numbers.view("<u4") >> 16).astype("<u2")
    header = json.dumps({"x": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
    path = tmp_path / "half.safetensors"
    path.write_bytes(framed(header, upper.tobytes()))
    given = read_safetensors(path)["x"]
    assert given.dtype == np.float32
    assert given.reshape(-1) == pytest.approx(numbers, rel=2**-7)
    assert np.array_equal(given.view("<u4") >> 16, upper.reshape(2, 2))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"dtype": "F8_E4M3"}, "weights.tensor.dtype"),
        ({"dtype": ["F32"]}, "weights.tensor.dtype"),
        ({"dtype": "F64"}, "weights.tensor.size"),
        ({"shape": [3, 3]}, "weights.tensor.size"),
        ({"shape": [-2, -3]}, "weights.tensor.malformed"),
        ({"shape": [2.0, 3]}, "weights.tensor.malformed"),
        ({"shape": [True, 6]}, "weights.tensor.malformed"),
        ({"shape": 6}, "weights.tensor.malformed"),
        ({"data_offsets": [0, 24, 48]}, "weights.tensor.malformed"),
        ({"data_offsets": [24, 0]}, "weights.tensor.size"),
        ({"data_offsets": [1, 25]}, "weights.tensor.offsets"),
        ({"pickle": "no"}, "weights.tensor.malformed"),
    ],
)
def test_a_declaration_that_breaks_a_rule_is_refused_with_its_tensor(changes, reason):
    refused(altered(**changes), reason, "a.weight")


def test_two_tensors_on_the_same_bytes_are_refused():
    header = {
        "x": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
        "y": {"dtype": "U8", "shape": [4], "data_offsets": [2, 6]},
    }
    refused(framed(json.dumps(header).encode(), bytes(6)), "weights.tensor.offsets", "y")


def test_a_name_that_occurs_twice_is_refused():
    one = '"x": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}'
    refused(framed(f"{{{one}, {one}}}".encode(), bytes(1)), "weights.file.not_safetensors")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "weights.file.truncated"),
        (b"\x01\x00\x00", "weights.file.truncated"),
        (struct.pack("<Q", 2**63) + b"{}", "weights.file.header_too_large"),
        (struct.pack("<Q", 100) + b"{}", "weights.file.truncated"),
        (framed(b"[]", b""), "weights.file.not_safetensors"),
        (framed(b"{", b""), "weights.file.not_safetensors"),
        (framed(b'{"\xff": 1}', b""), "weights.file.not_safetensors"),
        (framed(b'{"a":' + b"[" * 100_000, b""), "weights.file.not_safetensors"),
        (safetensors_bytes(TENSORS)[:-1], "weights.file.truncated"),
        (safetensors_bytes(TENSORS) + b"\x00", "weights.file.left_over"),
        (b"\x80\x04\x95\x10\x00\x00\x00\x00\x00" + bytes(40), "weights.file.header_too_large"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused(content, reason):
    refused(content, reason)


def test_metadata_may_hold_text_alone():
    refused(framed(b'{"__metadata__": {"a": [1]}}', b""), "weights.tensor.malformed", "__metadata__")
    refused(framed(b'{"__metadata__": 1}', b""), "weights.tensor.malformed", "__metadata__")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "large.safetensors"
    path.write_bytes(safetensors_bytes(TENSORS))
    monkeypatch.setattr(safetensors_file, "LARGEST_FILE_BYTES", 100)
    with pytest.raises(InputError) as caught:
        read_safetensors(path)
    assert caught.value.message.fields["reason"] == "weights.file.too_large"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError) as caught:
        read_safetensors(tmp_path / "absent.safetensors")
    assert (
        load_catalogue("en")
        .render(caught.value.message)
        .startswith("The weights in absent.safetensors cannot be read.")
    )


@given(st.data())
def test_whatever_a_byte_becomes_the_file_is_read_or_refused(data):
    whole = bytearray(safetensors_bytes(TENSORS))
    header = struct.unpack("<Q", whole[:8])[0]
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, 8 + header - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given.safetensors"
        path.write_bytes(whole)
        try:
            given_back = read_safetensors(path)
        except InputError as error:
            assert error.message.fields["file"] == path.name
        else:
            assert sum(values.nbytes for values in given_back.values()) >= len(whole) - 8 - header
