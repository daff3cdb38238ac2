"""What the measures share: databases, servers that live until the end, how long a run is, and the figures found so far."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import monotonic

import httpx
from rich.console import Console

from benchmarks import databases, load_history, servers, wrk
from benchmarks.databases import Databases, Engine
from benchmarks.figures import Figure, Series
from benchmarks.history import OPENED, History
from benchmarks.loans import PAID, today
from benchmarks.tokens import Issuer
from benchmarks.watchdog import bounded
from benchmarks.wrk import InvalidRun, Run

STEP_SECONDS = 600
"""No step may take longer than this."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """HPTS with its loans open. `accrual_days` are days that no batch has accrued yet, in the order of the calendar."""

    server: servers.Server
    database_url: str
    accrual_days: Iterator[date]
    idle_megabytes: float


@dataclass(slots=True)
class Bench:
    """`rounds` measured rounds of `seconds` each; what is opened here is closed by `stack`."""

    databases: Databases
    issuer: Issuer
    folder: Path
    rounds: int
    seconds: int
    stack: ExitStack
    console: Console
    figures: list[Figure] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Says what happens and how long it took; raises TimeoutError after STEP_SECONDS."""
        begun = monotonic()
        with self.console.status(what), bounded(STEP_SECONDS, what):
            yield
        self.console.print(f"  {what} [dim]{monotonic() - begun:.1f} s[/dim]")

    def ledger(self, engine: Engine, name: str, history: History = OPENED) -> Ledger:
        """The ledger of that name, opened when first asked for."""
        if name not in self.ledgers:
            self.ledgers[name] = self._open_ledger(engine, name, history)
        return self.ledgers[name]

    def _open_ledger(self, engine: Engine, name: str, history: History) -> Ledger:
        url = self.databases.create(engine, name)
        servers.migrate(url)
        with self.step(f"{name}: loading {history.lines:,} journal lines"):
            load_history.load(url, history)
            databases.settle(url)
        with self.step(f"{name}: starting the server"):
            server = self.stack.enter_context(servers.hpts(name, databases.as_plain_login(url), self.issuer, self.folder))
            idle_megabytes = server.resident_megabytes()
        ledger = Ledger(server, url, (today() - timedelta(days=number) for number in range(100, 0, -1)), idle_megabytes)
        self.require_reconciled(name, ledger, days_ago=1)
        return ledger

    def require_reconciled(self, name: str, ledger: Ledger, days_ago: int) -> None:
        """Raises InvalidRun unless the ledger finds that every balance equals its lines; a date not yet asked for runs it."""
        with self.step(f"{name}: reconciling"):
            headers = {"Authorization": f"Bearer {self.issuer.token}"}
            day = (today() - timedelta(days=days_ago)).isoformat()
            url = f"{ledger.server.base_url}/reconciliation/status"
            answer = httpx.get(url, params={"as_of_date": day}, headers=headers, timeout=120)
            if answer.status_code != 200 or answer.json()["ledger_integrity"]["status"] != "ok":
                raise InvalidRun(f"{name} does not reconcile: {answer.text[:400]}")

    def payments(self, ledger: Ledger, seconds: int) -> Run:
        return self.counted_payments(ledger.server, ledger.database_url, seconds)

    def counted_payments(self, server: servers.Server, database_url: str, seconds: int) -> Run:
        """A run of payments; raises InvalidRun unless the journal has grown by as many entries as were answered."""
        before = databases.count_entries(database_url)
        run = self.plain_payments(server, seconds)
        posted = databases.count_entries(database_url) - before
        if not run.requests <= posted <= run.requests + 2 * wrk.CONNECTIONS:
            raise InvalidRun(f"{server.name} answered {run.requests} payments and posted {posted}")
        return run

    def plain_payments(self, server: servers.Server, seconds: int) -> Run:
        url = f"{server.base_url}/payments"
        return wrk.post_payments(url, self.issuer.token, len(PAID), today().isoformat(), seconds)

    def balances(self, server: servers.Server, seconds: int, as_of_date: str = "") -> Run:
        """Current ones, or as of a date."""
        return wrk.get_balances(server.base_url, self.issuer.token, len(PAID), as_of_date, seconds)

    def contest(self, title: str, contenders: Mapping[str, Callable[[int], Run]]) -> dict[str, list[Run]]:
        """Runs every contender once to warm up, then all of them in turn, round after round."""
        runs: dict[str, list[Run]] = {name: [] for name in contenders}
        for name, contender in contenders.items():
            with self.step(f"{title}: {name}, warm-up"):
                contender(max(2, self.seconds // 4))
        for number in range(1, self.rounds + 1):
            for name, contender in contenders.items():
                with self.step(f"{title}: {name}, round {number}"):
                    runs[name].append(contender(self.seconds))
                self.console.print(f"    {runs[name][-1].rate:,.0f} requests/s, p99 {runs[name][-1].p99_ms:,.1f} ms")
        return runs


def rates(name: str, runs: list[Run]) -> Series:
    return Series(name, tuple(run.rate for run in runs))


def p99s(runs: list[Run]) -> tuple[float, ...]:
    return tuple(run.p99_ms for run in runs)


def medians(values: list[list[float]]) -> tuple[float, ...]:
    """Of the repetitions of each round."""
    return tuple(median(round_values) for round_values in values)
