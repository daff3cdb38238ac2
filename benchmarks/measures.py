"""The measures, one function each: who runs against whom, and what the targets are."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from functools import partial
from time import perf_counter

import httpx

from benchmarks import accruals, baseline_posting, journal_pages, servers, wrk
from benchmarks import webhooks as webhook_deliveries
from benchmarks.bench import Bench, Ledger, medians, p99s, rates
from benchmarks.databases import Engine
from benchmarks.fairness import ACCRUALS, Payments
from benchmarks.fairness import ACCRUED as FAIRNESS_LOANS
from benchmarks.figures import Series, at_least, at_most, within
from benchmarks.history import FILTERED, LIVED, RECONCILED
from benchmarks.loans import ACCRUED, loan_id, today
from benchmarks.wrk import Run

PER_SECOND = "requests/s"
ACCRUALS_A_ROUND = 3
FIRST_GETS_A_ROUND = 5
ENGINES: tuple[tuple[Engine, str], ...] = (("postgresql", "PostgreSQL"), ("sqlite", "SQLite"))


def payments(bench: Bench) -> None:
    """POST /payments on PostgreSQL, against the ordinary way and against the bare echo."""
    ledger = bench.ledger("postgresql", "postgresql")
    flask_url = bench.databases.create("postgresql", "flask")
    baseline_posting.prepare(flask_url)
    with ExitStack() as stack:
        flask = stack.enter_context(servers.flask(flask_url, bench.issuer, bench.folder))
        echo = stack.enter_context(servers.echo(bench.folder))
        runs = bench.contest(
            "payments",
            {
                "HPTS": lambda seconds: bench.payments(ledger, seconds),
                flask.name: lambda seconds: bench.counted_payments(flask, flask_url, seconds),
                echo.name: lambda seconds: bench.plain_payments(echo, seconds),
            },
        )
    name, ours = "POST /payments, PostgreSQL", rates("HPTS", runs["HPTS"])
    bench.figures += [
        at_least(name, PER_SECOND, ours, rates(flask.name, runs[flask.name]), 20, "≥ 20 ×"),
        at_least(name, PER_SECOND, ours, rates(echo.name, runs[echo.name]), 0.35, "≥ 35 %"),
        within(f"{name}, p99", "ms", p99s(runs["HPTS"]), 100),
    ]


def sqlite(bench: Bench) -> None:
    """The same on SQLite, against PostgreSQL."""
    runs = _by_ledger(
        bench,
        "payments",
        {"SQLite": bench.ledger("sqlite", "sqlite"), "PostgreSQL": bench.ledger("postgresql", "postgresql")},
        bench.payments,
    )
    name, ours, theirs = "POST /payments, SQLite", rates("SQLite", runs["SQLite"]), rates("on PostgreSQL", runs["PostgreSQL"])
    bench.figures.append(at_least(name, PER_SECOND, ours, theirs, 1, "≥ PostgreSQL"))


def balance(bench: Bench) -> None:
    """GET balance on PostgreSQL, against an echo that answers as many bytes."""
    ledger = bench.ledger("postgresql", "postgresql")
    headers = {"Authorization": f"Bearer {bench.issuer.token}"}
    sample = httpx.get(f"{ledger.server.base_url}/loans/{loan_id(0)}/balance", headers=headers, timeout=10).raise_for_status()
    with servers.echo(bench.folder, get_bytes=len(sample.content)) as echo:
        runs = bench.contest(
            "balance",
            {
                "HPTS": lambda seconds: bench.balances(ledger.server, seconds),
                echo.name: lambda seconds: bench.balances(echo, seconds),
            },
        )
    name, ours = "GET loan balance, PostgreSQL", rates("HPTS", runs["HPTS"])
    bench.figures += [
        at_least(name, PER_SECOND, ours, rates(echo.name, runs[echo.name]), 0.5, "≥ 50 %"),
        within(f"{name}, p99", "ms", p99s(runs["HPTS"]), 300),
    ]


def accrual(bench: Bench) -> None:
    """One batch of 10,000 loans, against a raw COPY of its lines."""
    ledger = bench.ledger("postgresql", "postgresql")
    ours: list[list[float]] = []
    copies: list[list[float]] = []
    with (
        accruals.raw_copy(ledger.database_url) as raw,
        accruals.accrual_client(ledger.server.base_url, bench.issuer.token) as client,
    ):
        for number in range(bench.rounds + 1):
            with bench.step(f"accruals: {'warm-up' if number == 0 else f'round {number}'}"):
                days = [next(ledger.accrual_days) for _ in range(ACCRUALS_A_ROUND)]
                pairs = [(accruals.post_accrual(client, day) * 1e3, raw.copy(day) * 1e3) for day in days]
                ours.append([batch for batch, _ in pairs])
                copies.append([copy for _, copy in pairs])
    name = f"POST /accruals/batch, {len(ACCRUED):,} loans"
    baseline = Series("raw COPY of the lines", medians(copies[1:]))
    bench.figures.append(at_most(name, "ms", Series("HPTS", medians(ours[1:])), baseline, 8, "≤ 8 ×"))


def fairness(bench: Bench) -> None:
    """Payments while another tenant posts large accruals at once, against the same while it posts nothing."""
    for engine, label in ENGINES:
        ledger = bench.ledger(engine, engine)
        payments = Payments(ledger.server.base_url, bench.issuer.other_token)
        payments.open_loans()
        quiet, busy = [], []
        for number in range(bench.rounds + 1):
            with bench.step(f"fairness, {label}: {'warm-up' if number == 0 else f'round {number}'}"):
                quiet.append(payments.quiet_p99_ms(bench.seconds / 2))
                busy.append(payments.busy_p99_ms(bench.issuer.token, today() - timedelta(days=120 + number * ACCRUALS)))
        name = f"POST /payments beside {ACCRUALS} accruals of {len(FAIRNESS_LOANS):,} loans at once, p99, {label}"
        of_quiet = Series("nobody else posts", tuple(quiet[1:]))
        bench.figures += [
            at_most(name, "ms", Series("HPTS", tuple(busy[1:])), of_quiet, 30, "≤ 30 ×"),
            within(name, "ms", busy[1:], 300),
        ]


def volume(bench: Bench) -> None:
    """Each figure with 1,000,000 journal lines in the database, against the same on an empty one."""
    for engine, label in ENGINES:
        ledgers = {
            "1,000,000 lines": bench.ledger(engine, f"{engine}_full", LIVED),
            "empty": bench.ledger(engine, f"{engine}_empty"),
        }
        _volume_figure(bench, f"POST /payments, {label}", ledgers, bench.payments)
        if engine == "postgresql":
            _volume_figure(bench, f"GET loan balance, {label}", ledgers, lambda led, seconds: bench.balances(led.server, seconds))
            _volume_figure(bench, f"GET loan balance of a past date, {label}", ledgers, partial(_past_balances, bench))
            _volume_accrual(bench, ledgers)


def _volume_figure(bench: Bench, name: str, ledgers: dict[str, Ledger], run: Callable[[Ledger, int], Run]) -> None:
    runs = _by_ledger(bench, name, ledgers, run)
    full, empty = rates("1,000,000 lines", runs["1,000,000 lines"]), rates("empty database", runs["empty"])
    title = f"{name}, 1,000,000 lines"
    bench.figures.append(at_least(title, PER_SECOND, full, empty, 1 / 1.3, "≥ 77 % (1/1.3)"))


def _past_balances(bench: Bench, ledger: Ledger, seconds: int) -> Run:
    """As of yesterday: the loans were paid today, so that the current balance is not the answer."""
    return bench.balances(ledger.server, seconds, (today() - timedelta(days=1)).isoformat())


def _volume_accrual(bench: Bench, ledgers: dict[str, Ledger]) -> None:
    times: dict[str, list[list[float]]] = {name: [] for name in ledgers}
    for number in range(bench.rounds + 1):
        for name, ledger in ledgers.items():
            with bench.step(f"accruals, {name}: {'warm-up' if number == 0 else f'round {number}'}"):
                times[name].append(_accrue(bench, ledger))
    full = Series("1,000,000 lines", medians(times["1,000,000 lines"][1:]))
    empty = Series("empty database", medians(times["empty"][1:]))
    name = f"POST /accruals/batch, {len(ACCRUED):,} loans, 1,000,000 lines"
    bench.figures.append(at_most(name, "ms", full, empty, 1.3, "≤ 1.3 ×"))


def _accrue(bench: Bench, ledger: Ledger) -> list[float]:
    with accruals.accrual_client(ledger.server.base_url, bench.issuer.token) as client:
        return [accruals.post_accrual(client, next(ledger.accrual_days)) * 1e3 for _ in range(ACCRUALS_A_ROUND)]


def _by_ledger(bench: Bench, title: str, ledgers: dict[str, Ledger], run: Callable[[Ledger, int], Run]) -> dict[str, list[Run]]:
    def bound(ledger: Ledger) -> Callable[[int], Run]:
        return lambda seconds: run(ledger, seconds)

    return bench.contest(title, {name: bound(ledger) for name, ledger in ledgers.items()})


def reconciliation(bench: Bench) -> None:
    """GET /reconciliation/status of a date that nobody has asked for: every balance recomputed from 100,000 entries."""
    for engine, label in ENGINES:
        ledger = bench.ledger(engine, f"{engine}_reconciled", RECONCILED)
        url, headers = f"{ledger.server.base_url}/reconciliation/status", {"Authorization": f"Bearer {bench.issuer.token}"}
        times: list[list[float]] = []
        with httpx.Client(headers=headers, timeout=30) as client:
            for number in range(bench.rounds + 1):
                with bench.step(f"{label}: reconciling, {'warm-up' if number == 0 else f'round {number}'}"):
                    first_days_ago = 10 + number * FIRST_GETS_A_ROUND
                    days = [today() - timedelta(days=first_days_ago + each) for each in range(FIRST_GETS_A_ROUND)]
                    times.append([_milliseconds(client, url, day) for day in days])
        name = f"GET reconciliation status, first of its date, {RECONCILED.entries:,} entries, {label}"
        bench.figures.append(within(name, "ms", medians(times[1:]), 300))


def _milliseconds(client: httpx.Client, url: str, day: date) -> float:
    begun = perf_counter()
    client.get(url, params={"as_of_date": day.isoformat()}).raise_for_status()
    return (perf_counter() - begun) * 1e3


def journal(bench: Bench) -> None:
    """A page of GET /journal-entries with 3,000,000 lines in the database: the slowest of all filters, of each round."""
    for engine, label in ENGINES:
        ledger = bench.ledger(engine, f"{engine}_filtered", FILTERED)
        url, token, slowest = ledger.server.base_url, bench.issuer.token, list[float]()
        paths = {name: list(journal_pages.first_pages(url, token, filters)) for name, filters in journal_pages.FILTERS.items()}
        for number in range(bench.rounds + 1):
            with bench.step(f"pages of the journal, {label}: {'warm-up' if number == 0 else f'round {number}'}"):
                runs = {name: wrk.get_pages(url, token, of, 1, journal_pages.CONNECTIONS) for name, of in paths.items()}
            name = max(runs, key=lambda each: runs[each].p99_ms)
            bench.console.print(f"    the slowest filter: {name}, p99 {runs[name].p99_ms:,.1f} ms")
            slowest.append(runs[name].p99_ms)
        figure = f"GET journal entries, the slowest of {len(paths)} filters, 3,000,000 lines, p99, {label}"
        bench.figures.append(within(figure, "ms", slowest[1:], 100))


def memory(bench: Bench) -> None:
    """Resident memory of the largest worker, just started, and after everything that was asked of it above.

    Pages of a database file that the worker has mapped count as the worker's.
    """
    bench.ledger("postgresql", "postgresql")
    idle = {name: ledger.idle_megabytes for name, ledger in bench.ledgers.items()}
    now = {name: ledger.server.resident_megabytes() for name, ledger in bench.ledgers.items()}
    for when, megabytes, limit in (("idle", idle, 200), ("after all", now, 400)):
        largest = max(megabytes, key=megabytes.__getitem__)
        bench.figures.append(within(f"Worker memory, {when} ({largest})", "MB", [megabytes[largest]], limit))


def webhooks(bench: Bench) -> None:
    """Deliveries to a receiver on this machine: a backlog, first attempts at a steady rate, and postings beside them."""
    for engine, label in ENGINES:
        webhook_deliveries.measure(bench, engine, label)


MEASURES = {
    "payments": payments,
    "sqlite": sqlite,
    "balance": balance,
    "accruals": accrual,
    "fairness": fairness,
    "volume": volume,
    "webhooks": webhooks,
    "reconciliation": reconciliation,
    "journal": journal,
    "memory": memory,
}
"""In the order in which they run; memory is last, after all that fills it."""
