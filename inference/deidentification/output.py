"""The folder of results: new, apart from source and key, numbered names, and gone again when a run fails."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from inference.errors import InputError, StorageError
from inference.storage import prepare_folder, storage_error, write_atomically

REPORT_NAME: Final = "deidentification.json"


@dataclass(slots=True)
class OutputFolder:
    """Objects go to ``pseudonym/study-n/series-n/nnnnn.dcm``, counted in the order in which they come."""

    root: Path
    _numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    _written: dict[Path, None] = field(default_factory=dict)
    _is_new: bool = False

    def check_apart(self, source: Path, key_file: Path) -> None:
        """Refuse a folder that holds anything, lies in the source or around it; or a key in either of them.

        Raises
        ------
        InputError, StorageError
        """
        root, origin, key = self.root.resolve(), source.resolve(), key_file.resolve()
        if root == origin or root.is_relative_to(origin) or origin.is_relative_to(root):
            raise InputError("deid.out.inside", folder=self.root.name)
        if key.is_relative_to(root):
            raise InputError("deid.key_map.inside", file=key_file.name)
        if key.is_relative_to(origin):
            raise InputError("deid.key_map.in_source", file=key_file.name)
        if key.is_dir():
            raise InputError("deid.key_map.not_one", file=key_file.name)
        self._is_new = not self.root.exists()
        try:
            if not self._is_new and (not self.root.is_dir() or any(self.root.iterdir())):
                raise InputError("deid.out.not_empty", folder=self.root.name)
        except OSError as error:
            raise storage_error(error, self.root) from error
        prepare_folder(self.root)

    def write(self, pseudonym: str, study: str, series: str, content: bytes) -> Path:
        """Write one object and say where.

        Raises
        ------
        StorageError
            When the place is full or gone; nothing of this object is left.
        """
        study_number = self._number(pseudonym, (pseudonym, study))
        series_number = self._number(f"{pseudonym}/{study_number}", (pseudonym, study, series))
        folder = self.root / pseudonym / f"study-{study_number}" / f"series-{series_number}"
        number = self._counted(f"file:{folder}")
        path = folder / f"{number:05d}.dcm"
        write_atomically(path, content)
        self._written[path] = None
        return path

    def withdraw(self, path: Path) -> None:
        """Take one object back.

        Raises
        ------
        StorageError
            When it cannot be removed: it must not stay unnoticed.
        """
        try:
            path.unlink()
        except OSError as error:
            raise storage_error(error, path) from error
        del self._written[path]

    def discard(self) -> None:
        """Remove everything that was written.

        Raises
        ------
        StorageError
            ``deid.left_behind`` with the number of objects that could not be removed.
        """
        folders: set[Path] = set()
        left = 0
        for path in self._written:
            folders.update(parent for parent in path.parents if parent.is_relative_to(self.root))
            try:
                path.unlink(missing_ok=True)
            except OSError:
                left += 1
        for folder in sorted(folders | {self.root}, key=lambda place: len(place.parts), reverse=True):
            if folder != self.root or self._is_new:
                with contextlib.suppress(OSError):
                    folder.rmdir()
        if left:
            raise StorageError("deid.left_behind", count=left, folder=str(self.root))

    def write_report(self, content: bytes) -> None:
        """Write the report last: a folder without one is not whole.

        Raises
        ------
        StorageError
            After everything else has been removed again.
        """
        try:
            write_atomically(self.root / REPORT_NAME, content)
        except StorageError:
            self.discard()
            raise

    def _number(self, scope: str, key: tuple[str, ...]) -> int:
        """The number of ``key`` among its like."""
        if key not in self._numbers:
            self._numbers[key] = self._counted(f"count:{scope}")
        return self._numbers[key]

    def _counted(self, scope: str) -> int:
        self._numbers[(scope,)] = self._numbers.get((scope,), 0) + 1
        return self._numbers[(scope,)]
