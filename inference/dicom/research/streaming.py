"""Pictures of a research file, handed over one by one through a few places of the shared buffer.

Runs in the reader process.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inference.dicom.pixels.decoding import failure_word, frame_answer
from inference.dicom.readers.protocol import FrameAnswer, ProtocolError, StreamRequest, plain_path
from inference.dicom.research.opening import open_research
from inference.dicom.research.quantisation import quantised_planes


def stream_frames(
    request: StreamRequest,
    buffer: memoryview,
    tell: Callable[[FrameAnswer], None],
    wait_until_taken: Callable[[], None],
) -> None:
    """Fill the places in turn and tell of each frame; a frame that cannot be read is told as a failure.

    ``wait_until_taken`` returns when all places may be filled again.
    """
    place_bytes = request.rows * request.columns * 2
    if request.slots < 1 or request.offset + request.slots * place_bytes > request.capacity:
        raise ProtocolError("capacity")
    places = np.frombuffer(buffer, np.int16, request.slots * place_bytes // 2, request.offset)
    places = places.reshape(request.slots, request.rows, request.columns)
    untold = dict.fromkeys(request.frames)
    failure = "absent"
    told = 0

    def tell_one(frame: int, failure: str = "") -> None:
        nonlocal told
        tell(frame_answer(frame, failure))
        del untold[frame]
        told += 1
        if told % request.slots == 0 and untold:
            wait_until_taken()

    try:
        image = open_research(plain_path(request.path))
        for index, plane in quantised_planes(image):
            if index in untold:
                places[told % request.slots] = plane
                tell_one(index)
            if not untold:
                return
    except ProtocolError:
        raise
    except Exception as error:  # noqa: BLE001 - a parser may fail in any way; what is left is then absent
        failure = failure_word(error)
    for frame in list(untold):
        tell_one(frame, failure)
