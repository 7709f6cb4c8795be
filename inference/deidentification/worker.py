"""The limited process of de-identification: foreign bytes are parsed and rewritten here and nowhere else.

It is of the same kind as :mod:`inference.dicom.readers.worker`: bounded before any parser is imported, unable
to write a file, asked and answering in length-prefixed JSON, with a slot that names what it has in
hand.  It is told the new UIDs of one file at a time and never learns the key from which they are made.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from inference.dicom.limits import confine_this_process

if TYPE_CHECKING:
    from inference.deidentification.messages import Examined, ExamineRequest, RewriteRequest, Rewritten


def main(arguments: list[str]) -> int:
    """Serve until the stream of requests ends: ``memory_bytes message_bytes slot_address voxels``."""
    memory_bytes, message_bytes, slot_address = int(arguments[0]), int(arguments[1]), arguments[2]
    confine_this_process(memory_bytes)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr

    import logging
    import warnings

    from inference.deidentification import messages
    from inference.deidentification.codes import known_code
    from inference.deidentification.profile import load_profile
    from inference.deidentification.vocabulary import BODY_PART, is_word_of_the_trade
    from inference.dicom.readers import protocol
    from inference.dicom.readers.shared_buffer import SLOT_BYTES, opened_buffer

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    load_profile()
    known_code(b"", b"")
    is_word_of_the_trade(BODY_PART, b"X")
    with opened_buffer(slot_address, SLOT_BYTES) as slot:
        while (body := protocol.receive(requests, message_bytes)) is not None:
            request = protocol.decode(messages.REQUESTS, body)
            slot[:] = request.ticket.to_bytes(len(slot), "little")
            if isinstance(request, messages.ExamineRequest):
                protocol.send(answers, protocol.encode(messages.EXAMINED, _examined(request)))
            else:
                protocol.send(answers, protocol.encode(messages.REWRITTEN, _rewritten(request)))
    return 0


def _examined(request: ExamineRequest) -> Examined:
    from inference.deidentification.holding import HeldBackError
    from inference.deidentification.messages import MOST_UIDS, Examined
    from inference.deidentification.rewriting import examine

    try:
        identity, uids = examine(_content(request.path), request.options)
    except HeldBackError as held:
        return Examined(request.ticket, held.reason)
    except OSError:
        return Examined(request.ticket, "unreadable")
    except MemoryError:
        return Examined(request.ticket, "too_large")
    except Exception:  # noqa: BLE001 - the outermost frame of the process that meets foreign bytes
        return Examined(request.ticket, "malformed")
    if len(uids) > MOST_UIDS:
        return Examined(request.ticket, "too_large")
    return Examined(
        request.ticket,
        patient_id=identity.patient_id,
        issuer=identity.issuer,
        birth_date=identity.birth_date,
        study_uid=identity.study_uid,
        series_uid=identity.series_uid,
        sop_uid=identity.sop_uid,
        uids=uids,
    )


def _rewritten(request: RewriteRequest) -> Rewritten:
    from inference.deidentification.holding import HeldBackError
    from inference.deidentification.messages import Rewritten
    from inference.deidentification.profile import Action
    from inference.deidentification.rewriting import rewrite
    from inference.dicom.readers.shared_buffer import opened_buffer

    try:
        made = rewrite(
            _content(request.path),
            request.options,
            pseudonym=request.pseudonym,
            shift_days=request.shift_days,
            uids=dict(request.uids),
            minted=request.minted,
        )
        size = made.encoded.size
        if size > request.capacity:
            return Rewritten(request.ticket, "too_large")
        with opened_buffer(request.buffer, size) as view:
            place = 0
            for part in made.encoded.parts:
                view[place : place + len(part)] = part
                place += len(part)
    except HeldBackError as held:
        return Rewritten(request.ticket, held.reason)
    except OSError:
        return Rewritten(request.ticket, "unreadable")
    except MemoryError:
        return Rewritten(request.ticket, "too_large")
    except Exception:  # noqa: BLE001 - the outermost frame of the process that meets foreign bytes
        return Rewritten(request.ticket, "malformed")
    replaced = made.counts[Action.DUMMY] + made.counts[Action.MAP_UID] + made.counts[Action.SHIFT]
    return Rewritten(
        request.ticket,
        length=size,
        pixel_length=0 if made.pixels is None else len(made.pixels.value),
        pixel_offset=made.encoded.pixel_offset,
        source_offset=made.source_offset,
        source_length=made.source_length,
        pixel_sha256=made.pixel_sha256,
        removed=made.counts[Action.REMOVE],
        emptied=made.counts[Action.EMPTY],
        replaced=replaced,
    )


def _content(path: str) -> bytes:
    from inference.dicom.readers.protocol import plain_path

    with open(plain_path(path), "rb", buffering=0) as stream:  # noqa: PTH123 - plain strings, as they came
        return stream.read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
