"""The checks of `hpts contract check`, each of which gives a verdict on a running deployment.

Nothing is written to the deployment unless `writes` is set; then all postings go to loans that the checks opened themselves.
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

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from app.compatibility.documents import DocumentUnreadable, read_document
from app.conformance.answer_check import violations
from app.conformance.fragment import differences
from app.conformance.fuzz.plan import REQUEST_TIMEOUT_SECONDS, SHORT, Plan, Target
from app.conformance.fuzz.run import Failure, Outcome, fuzz
from app.conformance.node import NodeUnavailable
from app.conformance.operation_probes import OperationProbes
from app.conformance.parity import ComparedAnswers, Parity
from app.conformance.prism import mock
from app.conformance.tls_files import TlsFiles
from app.contract.document import DOCUMENT, Contract, load
from app.contract.routing_view import BASE_PATH

TOKEN_PROBE_PATH: Final = "/accounts/1100/balance?currency=USD"
"""Read to find out whether the token is accepted."""
UNSEEN_REMEDY: Final = "give --loan or --entry with an id of the token's tenant, or let --write post"
OPENAPI_CORE_CHECK: Final = "openapi_core_agrees"
"""The Schemathesis check whose failures are reported as a check of their own."""
_logger = logging.getLogger("hpts.conformance")


class CheckStatus(StrEnum):
    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`summary` is one line for people; each of `details` describes one failure, in one line or more."""

    status: CheckStatus
    summary: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeploymentCheck:
    """`perform` may take minutes. When a check with `is_vital` fails, the checks after it would tell nothing."""

    name: str
    perform: Callable[[], Verdict]
    is_vital: bool = False

    def run(self) -> Verdict:
        """A deployment may answer anything, so any exception that its answers cause is a failure of the check."""
        try:
            return self.perform()
        except Exception as unexpected:
            _logger.debug("%s", self.name, exc_info=unexpected)
            return _failed("the check could not be completed", f"{type(unexpected).__name__}: {unexpected}")


@dataclass(frozen=True, slots=True)
class Deployment:
    """`url` ends in the base path. Without `token` protected operations must answer 401, and only that is checked.

    `other_tenant_token` belongs to another tenant than `token`; `loans` and journal `entries` exist already and may be read.
    With `is_strict` an operation that never succeeds is a failure.
    """

    url: str
    token: str | None = None
    tls: TlsFiles = field(default_factory=TlsFiles)
    other_tenant_token: str | None = None
    loans: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    writes: bool = False
    is_strict: bool = False
    seed: int = 1

    @property
    def origin(self) -> str:
        return self.url.removesuffix(BASE_PATH)


@dataclass(slots=True)
class Conformance:
    """The checks of one deployment. They run in order, because later ones use the document that an earlier one downloads.

    `show` receives the output of long checks as it is printed.
    """

    deployment: Deployment
    show: Callable[[str], None] = lambda _: None
    _contract: Contract = field(default_factory=load)
    _document: dict[str, Any] = field(init=False)
    _served: dict[str, Any] = field(init=False)
    _loans: tuple[str, ...] = field(init=False)
    _fuzzed: Outcome | None = None

    def __post_init__(self) -> None:
        self._document = self._served = dict(self._contract.document)
        self._loans = self.deployment.loans

    def checks(self) -> list[DeploymentCheck]:
        return [
            DeploymentCheck("liveness", self._check_liveness, is_vital=True),
            DeploymentCheck("token", self._check_token, is_vital=True),
            DeploymentCheck("document", self._download_document),
            DeploymentCheck("published fragment", self._check_fragment),
            DeploymentCheck("operations", self._probe_operations),
            DeploymentCheck("Schemathesis", self._run_schemathesis),
            DeploymentCheck("openapi-core on every answer", self._report_openapi_core),
            DeploymentCheck("Prism parity", self._check_parity),
        ]

    def _client(self) -> httpx.Client:
        """Raises httpx.InvalidURL."""
        verify = self.deployment.tls.for_httpx()
        return httpx.Client(base_url=self.deployment.url, timeout=REQUEST_TIMEOUT_SECONDS, verify=verify)

    def _check_liveness(self) -> Verdict:
        try:
            with self._client() as client:
                answer = client.get("/health/live")
        except (httpx.TransportError, httpx.InvalidURL) as error:
            return _failed("no answer", f"{type(error).__name__}: {error}")
        if not answer.is_success:
            return _failed(f"answered {answer.status_code}", answer.text[:1_000])
        if found := list(violations(self._document, self._contract.operations["getLiveness"], answer)):
            return _failed("the answer breaks the contract", *found)
        return Verdict(CheckStatus.PASSED, f"version {answer.json()['version']}, git {answer.json()['git_sha']}")

    def _check_token(self) -> Verdict:
        if self.deployment.token is None:
            return Verdict(CheckStatus.SKIPPED, "no token given: protected operations are only checked to refuse requests")
        headers = {"Authorization": f"Bearer {self.deployment.token}"}
        with self._client() as client:
            answer = client.get(TOKEN_PROBE_PATH, headers=headers)
        if answer.is_success:
            return Verdict(CheckStatus.PASSED, "is accepted")
        return _failed(f"is not accepted: {answer.status_code}", answer.text[:1_000])

    def _download_document(self) -> Verdict:
        """Later checks use the served document, unless it takes something back that the program's own promises."""
        address = f"{self.deployment.origin}/openapi.json"
        try:
            self._served = read_document(address, self.deployment.tls.for_httpx())
            taken_back = [each for each in diff(self._contract.document, self._served) if each.kind is ChangeKind.BREAKING]
        except DocumentUnreadable as error:
            return _failed(f"not served; the next checks use {DOCUMENT.name} of this program", str(error))
        if taken_back:
            summary = f"{len(taken_back)} breaking changes against {DOCUMENT.name} of this program, which the next checks use"
            return _failed(summary, *(f"{each.place}: {each.text} ({each.rule}; {', '.join(each.where)})" for each in taken_back))
        self._document = self._served
        return Verdict(CheckStatus.PASSED, f"{address}, {len(self._served.get('paths', {}))} paths")

    def _check_fragment(self) -> Verdict:
        found = differences(self._served)
        if found:
            return _failed(f"{len(found)} parts are not as published", *found)
        return Verdict(CheckStatus.PASSED, "every part is as published")

    def _probe_operations(self) -> Verdict:
        deployment = self.deployment
        with self._client() as client:
            probes = OperationProbes(
                self._document, client, deployment.token, deployment.loans, deployment.entries, deployment.writes
            )
            result = probes.run()
        self._loans = probes.loans
        unseen = f"never seen to succeed: {', '.join(result.unseen)}; {UNSEEN_REMEDY}" if result.unseen else ""
        if result.failures or (unseen and deployment.is_strict):
            return _failed(unseen or f"{len(result.failures)} answers break the document", *result.failures)
        if unseen:
            return Verdict(CheckStatus.WARNED, unseen)
        return Verdict(CheckStatus.PASSED, f"every operation succeeds, and all {result.answers} answers are as declared")

    def _run_schemathesis(self) -> Verdict:
        if importlib.util.find_spec("schemathesis") is None:
            reason = "Schemathesis is not installed: install this program with its extra `check`"
            return Verdict(CheckStatus.SKIPPED, reason)
        with tempfile.TemporaryDirectory(prefix="hpts-check-") as name:
            document = Path(name) / "openapi.json"
            document.write_text(json.dumps(self._document), encoding="utf-8")
            self._fuzzed = fuzz(self._fuzzing_plan(document), self.show)
        others = [each for each in self._fuzzed.failures if OPENAPI_CORE_CHECK not in each.title]
        summary = f"{self._fuzzed.cases} cases, seed {self.deployment.seed}"
        if others:
            return _failed(summary, *map(_describe_failure, others), _failures_in(self._fuzzed.log))
        return Verdict(CheckStatus.PASSED, summary)

    def _fuzzing_plan(self, document: Path) -> Plan:
        return Plan(
            target=Target(self.deployment.url, self.deployment.token, self.deployment.tls),
            document=str(document),
            seed=self.deployment.seed,
            profile=SHORT,
            writes=self.deployment.writes,
            other_tenant_token=self.deployment.other_tenant_token,
            loans=self._loans,
        )

    def _report_openapi_core(self) -> Verdict:
        if self._fuzzed is None or not self._fuzzed.cases:
            return Verdict(CheckStatus.SKIPPED, "there were no answers to validate")
        found = [each for each in self._fuzzed.failures if OPENAPI_CORE_CHECK in each.title]
        if found:
            details = (*map(_describe_failure, found), _failures_in(self._fuzzed.log))
            return _failed("some answers are not as the document declares", *details)
        return Verdict(CheckStatus.PASSED, "every answer is as the document declares")

    def _check_parity(self) -> Verdict:
        try:
            with (
                mock(self._document) as prism,
                self._client() as live_client,
                httpx.Client(base_url=prism.url, timeout=REQUEST_TIMEOUT_SECONDS) as mock_client,
            ):
                parity = Parity(self._document, live_client, mock_client, self.deployment.token)
                compared = list(parity.compare(self.deployment.writes))
        except NodeUnavailable as missing:
            return Verdict(CheckStatus.SKIPPED, str(missing))
        different = [each for each in compared if each.differences]
        if different:
            summary = f"the mock answers {len(different)} of {len(compared)} requests differently"
            return _failed(summary, *map(_describe_differences, different))
        return Verdict(CheckStatus.PASSED, f"the mock answers all {len(compared)} requests alike")


def _failed(summary: str, *details: str) -> Verdict:
    return Verdict(CheckStatus.FAILED, summary, details)


def _describe_failure(failure: Failure) -> str:
    return f"{failure.title}: {', '.join(failure.operations)}" if failure.operations else failure.title


def _failures_in(log: str) -> str:
    """The sections ERRORS and FAILURES of the log of Schemathesis, which show the request behind each failure."""
    begin = min((at for title in ("= ERRORS =", "= FAILURES =") if (at := log.find(title)) >= 0), default=0)
    return log[begin:].partition("= WARNINGS =")[0].partition("= SUMMARY =")[0].strip("= \n")


def _describe_differences(compared: ComparedAnswers) -> str:
    return "\n".join(
        f"{compared.request}: {each.what}\n  live: {each.live}\n  mock: {each.mock}" for each in compared.differences
    )
