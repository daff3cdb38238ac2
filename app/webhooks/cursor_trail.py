"""Up to where in the journal an endpoint is done, when attempts end in another order than they began."""

from app.webhooks.delivery_store import Cursor


class CursorTrail:
    """`cursor` is the last place before which every attempt has ended."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self._is_settled: dict[Cursor, bool] = {}

    def begin(self, cursor: Cursor) -> None:
        """An entry, in posting order."""
        self._is_settled[cursor] = False

    def settle(self, cursor: Cursor) -> None:
        """The attempt of the entry has ended."""
        self._is_settled[cursor] = True
        self._advance()

    def pass_over(self, cursor: Cursor) -> None:
        """Nothing is to be sent between the last entry and here."""
        self._is_settled.setdefault(cursor, True)
        self._advance()

    def _advance(self) -> None:
        while self._is_settled and (first := next(iter(self._is_settled))) and self._is_settled[first]:
            del self._is_settled[first]
            self.cursor = first
