"""A tenant's entries that match filters, newest posting first, whatever the filters are and however long the journal.

A filter with an index of its own is walked from the newest entry on; other filters are checked on the entries that the walk
meets. Of several walks the one whose entry number PROBED is the oldest is taken. Where few of the entries met match, a search
ends after SCANNED of them and says where the next one goes on: no request looks at more, however rare what it asks for is.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Date, Text, TextClause, bindparam, select, text, union

from app.clock import microseconds
from app.ids import first_uuid7_of
from app.store.queries.journal import JournalEntryView
from app.store.queries.journal_pages import entry_views, page_statement
from app.store.queries.walks import (
    BY_ACCOUNT,
    BY_ACTOR,
    BY_CORRELATION,
    BY_LATE_DAY,
    BY_REFERENCE,
    BY_TYPE,
    DENSE_ACCOUNT,
    DENSE_TYPE,
    Values,
    Walk,
    condition_of,
    walk_statement,
    walk_values,
)
from app.store.tables import Id, former_keys, idempotency_keys

SCANNED: Final = 1_000
"""Entries that one search looks at where some of them may not match."""
PROBED: Final = 250
DAYS_MERGED: Final = 31
"""Effective dates that are looked at one by one where other filters are given too."""
OLDEST: Final = "00000000-0000-0000-0000-000000000000"
NEWEST: Final = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_ONE_DAY: Final = timedelta(days=1)
_TYPES: Final[dict[str, Any]] = {
    **dict.fromkeys(("from_date", "to_date"), Date),
    **dict.fromkeys(("tenant_id", "before", "low", "correlation_id", "event_id"), Id),
}
_IN_BOUNDS: Final = frozenset({"posted_from", "posted_to"})
"""Filters that the ids alone answer."""
_CONDITIONS: Final = {
    "from_date": "e.effective_at >= :from_date",
    "to_date": "e.effective_at <= :to_date",
    **{name: f"e.{name} = :{name}" for name in ("event_type", "actor", "correlation_id", "event_id", "idempotency_key")},
}
_LINE_CONDITIONS: Final = {name: f"l.{name} = :{name}" for name in ("account_code", "currency", "external_ref")}
_ACCOUNTS: Final = text("""SELECT DISTINCT account_code, currency FROM account_totals WHERE tenant_id = :tenant_id
    AND (:account_code IS NULL OR account_code = :account_code) AND (:currency IS NULL OR currency = :currency)""").bindparams(
    bindparam("tenant_id", type_=Id), bindparam("account_code", type_=Text), bindparam("currency", type_=Text)
)
_MOMENTS_OF_KEY: Final = union(
    *(
        select(table.c.created_at).where(table.c.tenant_id == bindparam("tenant_id"), table.c.key == bindparam("key"))
        for table in (idempotency_keys, former_keys)
    )
)
_DATES: Final = frozenset({"from_date", "to_date"})


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """None leaves a filter out; bounds are inclusive. Account, currency and reference are those of one line of the entry."""

    from_date: date | None = None
    to_date: date | None = None
    posted_from: datetime | None = None
    posted_to: datetime | None = None
    event_type: str | None = None
    account_code: str | None = None
    currency: str | None = None
    actor: str | None = None
    correlation_id: str | None = None
    external_ref: str | None = None
    event_id: str | None = None
    idempotency_key: str | None = None

    def given(self) -> dict[str, Any]:
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}


class Found(NamedTuple):
    """`before` is where the search ended, when more entries may match; None when these are all."""

    entries: list[JournalEntryView]
    before: str | None

    def is_page_of(self, limit: int) -> bool:
        """Whether no search could find more for this page."""
        return len(self.entries) == limit or self.before is None


def search(connection: Connection, tenant_id: str, matching: JournalFilter, before: str | None, limit: int) -> Found:
    """At most `limit` entries posted before the entry `before`."""
    low, high = _bounds(matching)
    whole = _Search(connection, tenant_id, matching.given(), low, min(before or NEWEST, high))
    if matching.idempotency_key is None:
        return whole.run(limit)
    return _of_key(whole, matching.idempotency_key, limit)


def _of_key(whole: "_Search", key: str, limit: int) -> Found:
    """A key has the moment of what it posted; it may have been used anew after it was forgotten."""
    moments = whole.connection.scalars(_MOMENTS_OF_KEY, {"tenant_id": whole.tenant_id, "key": key})
    entries: list[JournalEntryView] = []
    for moment in sorted(moments, reverse=True):
        at = microseconds(moment)
        entries += whole.between(first_uuid7_of(at), first_uuid7_of(at + 1)).along(EVERYTHING, limit).entries
    return _page_of(entries, limit)


class Chosen(NamedTuple):
    """A walk for some values, and the filters that all its entries match."""

    walk: Walk | None
    values: Values
    met: frozenset[str]


EVERYTHING: Final = Chosen(None, (), frozenset())


@dataclass(frozen=True, slots=True)
class _Search:
    """Among the ids from `low` on and below `before`."""

    connection: Connection
    tenant_id: str
    given: Mapping[str, Any]
    low: str
    before: str

    def between(self, low: str, before: str) -> "_Search":
        return replace(self, low=max(self.low, low), before=min(self.before, before))

    def run(self, limit: int) -> Found:
        walks = list(self._walks())
        if not all(each.values for each in walks):
            return Found([], None)
        found = self.along(self._sparsest(walks), limit)
        if found.is_page_of(limit) or not self.given.keys() & _DATES:
            return found
        days = self._late_days()
        if len(days) > DAYS_MERGED and self.given.keys() - _DATES - _IN_BOUNDS:
            return found
        by_day = _joined(self._on_the_day(limit), self.along(Chosen(BY_LATE_DAY, days, _DATES), limit), limit)
        return by_day if by_day.is_page_of(limit) or (by_day.before or OLDEST) < (found.before or OLDEST) else found

    def _walks(self) -> Iterator[Chosen]:
        """Each walk that a filter allows; one without values where the tenant has no such account."""
        for name, walk in (("event_type", BY_TYPE), ("actor", BY_ACTOR), ("correlation_id", BY_CORRELATION)):
            if name in self.given and self.given[name] != DENSE_TYPE:
                yield Chosen(walk, [(self.given[name],)], frozenset({name}))
        if "external_ref" in self.given:
            yield Chosen(BY_REFERENCE, [(self.given["external_ref"],)], frozenset({"external_ref"}))
        asked = {name: self.given.get(name) for name in BY_ACCOUNT.columns}
        if any(asked.values()) or self.given.get("event_type") == DENSE_TYPE:
            yield from self._walk_of_accounts(asked)

    def _walk_of_accounts(self, asked: Mapping[str, str | None]) -> Iterator[Chosen]:
        """The accounts that match, DENSE_ACCOUNT left out: what has a line on it has one on another account too."""
        used = self.connection.execute(_ACCOUNTS, {"tenant_id": self.tenant_id, **asked}).all()
        pairs = [tuple(row) for row in used if row.account_code != DENSE_ACCOUNT]
        if not used or (self.given.get("event_type") == DENSE_TYPE and not any(asked.values()) and len(pairs) == len(used)):
            yield Chosen(BY_ACCOUNT, (), frozenset())
        elif pairs and any(asked.values()):
            yield Chosen(BY_ACCOUNT, pairs, frozenset(asked))

    def _sparsest(self, walks: Sequence[Chosen]) -> Chosen:
        """The walk that leads furthest back; any that has fewer entries than are looked at is good enough."""
        if len(walks) < 2:
            return walks[0] if walks else EVERYTHING
        return min(walks, key=lambda each: self._nth(each, PROBED) or OLDEST)

    def _on_the_day(self, limit: int) -> Found:
        """Among the entries that were posted on the dates asked for; those of another effective date are found as well."""
        first, last = self.given.get("from_date", date.min), self.given.get("to_date", date.max)
        end = NEWEST if last == date.max else _first_id_of(last + _ONE_DAY)
        return self.between(_first_id_of(first), end).along(EVERYTHING, limit)

    def _late_days(self) -> Values:
        """The dates asked for, those before and after all late entries left out."""
        late = condition_of(BY_LATE_DAY, self.connection.dialect.name)
        ends = ", ".join(
            f"""(SELECT d.effective_at FROM journal_entries AS d WHERE d.tenant_id = :tenant_id AND {late}
                ORDER BY d.effective_at {order} LIMIT 1) AS {name}"""
            for name, order in (("first", "ASC"), ("last", "DESC"))
        )
        statement = _typed(f"SELECT {ends}").columns(first=Date, last=Date)
        first, last = self.connection.execute(statement, {"tenant_id": self.tenant_id}).one()
        if first is None:
            return []
        first, last = max(self.given.get("from_date", first), first), min(self.given.get("to_date", last), last)
        return [(first + _ONE_DAY * number,) for number in range((last - first).days + 1)]

    def along(self, chosen: Chosen, limit: int) -> Found:
        """The entries of a walk that match all filters. Where no filter is left to check, a page is all that is looked at."""
        left = self.given.keys() - chosen.met - _IN_BOUNDS
        statement = walk_statement(chosen.walk, self.connection.dialect.name)
        if not left:
            return _page_of(self._entries(statement, chosen, scanned=limit), limit)
        checked = f"""SELECT s.journal_entry_id FROM ({statement}) AS s CROSS JOIN journal_entries AS e
            WHERE e.tenant_id = :tenant_id AND e.journal_entry_id = s.journal_entry_id AND {_conditions(left)}
            ORDER BY s.journal_entry_id DESC LIMIT :limit"""
        entries = self._entries(checked, chosen, scanned=SCANNED, limit=limit)
        if len(entries) == limit:
            return _page_of(entries, limit)
        end = self._nth(chosen, SCANNED)
        return Found(entries, end and min([end, *(entry.journal_entry_id for entry in entries[-1:])]))

    def _nth(self, chosen: Chosen, number: int) -> str | None:
        """The id of the walk's entry of that number; None where it has fewer."""
        statement = walk_statement(chosen.walk, self.connection.dialect.name)
        last = f"SELECT s.journal_entry_id FROM ({statement}) AS s ORDER BY s.journal_entry_id DESC LIMIT 1 OFFSET :skipped"
        found = self.connection.scalar(_typed(last), self._parameters(chosen, scanned=number, skipped=number - 1))
        return None if found is None else str(found)

    def _entries(self, ids: str, chosen: Chosen, **numbers: int) -> list[JournalEntryView]:
        statement = _typed(page_statement(ids, self.connection.dialect.name))
        return entry_views(self.connection, statement, self._parameters(chosen, **numbers))

    def _parameters(self, chosen: Chosen, **numbers: int) -> dict[str, Any]:
        bounds = {"tenant_id": self.tenant_id, "before": self.before, "low": self.low}
        values = walk_values(chosen.walk, chosen.values, self.connection.dialect.name)
        given = {name: value for name, value in self.given.items() if name not in _IN_BOUNDS}
        return {**bounds, **values, **given, **numbers}


def _bounds(matching: JournalFilter) -> tuple[str, str]:
    """Ids between which the entries are, the second excluded: ids hold the moment of posting, which the event's id shares.

    An effective date is tomorrow at the latest, so that an entry of a date was posted on the day before or later.
    """
    lows, highs = [OLDEST], [NEWEST]
    if matching.posted_from is not None:
        lows.append(first_uuid7_of(microseconds(matching.posted_from)))
    if matching.posted_to is not None:
        highs.append(first_uuid7_of(microseconds(matching.posted_to) + 1))
    if matching.from_date is not None and matching.from_date > date.min:
        lows.append(_first_id_of(matching.from_date - _ONE_DAY))
    if matching.event_id is not None:
        millisecond = matching.event_id[:13]
        lows.append(f"{millisecond}{OLDEST[13:]}")
        highs.append(f"{millisecond}{NEWEST[13:]}")
    return max(lows), min(highs)


def _first_id_of(day: date) -> str:
    return first_uuid7_of(microseconds(datetime.combine(day, time(), UTC)))


def _joined(one: Found, other: Found, limit: int) -> Found:
    """Both are complete down to where the one that ended first has ended."""
    end = max(one.before or OLDEST, other.before or OLDEST)
    entries = {entry.journal_entry_id: entry for entry in (*one.entries, *other.entries) if entry.journal_entry_id >= end}
    newest_first = [entries[entry_id] for entry_id in sorted(entries, reverse=True)]
    if len(newest_first) >= limit:
        return _page_of(newest_first, limit)
    return Found(newest_first, None if end == OLDEST else end)


def _page_of(entries: list[JournalEntryView], limit: int) -> Found:
    """Entries that are all there are, unless they are as many as were asked for."""
    return Found(entries[:limit], entries[limit - 1].journal_entry_id if len(entries) >= limit else None)


def _conditions(names: Set[str]) -> str:
    of_lines = [_LINE_CONDITIONS[name] for name in sorted(names & _LINE_CONDITIONS.keys())]
    conditions = [_CONDITIONS[name] for name in sorted(names & _CONDITIONS.keys())]
    if of_lines:
        conditions.append(f"""EXISTS (SELECT 1 FROM journal_lines AS l WHERE l.tenant_id = :tenant_id
            AND l.journal_entry_id = e.journal_entry_id AND {" AND ".join(of_lines)})""")
    return " AND ".join(conditions)


@lru_cache
def _typed(statement: str) -> TextClause:
    clause = text(statement)
    return clause.bindparams(*(bindparam(name, type_=type_) for name, type_ in _TYPES.items() if f":{name}" in statement))
