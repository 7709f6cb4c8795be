"""Decoders of one coding side by side: ``python -m benchmarks.decoders FILE …`` for compressed DICOM files.

Prints the median milliseconds of one frame, on the clock and of processor time, by the decoder that is asked
first and by the one that is asked for a second opinion, and whether they agree.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from inference.dicom.pixels.decoding import import_decoders
from inference.dicom.pixels.pixel_source import opened_pixels
from inference.dicom.pixels.stored import to_int16
from inference.dicom.syntaxes import syntax_name

_ROUNDS = 25


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decoders", description=__doc__)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args(arguments)
    import_decoders()
    for path in options.files:
        print(compared(path))
    return 0


def compared(path: str) -> str:
    """One line about the first frame of a file."""
    with opened_pixels(path) as source:
        first, second = source.stored(0), source.second_opinion(0)
        taken = _milliseconds(lambda: source.stored(0))
        line = f"{syntax_name(source.syntax)}: first {taken}"
        if second is None:
            return f"{line}, no second decoder"
        other = _milliseconds(lambda: source.second_opinion(0))
        ours, theirs = (to_int16(one, source.bits_stored, source.is_signed) for one in (first, second))
        agree = "agree" if np.array_equal(ours, theirs) else "DISAGREE"
        return f"{line}, second {other}, they {agree}"


def _milliseconds(call: Callable[[], object]) -> str:
    walls, processors = [], []
    for _ in range(_ROUNDS):
        wall, processor = time.perf_counter(), time.process_time()
        call()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    wall, processor = (1000 * statistics.median(times) for times in (walls, processors))
    return f"{wall:.1f} ms ({processor:.1f} ms of processor)"


if __name__ == "__main__":
    sys.exit(main())
