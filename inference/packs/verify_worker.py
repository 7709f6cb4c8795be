"""The process that meets a foreign pack first: it verifies it and runs its networks; it may write nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from inference.dicom.limits import confine_this_process


def main(arguments: list[str]) -> int:
    """Verify one pack with its self-test: ``folder memory_bytes threads``; the answer is one line of JSON."""
    folder, memory_bytes, threads = arguments
    from inference.errors import ConciliumError
    from inference.packs.verify import verify_pack

    confine_this_process(int(memory_bytes))
    answer: dict[str, object]
    try:
        answer = {"sha256": verify_pack(Path(folder), self_test=True, threads=int(threads)).sha256}
    except ConciliumError as error:
        answer = {"refused": error.message.id, "fields": dict(error.message.fields)}
    except MemoryError:
        answer = {"refused": "error.memory", "fields": {}}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
