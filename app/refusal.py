"""The base of every refusal: why a request is not done, with its facts; the edge turns it into one problem document.

`code` is a code of the catalogue in openapi/problems.yaml, which gives the status and the title.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is wrong: `field` is a JSON Pointer into the body, or a parameter's name."""

    field: str
    code: str
    message: str


class Refusal(Exception):
    """Nothing was written. `headers` go out with the problem document; `retry_after_seconds` says when to come back."""

    code: ClassVar[str]
    headers: tuple[tuple[bytes, bytes], ...] = ()
    retry_after_seconds: ClassVar[int | None] = None

    def __init__(self, detail: str, *field_errors: FieldError) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field_errors = field_errors


class NotFound(Refusal):
    """Also for what another tenant has, which is not distinguishable from what does not exist."""

    code = "not_found"
