"""The process that unpacks a ZIP archive: limited like a reader, and the only one that may write.

It writes members as numbered files into the folder that it is given, no file longer than the cap, and
tells what it does on standard output.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from inference.dicom.limits import confine_this_process

if TYPE_CHECKING:
    import zipfile

    from inference.dicom.sources.archive_messages import Told, UnpackRequest

_CHUNK: Final = 1 << 20
_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT)
_SPARE_BYTES: Final = 64 << 20


def main(arguments: list[str]) -> int:
    """Unpack one archive: ``memory_bytes file_bytes message_bytes``."""
    memory_bytes, file_bytes, message_bytes = map(int, arguments)
    confine_this_process(memory_bytes, file_bytes)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr

    from inference.dicom.readers import protocol
    from inference.dicom.sources.archive_messages import TOLD, UNPACK_REQUESTS, Ended

    def tell(told: Told) -> None:
        protocol.send(answers, protocol.encode(TOLD, told))

    body = protocol.receive(requests, message_bytes)
    if body is not None:
        tell(Ended(unpack(protocol.decode(UNPACK_REQUESTS, body), tell)))
    return 0


def unpack(request: UnpackRequest, tell: Callable[[Told], None]) -> str:
    """Write the members; the code of a refusal, or an empty text."""
    import zipfile

    from inference.dicom.readers import protocol
    from inference.dicom.sources.archive_contents import refusal
    from inference.dicom.sources.archive_messages import Unpacking

    path, folder = protocol.plain_path(request.path), protocol.plain_path(request.folder)
    tell(Unpacking(0, 0))
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            size = os.stat(path).st_size  # noqa: PTH116 - plain strings, as they came
            refused = refusal(members, size, request.most_members, request.most_bytes)
            if refused:
                return refused
            total = sum(member.file_size for member in members)
            if total + _SPARE_BYTES > shutil.disk_usage(folder).free:
                return "intake.zip_no_space"
            _Unpacking(archive, folder, total, tell).run()
    except MemoryError:
        return "intake.zip_too_large"
    except OSError as error:
        if error.errno == errno.EFBIG:
            return "intake.zip_too_large"
        return "intake.zip_no_space" if error.errno in _NO_SPACE else "intake.zip_damaged"
    except Exception:  # noqa: BLE001 - the outermost frame of the process that meets foreign bytes
        return "intake.zip_damaged"
    return ""


class _Unpacking:
    """One pass over the members of an archive that may be unpacked."""

    def __init__(
        self, archive: zipfile.ZipFile, folder: str, total: int, tell: Callable[[Told], None]
    ) -> None:
        self._archive = archive
        self._folder = folder
        self._total = total
        self._tell = tell
        self._done = 0
        self._told = 0

    def run(self) -> None:
        from inference.dicom.sources import archive_contents as contents
        from inference.dicom.sources.archive_messages import LONGEST_NAME, PassedOver, Unpacked, stored_name

        for number, member in enumerate(self._archive.infolist()):
            if contents.is_no_part(member):
                continue
            name = contents.member_name(member)
            shown = contents.shown_member_name(name, LONGEST_NAME)
            code = contents.why_passed_over(member, name)
            if not code and not self._write(member, stored_name(number, shown)):
                code = "intake.zip_member_damaged"
            if code:
                self._tell(PassedOver(shown, code))
            else:
                self._tell(Unpacked(number, shown, member.file_size))

    def _write(self, member: zipfile.ZipInfo, stored: str) -> bool:
        """Write one member; False, and nothing left of it, when it is damaged."""
        import zipfile
        import zlib
        from lzma import LZMAError

        target = os.path.join(self._folder, stored)  # noqa: PTH118 - plain strings, as they came
        flags = (
            os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        )
        written = 0
        with os.fdopen(os.open(target, flags, 0o600), "wb", buffering=0) as stream:
            try:
                with self._archive.open(member) as packed:
                    while chunk := packed.read(_CHUNK):
                        stream.write(chunk)
                        written += len(chunk)
                        self._tell_progress(self._done + written)
                if written == member.file_size:
                    self._done += written
                    return True
            except (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, RuntimeError):
                pass
        os.unlink(target)  # noqa: PTH108 - plain strings, as they came
        return False

    def _tell_progress(self, done: int) -> None:
        from inference.dicom.sources.archive_messages import Unpacking

        if done - self._told >= _CHUNK or done == self._total:
            self._told = done
            self._tell(Unpacking(done, self._total))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
