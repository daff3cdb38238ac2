"""Whether a deployment does what the contract says: each check in turn, with its verdict.

Nothing is written to the deployment unless it is asked for; then everything that is written belongs to new loans.
"""

import importlib.util
import json
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import httpx

from app.compatibility.documents import DocumentUnreadable, read_document
from app.conformance.fragment import differences
from app.conformance.fuzz.plan import SHORT, Plan, Target
from app.conformance.fuzz.run import Failure, Outcome, fuzz
from app.conformance.node import NodeUnavailable
from app.conformance.parity import Compared, Parity
from app.conformance.prism import mock
from app.contract.document import DOCUMENT, Contract, load
from app.contract.routing_view import BASE_PATH

TIMEOUT_SECONDS: Final = 30
log = logging.getLogger("hpts.conformance")
READING: Final = "/accounts/1100/balance?currency=USD"
"""What is read to try the token."""
OPENAPI_CORE: Final = "openapi_core_agrees"
"""The check of the fuzzing run that is told apart from the others."""


class Status(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`summary` is a line for people; `details` are what failed, each a line or more."""

    status: Status
    summary: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """May take minutes. Without a vital one the rest tells nothing."""

    name: str
    judge: Callable[[], Verdict]
    is_vital: bool = False

    def run(self) -> Verdict:
        """What a deployment answers or serves may be of any shape: whatever that breaks is a failure of the check."""
        try:
            return self.judge()
        except Exception as unexpected:
            log.debug("%s", self.name, exc_info=unexpected)
            return _failed("did not come to its end", f"{type(unexpected).__name__}: {unexpected}")


@dataclass(frozen=True, slots=True)
class Deployment:
    """`url` ends in the base path. Without `token` every protected operation answers 401, which is checked as well."""

    url: str
    token: str | None = None
    stranger: str | None = None
    loans: tuple[str, ...] = ()
    writes: bool = False
    seed: int = 1

    @property
    def origin(self) -> str:
        return self.url.removesuffix(BASE_PATH)


@dataclass(slots=True)
class Conformance:
    """The checks of one deployment, to be run in their order: later ones use the document that an earlier one fetched.

    `show` is given what a long check prints, as it comes.
    """

    deployment: Deployment
    show: Callable[[str], None] = lambda _: None
    _contract: Contract = field(default_factory=load)
    _document: dict[str, Any] = field(init=False)
    _fuzzed: Outcome | None = None

    def __post_init__(self) -> None:
        self._document = dict(self._contract.document)

    def checks(self) -> list[Check]:
        return [
            Check("liveness", self._liveness, is_vital=True),
            Check("token", self._token, is_vital=True),
            Check("document", self._served_document),
            Check("published fragment", self._fragment),
            Check("Schemathesis", self._schemathesis),
            Check("openapi-core on every answer", self._openapi_core),
            Check("Prism parity", self._parity),
        ]

    def _liveness(self) -> Verdict:
        try:
            answer = httpx.get(f"{self.deployment.url}/health/live", timeout=TIMEOUT_SECONDS)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            return _failed("no answer", f"{type(error).__name__}: {error}")
        checker = self._contract.operations["getLiveness"].responses.get((answer.status_code, "application/json"))
        if not answer.is_success or checker is None:
            return _failed(f"answered {answer.status_code}", answer.text[:1_000])
        if fault := checker.check(_read(answer)):
            return _failed("the answer breaks the contract", fault)
        return Verdict(Status.PASSED, f"version {answer.json()['version']}, git {answer.json()['git_sha']}")

    def _token(self) -> Verdict:
        if self.deployment.token is None:
            return Verdict(Status.SKIPPED, "no token was given: of protected operations only the refusal is checked")
        headers = {"Authorization": f"Bearer {self.deployment.token}"}
        answer = httpx.get(f"{self.deployment.url}{READING}", headers=headers, timeout=TIMEOUT_SECONDS)
        if answer.is_success:
            return Verdict(Status.PASSED, "is accepted")
        return _failed(f"is not accepted: {answer.status_code}", answer.text[:1_000])

    def _served_document(self) -> Verdict:
        """Fetches what later checks hold the deployment against; where there is none, they use this program's own."""
        address = f"{self.deployment.origin}/openapi.json"
        try:
            self._document = read_document(address)
        except DocumentUnreadable as error:
            return _failed(f"not served; what follows is checked against {DOCUMENT.name} of this program", str(error))
        return Verdict(Status.PASSED, f"{address}, {len(self._document.get('paths', {}))} paths")

    def _fragment(self) -> Verdict:
        found = differences(self._document)
        if found:
            return _failed(f"{len(found)} parts are not as published", *found)
        return Verdict(Status.PASSED, "every part is as published")

    def _schemathesis(self) -> Verdict:
        if importlib.util.find_spec("schemathesis") is None:
            return Verdict(Status.SKIPPED, "Schemathesis is not installed: it comes with the extra `check` of this program")
        with tempfile.TemporaryDirectory(prefix="hpts-check-") as name:
            document = Path(name) / "openapi.json"
            document.write_text(json.dumps(self._document), encoding="utf-8")
            here = self.deployment
            plan = Plan(
                target=Target(here.url, here.token),
                document=str(document),
                seed=here.seed,
                profile=SHORT,
                writes=here.writes,
                stranger=here.stranger,
                loans=here.loans,
            )
            self._fuzzed = fuzz(plan, self.show)
        others = [each for each in self._fuzzed.failures if OPENAPI_CORE not in each.title]
        summary = f"{self._fuzzed.cases} cases, seed {here.seed}"
        return _failed(summary, *map(_told, others), _findings(self._fuzzed.log)) if others else Verdict(Status.PASSED, summary)

    def _openapi_core(self) -> Verdict:
        if self._fuzzed is None or not self._fuzzed.cases:
            return Verdict(Status.SKIPPED, "there were no answers to judge")
        found = [each for each in self._fuzzed.failures if OPENAPI_CORE in each.title]
        if found:
            return _failed("answers that the document does not declare", *map(_told, found), _findings(self._fuzzed.log))
        return Verdict(Status.PASSED, "no answer breaks the document")

    def _parity(self) -> Verdict:
        try:
            with (
                mock(self._document) as prism,
                httpx.Client(base_url=self.deployment.url, timeout=TIMEOUT_SECONDS) as live,
                httpx.Client(base_url=prism.url, timeout=TIMEOUT_SECONDS) as theirs,
            ):
                parity = Parity(self._document, live, theirs, self.deployment.token)
                compared = list(parity.compare(self.deployment.writes))
        except NodeUnavailable as missing:
            return Verdict(Status.SKIPPED, str(missing))
        different = [each for each in compared if each.differences]
        if different:
            return _failed(
                f"{len(different)} of {len(compared)} requests are answered otherwise by the mock", *map(_side_by_side, different)
            )
        return Verdict(Status.PASSED, f"{len(compared)} requests are answered alike")


def _failed(summary: str, *details: str) -> Verdict:
    return Verdict(Status.FAILED, summary, details)


def _told(failure: Failure) -> str:
    return f"{failure.title}: {', '.join(failure.operations)}" if failure.operations else failure.title


def _findings(log: str) -> str:
    """The part of the log between its head and its summary: errors and failures, each with the request that shows it."""
    began = min((at for title in ("= ERRORS =", "= FAILURES =") if (at := log.find(title)) >= 0), default=0)
    return log[began:].partition("= WARNINGS =")[0].partition("= SUMMARY =")[0].strip("= \n")


def _side_by_side(compared: Compared) -> str:
    return "\n".join(
        f"{compared.request}: {each.what}\n  live: {each.live}\n  mock: {each.mock}" for each in compared.differences
    )


def _read(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text
