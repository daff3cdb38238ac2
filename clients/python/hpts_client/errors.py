"""What goes wrong, as exceptions. After `Refused` nothing was posted; after any other the same call may be sent again."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from .models.field_error import FieldError
from .models.problem_code import ProblemCode

IN_PROGRESS: Final[ProblemCode] = "idempotency_in_progress"
SHOWN_CHARACTERS: Final = 200
"""How much of an answer that is no problem document its message shows."""


class HptsError(Exception):
    """Anything that this package raises."""


class NoAnswer(HptsError):
    """The server could not be reached, or the connection was lost: a posting may have been made. The cause is httpx's error."""


class UnexpectedAnswer(HptsError):
    """An answer that the contract does not have, such as the page of a proxy: a posting may have been made."""

    def __init__(self, status_code: int, text: str) -> None:
        super().__init__(f"HTTP {status_code}, which is not an answer of the contract: {text[:SHOWN_CHARACTERS]}")
        self.status_code = status_code
        self.text = text


class ProblemAnswer(HptsError):
    """A problem document (RFC 9457). Compare `code`; the texts are for people."""

    def __init__(self, status_code: int, document: Mapping[str, Any], retry_after_seconds: float | None) -> None:
        """Raises KeyError, TypeError or AttributeError when `document` is none. A code newer than this package is taken."""
        self.status_code = status_code
        self.code: ProblemCode = document["code"]
        self.title: str = document["title"]
        self.detail: str = document.get("detail", "")
        self.trace_id: str = document["trace_id"]
        self.errors = tuple(FieldError.from_dict(each) for each in document.get("errors", ()))
        self.retry_after_seconds = retry_after_seconds
        fields = "".join(f"; {each.field}: {each.message}" for each in self.errors)
        super().__init__(f"{self.code}: {self.detail or self.title}{fields} (trace {self.trace_id})")


class Refused(ProblemAnswer):
    """The request is wrong, or the ledger's rules do not allow it. Nothing was posted; sent again it is refused again."""


class Unavailable(ProblemAnswer):
    """Not now, however often it was tried. A posting may have been made; the same call, sent later, never posts twice."""


class WebhookRefused(HptsError):
    """The request is not a webhook of this server, or not a fresh one. Answer it 400, and do not act on it."""


def is_temporary(status_code: int, code: str) -> bool:
    """Whether the same request may be answered otherwise later."""
    return status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or status_code == HTTPStatus.TOO_MANY_REQUESTS or code == IN_PROGRESS
