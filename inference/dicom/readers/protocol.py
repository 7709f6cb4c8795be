"""Plan protocol v1: length-prefixed JSON between the application and a reader process.

Either side drops the connection on a message that is too long, not JSON, of another version, or not of
the expected shape.  Nothing that is received is ever executed or unpickled.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import IO, Annotated, Final, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError, with_config

from inference.dicom.records import STRICT, FileAnswer, FileKind, Remark

VERSION: Final = 1
_PREFIX: Final = struct.Struct(">I")
_HEAD: Final = b'{"v":%d,"body":' % VERSION
_TAIL: Final = b"}"


class ProtocolError(Exception):
    """The other side does not keep the protocol."""


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Read the headers of these files; answered by lists of :class:`FileAnswer`, one each, in order."""

    first: int
    paths: tuple[str, ...]
    most_frames: int
    op: Literal["scan"] = "scan"


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class DecodeRequest:
    """Decode ``frames`` of one DICOM file as int16 into the shared buffer, in a row from ``offset``.

    ``offset`` and ``capacity`` are bytes; ``ticket`` goes into the culprit slot.  ``compare`` asks that
    the first of the frames be decoded by a second decoder too, where its syntax is lossless and has one.
    Answered by one :class:`FrameAnswer` for each frame, in order.
    """

    path: str
    frames: tuple[int, ...]
    rows: int
    columns: int
    offset: int
    capacity: int
    buffer: str
    ticket: int
    compare: bool = False
    tiles_across: int = 0
    op: Literal["decode"] = "decode"


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class StreamRequest:
    """Read ``frames`` of one NIfTI or NRRD file as int16, in stored order, through ``slots`` places.

    The places lie one behind the other from ``offset``.  Answered by one :class:`FrameAnswer` for each frame
    as soon as it is there; after every ``slots`` answers the reader waits for a :class:`GoOnRequest`.
    """

    path: str
    kind: FileKind
    frames: tuple[int, ...]
    rows: int
    columns: int
    offset: int
    slots: int
    capacity: int
    buffer: str
    ticket: int
    op: Literal["stream"] = "stream"


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class GoOnRequest:
    """What lay in the places has been copied; go on with the stream."""

    op: Literal["go_on"] = "go_on"


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """Frame ``frame`` lies in the buffer, or ``failure`` says in one word why it does not.

    ``remarks`` are what was noticed while its pixels were decoded.
    """

    frame: int
    failure: str = ""
    remarks: tuple[Remark, ...] = ()


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class MaskRequest:
    """Read a mask file into the shared buffer; answered by one mask answer.

    ``threshold`` is the fraction from which a voxel of a fractional segmentation counts.
    """

    path: str
    capacity: int
    buffer: str
    ticket: int
    threshold: float = 0.5
    op: Literal["mask"] = "mask"


AnyRequest = ScanRequest | DecodeRequest | StreamRequest | GoOnRequest | MaskRequest
Request = Annotated[AnyRequest, Field(discriminator="op")]


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class MaskFrame:
    """One plane of a mask file: which segment it belongs to and where it lies.

    ``segment`` 0 stands for a label map whose values are the segments' numbers.
    """

    segment: int
    position: tuple[float, float, float]
    source_sop_uid: str = ""


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class MaskSegment:
    """Name and coded meaning (value, scheme, meaning) of one segment.

    ``colour`` is red, green, blue, 0 to 255; None where the file states none.
    """

    number: int
    label: str
    category: tuple[str, str, str] = ("", "", "")
    kind: tuple[str, str, str] = ("", "", "")
    algorithm_type: str = ""
    colour: tuple[int, int, int] | None = None
    frame_of_reference_uid: str = ""


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class ContourTable:
    """Closed planar contours that lie in the buffer.

    First comes, for each contour, a row of three int64: number of its segment, number of its points, and
    the index of its image in ``source_sop_uids`` (-1 where it names none).  Then all points one after
    the other, float64 (x, y, z) in LPS mm.  ``ignored`` counts contours that enclose no area (points,
    open lines); ``referenced_sop_uids`` are the images that the structure set names as a whole.
    """

    contours: int
    points: int
    ignored: int = 0
    source_sop_uids: tuple[str, ...] = ()
    referenced_sop_uids: tuple[str, ...] = ()


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class MaskAnswer:
    """What a mask file holds; the planes lie in the buffer, in the order of ``frames``.

    Planes are uint16 label numbers, or one bit a pixel (``are_bits``), most significant first, each plane
    beginning with a byte of its own.  A structure set has ``outlines`` instead of planes.  Steps are LPS
    mm of one step of each index; ``slice_step`` is None where the file does not tell.  ``refused``
    names the code of a refusal instead.
    """

    rows: int = 0
    columns: int = 0
    row_step: tuple[float, float, float] = (0.0, 0.0, 0.0)
    column_step: tuple[float, float, float] = (0.0, 0.0, 0.0)
    slice_step: tuple[float, float, float] | None = None
    frames: tuple[MaskFrame, ...] = ()
    segments: tuple[MaskSegment, ...] = ()
    frame_of_reference_uid: str = ""
    patient_id: str = ""
    birth_date: str = ""
    is_dicom: bool = False
    are_bits: bool = False
    is_fractional: bool = False
    outlines: ContourTable | None = None
    remarks: tuple[Remark, ...] = ()
    refused: str = ""


Value = TypeVar("Value")

REQUESTS: Final[TypeAdapter[AnyRequest]] = TypeAdapter(Request)
FILE_ANSWERS: Final = TypeAdapter(tuple[FileAnswer, ...])
FRAME_ANSWERS: Final = TypeAdapter(FrameAnswer)
MASK_ANSWERS: Final = TypeAdapter(MaskAnswer)


def encode(adapter: TypeAdapter[Value], value: Value) -> bytes:
    """The body of a message that carries ``value``; what has its default is left out of answers."""
    return _HEAD + adapter.dump_json(value, exclude_defaults=adapter is not REQUESTS) + _TAIL


def decode(adapter: TypeAdapter[Value], body: bytes) -> Value:
    """The value that a message carries.

    Raises
    ------
    ProtocolError
        For anything but a message of this version with exactly the expected shape.
    """
    if not (body.startswith(_HEAD) and body.endswith(_TAIL)):
        raise ProtocolError("version")
    try:
        return adapter.validate_json(body[len(_HEAD) : -len(_TAIL)], strict=True)
    except (ValidationError, ValueError, RecursionError) as error:
        raise ProtocolError("shape") from error


def send(stream: IO[bytes], body: bytes) -> None:
    """Write one message."""
    stream.write(_PREFIX.pack(len(body)) + body)
    stream.flush()


def receive(stream: IO[bytes], longest: int) -> bytes | None:
    """The body of the next message; None at the end of the stream.

    Raises
    ------
    ProtocolError
        When it announces more than ``longest`` bytes or ends early.
    """
    prefix = stream.read(_PREFIX.size)
    if not prefix:
        return None
    if len(prefix) < _PREFIX.size:
        raise ProtocolError("end")
    (length,) = _PREFIX.unpack(prefix)
    if length > longest:
        raise ProtocolError("length")
    body = stream.read(length)
    if len(body) < length:
        raise ProtocolError("end")
    return body


def spelled_path(path: str) -> str:
    """A path as a text that any message can carry, whatever its bytes."""
    return os.fsencode(path).decode("latin-1")


def plain_path(text: str) -> str:
    """A path as the operating system has it, from its spelling in a message."""
    return os.fsdecode(text.encode("latin-1"))
