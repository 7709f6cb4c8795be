"""The reader process: the only place where foreign bytes are parsed.

It is spawned as a fresh interpreter, bounds itself before any parser is imported, reads requests from
standard input and answers on standard output.  Before it touches a file it writes the file's index into
the culprit slot, so that whoever finds it dead knows which file did it.
"""

from __future__ import annotations

import os
import sys
import time
from functools import cache
from typing import TYPE_CHECKING, BinaryIO, Final

from inference.dicom.limits import confine_this_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from inference.dicom.headers.neighbour import NeighbourReader
    from inference.dicom.readers.protocol import (
        AnyRequest,
        DecodeRequest,
        FrameAnswer,
        MaskRequest,
        ScanRequest,
        StreamRequest,
    )
    from inference.dicom.records import FileAnswer, ImageRecord, Remark

_MOST_TOGETHER: Final = 16
_LONGEST_WAIT_S: Final = 0.02


def main(arguments: list[str]) -> int:
    """Serve until the stream of requests ends: ``memory_bytes message_bytes slot_address voxels``."""
    memory_bytes, message_bytes, slot_address, voxels = (
        int(arguments[0]), int(arguments[1]), arguments[2], int(arguments[3]),
    )  # fmt: skip
    confine_this_process(memory_bytes)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr

    import logging
    import warnings

    from inference.dicom.readers import protocol
    from inference.dicom.readers.shared_buffer import SLOT_BYTES, opened_buffer

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")

    def receive() -> AnyRequest | None:
        body = protocol.receive(requests, message_bytes)
        return None if body is None else protocol.decode(protocol.REQUESTS, body)

    with opened_buffer(slot_address, SLOT_BYTES) as slot:
        while (request := receive()) is not None:
            if isinstance(request, protocol.ScanRequest):
                _scan(request, answers, slot, voxels)
            elif isinstance(request, protocol.DecodeRequest):
                _decode(request, answers, slot)
            elif isinstance(request, protocol.StreamRequest):
                _stream(request, answers, slot, receive)
            elif isinstance(request, protocol.MaskRequest):
                _mask(request, answers, slot)
            else:
                raise protocol.ProtocolError("order")
    return 0


def _scan(request: ScanRequest, answers: BinaryIO, slot: memoryview, voxels: int) -> None:
    """Answer about every file; several answers share a message, but none waits long."""
    from inference.dicom.readers import protocol

    together: list[FileAnswer] = []
    sent_s = time.monotonic()
    for index, path in enumerate(request.paths, request.first):
        _import_parsers(path)
        _take_in_hand(slot, index + 1)
        together.append(_file_answer(index, protocol.plain_path(path), request.most_frames, voxels))
        is_last = index + 1 == request.first + len(request.paths)
        if is_last or len(together) == _MOST_TOGETHER or time.monotonic() - sent_s > _LONGEST_WAIT_S:
            protocol.send(answers, protocol.encode(protocol.FILE_ANSWERS, tuple(together)))
            together.clear()
            sent_s = time.monotonic()


def _take_in_hand(slot: memoryview, ticket: int) -> None:
    slot[:] = ticket.to_bytes(len(slot), "little")


def _import_parsers(path: str) -> None:
    """What a file of this name needs, before the watchdog looks at the file itself."""
    from inference.dicom.headers import image_header as headers
    from inference.dicom.research import opening as research
    from inference.dicom.research.research_names import is_research_file, may_be_pair

    if is_research_file(path) or may_be_pair(path):
        research.import_parsers()
    assert headers


def _file_answer(index: int, path: str, most_frames: int, voxels: int) -> FileAnswer:
    from inference.dicom.headers.image_header import NotAnImageError
    from inference.dicom.records import FileAnswer, Remark

    try:
        return FileAnswer(index, image=_image_record(path, most_frames, voxels))
    except NotAnImageError as error:
        return FileAnswer(index, skipped=error.remark, references=_references(path, error.remark))
    except OSError:
        return FileAnswer(index, skipped=Remark("intake.unreadable", {}))
    except MemoryError:
        return FileAnswer(index, skipped=Remark("intake.too_large", {}))
    except Exception:  # noqa: BLE001 - the outermost frame of the process that meets foreign bytes
        return FileAnswer(index, skipped=Remark("intake.malformed", {}))


def _references(path: str, remark: Remark) -> tuple[str, ...]:
    if remark.code != "intake.directory_file":
        return ()
    from inference.dicom.sources.directory_records import directory_references

    with open(path, "rb") as stream:  # noqa: PTH123 - plain strings, as they came
        return directory_references(stream)


def _image_record(path: str, most_frames: int, voxels: int) -> ImageRecord:
    from inference.dicom.headers.image_header import NotAnImageError
    from inference.dicom.research.opening import is_research, open_research

    size = os.stat(path).st_size  # noqa: PTH116 - plain strings, as they came
    if size == 0:
        raise NotAnImageError("intake.empty_file")
    if is_research(path):
        from inference.dicom.research.quantisation import research_record

        return research_record(open_research(path), size, most_frames, voxels)
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - plain strings, as they came
        return _neighbours().read(stream, size, most_frames)


@cache
def _neighbours() -> NeighbourReader:
    """One for the life of this process: it knows the file before."""
    from inference.dicom.headers.neighbour import NeighbourReader

    return NeighbourReader()


def _decode(request: DecodeRequest, answers: BinaryIO, slot: memoryview) -> None:
    import numpy as np

    from inference.dicom.pixels.decoding import decode_frames, import_decoders
    from inference.dicom.readers import protocol
    from inference.dicom.readers.shared_buffer import opened_buffer

    import_decoders()
    _take_in_hand(slot, request.ticket)
    frame_voxels = request.rows * request.columns
    count = len(request.frames)
    if request.offset + count * frame_voxels * 2 > request.capacity:
        raise protocol.ProtocolError("capacity")
    with opened_buffer(request.buffer, request.capacity) as view:
        target = np.frombuffer(view, np.int16, count * frame_voxels, request.offset)
        target = target.reshape(count, request.rows, request.columns)
        outcomes = decode_frames(request, target)
        del target
    for answer in outcomes:
        protocol.send(answers, protocol.encode(protocol.FRAME_ANSWERS, answer))


def _stream(
    request: StreamRequest, answers: BinaryIO, slot: memoryview, receive: Callable[[], AnyRequest | None]
) -> None:
    from inference.dicom.readers import protocol
    from inference.dicom.readers.shared_buffer import opened_buffer
    from inference.dicom.research import opening as research
    from inference.dicom.research.streaming import stream_frames

    research.import_parsers()
    _take_in_hand(slot, request.ticket)

    def tell(answer: FrameAnswer) -> None:
        protocol.send(answers, protocol.encode(protocol.FRAME_ANSWERS, answer))

    def wait_until_taken() -> None:
        if not isinstance(receive(), protocol.GoOnRequest):
            raise protocol.ProtocolError("order")

    with opened_buffer(request.buffer, request.capacity) as view:
        stream_frames(request, view, tell, wait_until_taken)


def _mask(request: MaskRequest, answers: BinaryIO, slot: memoryview) -> None:
    from inference.dicom.readers import protocol
    from inference.dicom.readers.shared_buffer import opened_buffer
    from inference.masks.codecs.mask_file import read_mask_file

    _import_parsers(request.path)
    _take_in_hand(slot, request.ticket)
    with opened_buffer(request.buffer, request.capacity) as view:
        try:
            answer = read_mask_file(protocol.plain_path(request.path), view, request.threshold)
        except MemoryError:
            answer = protocol.MaskAnswer(refused="intake.mask.too_large")
        except Exception:  # noqa: BLE001 - the outermost frame of the process that meets foreign bytes
            answer = protocol.MaskAnswer(refused="intake.mask.unreadable")
    protocol.send(answers, protocol.encode(protocol.MASK_ANSWERS, answer))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
