"""Request bodies as values: what the contract says of a member decides what it becomes, as with parameters.

| schema | in the JSON body | in the typed body |
|---|---|---|
| Uuid | text in any case | text in lower case |
| format date | text | `datetime.date` |
| format date-time | text | `datetime.datetime` in UTC |
| AmountMinor | text of digits | `int` of minor units |

Everything else stays as it is. A body goes through two steps, in place. `canonicalize` makes equal requests equal: the request
hash is taken of its result. `convert` then makes the typed body. Both expect a body that its schema admits.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from app.contract.formats import moment_of
from app.contract.validators import Schema
from app.ledger.money import out_of_range
from app.limits import AMOUNT_MINOR_MAX

_Conversion = Callable[[str], Any]


class _TooLarge(Exception):
    """An amount beyond the largest one; `place` becomes the JSON Pointer to it on the way up."""

    def __init__(self, amount_minor: int) -> None:
        super().__init__(amount_minor)
        self.amount_minor = amount_minor
        self.place = ""


def _amount(text: str) -> int:
    amount_minor = int(text)
    if amount_minor > AMOUNT_MINOR_MAX:
        raise _TooLarge(amount_minor)
    return amount_minor


_CANONICAL: Final[Mapping[str, _Conversion]] = {"id": str.lower}
_TYPED: Final[Mapping[str, _Conversion]] = {"date": date.fromisoformat, "moment": moment_of, "amount": _amount}


class BodyCoercion:
    """Compiled once for each operation that has a body."""

    __slots__ = ("_canonical", "_typed")

    def __init__(self, schema: Schema, components: Schema) -> None:
        self._canonical = _Members(schema, components, _CANONICAL)
        self._typed = _Members(schema, components, _TYPED)

    def canonicalize(self, body: dict[str, Any]) -> None:
        """Ids in lower case, so that two spellings of one request are the same request."""
        self._canonical.apply(body)

    def convert(self, body: dict[str, Any]) -> None:
        """Dates and amounts as values. Raises AmountOutOfRange for an amount above 2^63 - 1, naming the member."""
        try:
            self._typed.apply(body)
        except _TooLarge as too_large:
            raise out_of_range(too_large.place, too_large.amount_minor) from None


class _Members:
    """The members of one object that are converted, and the objects and lists of objects below it that have such members."""

    __slots__ = ("_conversions", "_lists", "_objects")

    def __init__(self, schema: Schema, components: Schema, conversions: Mapping[str, _Conversion]) -> None:
        properties = _followed(schema, components).get("properties", {})
        kinds = {name: _kind(each, components) for name, each in properties.items()}
        self._conversions = tuple((name, conversions[kind]) for name, kind in kinds.items() if kind in conversions)
        self._objects: list[tuple[str, _Members]] = []
        self._lists: list[tuple[str, _Members]] = []
        for name, each in properties.items():
            followed = _followed(each, components)
            below = _Members(followed.get("items", followed), components, conversions)
            if below:
                (self._lists if "items" in followed else self._objects).append((name, below))

    def __bool__(self) -> bool:
        return bool(self._conversions or self._objects or self._lists)

    def apply(self, value: dict[str, Any]) -> None:
        place = ""
        try:
            for place, conversion in self._conversions:
                if place in value:
                    value[place] = conversion(value[place])
            for place, members in self._objects:
                if place in value:
                    members.apply(value[place])
            for place, members in self._lists:
                members.apply_to_all(value.get(place, ()))
        except _TooLarge as too_large:
            too_large.place = f"/{place}{too_large.place}"
            raise

    def apply_to_all(self, values: Sequence[dict[str, Any]]) -> None:
        for number, value in enumerate(values):
            try:
                self.apply(value)
            except _TooLarge as too_large:
                too_large.place = f"/{number}{too_large.place}"
                raise


def _kind(schema: Schema, components: Schema) -> str:
    if schema.get("$ref", "").endswith("/AmountMinor"):
        return "amount"
    return {"uuid": "id", "date": "date", "date-time": "moment"}.get(_followed(schema, components).get("format", ""), "")


def _followed(schema: Schema, components: Schema) -> Schema:
    """The schema with the members of the component that it refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return {**components["schemas"].get(name, {}), **schema} if name else schema
