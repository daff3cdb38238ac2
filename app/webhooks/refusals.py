"""Why an operation on webhook endpoints is refused."""

from typing import Final

from app import limits
from app.refusal import FieldError, NotFound, Refusal

SECRET_KEY_SETTING: Final = "HPTS_SECRET_KEY"


class EndpointUnknown(NotFound):
    def __init__(self, endpoint_id: str) -> None:
        super().__init__(f"no webhook endpoint {endpoint_id}")


class UrlNotAllowed(Refusal):
    code = "url_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"/url: {reason}", FieldError("/url", self.code, reason))


class TooManyEndpoints(Refusal):
    code = "too_many_endpoints"

    def __init__(self) -> None:
        super().__init__(f"the tenant has {limits.WEBHOOK_ENDPOINTS} endpoints that are not disabled; disable one of them first")


class RedeliveredEntryUnknown(Refusal):
    code = "entry_not_found"

    def __init__(self, entry_id: str) -> None:
        super().__init__(f"no journal entry {entry_id}", FieldError("/journal_entry_id", self.code, "is unknown"))


class RedeliveryUnclear(Refusal):
    """Neither one entry nor a time."""

    code = "validation_failed"

    def __init__(self) -> None:
        message = "is given alone, or posted_from and posted_to are"
        super().__init__(f"/journal_entry_id: {message}", FieldError("/journal_entry_id", "one_form", message))


class RangeReversed(Refusal):
    code = "validation_failed"

    def __init__(self) -> None:
        message = "may not be before posted_from"
        super().__init__(f"/posted_to: {message}", FieldError("/posted_to", "range", message))


class SecretKeyMissing(Refusal):
    """An operator has to set it; a caller can only try again later."""

    code = "unavailable"
    retry_after_seconds = 60

    def __init__(self) -> None:
        super().__init__(f"this deployment has no {SECRET_KEY_SETTING}, under which secrets of webhooks are encrypted")


class SecretKeyWrong(Refusal):
    code = "unavailable"
    retry_after_seconds = 60

    def __init__(self) -> None:
        super().__init__(f"the secret was encrypted under another {SECRET_KEY_SETTING} than this deployment has")
