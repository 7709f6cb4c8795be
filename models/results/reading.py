"""Documents of a run read into types; what does not fit is named by file and field."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, FiniteFloat, ValidationError

from inference.errors import InputError


class ResultDocumentError(InputError):
    """A document of results that is absent, broken, or at odds with the table beside it."""


class Document(BaseModel):
    """Fields that the page does not show may be there too."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=False)


def _pair(value: object) -> object:
    """An interval whose limits are not estimable is none."""
    return None if isinstance(value, list) and None in value else value


Interval = Annotated[tuple[FiniteFloat, FiniteFloat] | None, BeforeValidator(_pair)]


class Measured(Document):
    """An estimate with its limits, or the reason why there is none."""

    value: FiniteFloat | None = None
    lower: FiniteFloat | None = None
    upper: FiniteFloat | None = None
    not_estimable: str | None = None

    @property
    def interval(self) -> Interval:
        """Both limits, or None."""
        return None if self.lower is None or self.upper is None else (self.lower, self.upper)


AnyDocument = TypeVar("AnyDocument", bound=Document)


def read_document(kind: type[AnyDocument], path: Path) -> AnyDocument:
    """The document at ``path``.

    Raises
    ------
    ResultDocumentError
        Naming the file and the first field that is missing or has an impossible value.
    """
    place = f"{path.parent.name}/{path.name}"
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ResultDocumentError("error.results.unreadable", file=place) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "–"
        raise ResultDocumentError(
            "error.results.field", file=place, field=field, reason=first["msg"]
        ) from error
