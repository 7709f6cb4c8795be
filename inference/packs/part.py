"""What every part of a manifest keeps to: frozen, nothing unknown, finite numbers, and one canonical form."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class Part(BaseModel):
    """A part of the manifest.

    ``LATER`` names the fields that did not exist when the first packs were signed.  One that has its default
    is left out of the canonical form, so those packs keep their hash.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    LATER: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _leave_out_what_came_later(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        document: dict[str, Any] = write(self)
        for name in self.unused_later_fields():
            del document[name]
        return document

    def unused_later_fields(self) -> frozenset[str]:
        """The fields of ``LATER`` that have their default."""
        fields = type(self).model_fields
        return frozenset(name for name in self.LATER if getattr(self, name) == fields[name].default)
