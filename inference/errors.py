"""What can go wrong, by kind; every error carries a message id and fields and composes no text.

The text is rendered from the catalogue (``inference.messages``) by whoever shows it, in the user's
language.  Exit codes: 0 answered, 3 withheld, 2 bad input, 1 internal, 130 cancelled.
"""

from __future__ import annotations

from typing import ClassVar

from inference.messages.message import FieldValue, Message

EXIT_ANSWERED = 0
EXIT_INTERNAL = 1
EXIT_BAD_INPUT = 2
EXIT_WITHHELD = 3
EXIT_CANCELLED = 130


class ConciliumError(Exception):
    """Base of every error that a user may meet; ``message`` says what, where and what to do."""

    exit_code: ClassVar[int] = EXIT_BAD_INPUT

    def __init__(self, message_id: str, **fields: FieldValue) -> None:
        super().__init__(message_id)
        self.message = Message(message_id, fields)


class InputError(ConciliumError):
    """A scan, mask, value or argument that cannot be used as it is."""


class PackError(ConciliumError):
    """A model pack that is absent, altered or does not fit its manifest."""


class StorageError(ConciliumError):
    """A place that cannot be written or read: read-only, full, gone."""


class ResourceError(ConciliumError):
    """The machine lacks what the work needs: memory, a library, a running worker."""


class InternalError(ConciliumError):
    """A broken promise inside the program; the log has the details."""

    exit_code: ClassVar[int] = EXIT_INTERNAL


class Cancelled(ConciliumError):  # noqa: N818 - an end state, not an error
    """The user asked to stop; nothing is wrong and nothing was written."""

    exit_code: ClassVar[int] = EXIT_CANCELLED

    def __init__(self) -> None:
        super().__init__("error.cancelled")
