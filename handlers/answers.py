"""What the handlers of reads share: the date that is asked about, and members that have no value."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app import clock
from app.edge.call import Call


def as_of_date(call: Call) -> date:
    """The date asked for, or today in UTC."""
    asked: date | None = call.parameters.get("as_of_date")
    return asked or clock.today()


def without_absent(members: Mapping[str, Any]) -> dict[str, Any]:
    """Without the members that have no value: the contract leaves them out."""
    return {name: value for name, value in members.items() if value is not None}
