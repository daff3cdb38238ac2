"""Reads the data of a dump as pg_restore writes it: tables one after another, the rows of each as COPY takes them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from app.store.postgresql.client_programs import OutputEnded

CHUNK_BYTES: Final = 1024 * 1024
_END_OF_ROWS: Final = b"\\.\n"
_COPY: Final = re.compile(rb'COPY (?:(?:"[^"]+"|\w+)\.)?"?(\w+)"? \(([^)]*)\) FROM stdin;')


@dataclass(frozen=True, slots=True)
class DumpedTable:
    """`name` is without its schema; `columns` are in the order of the values of each row."""

    name: str
    columns: tuple[str, ...]


class DumpReader:
    """`next_table`, then its `rows` to their end, until `next_table` is None."""

    def __init__(self, output: IO[bytes], chunk_bytes: int = CHUNK_BYTES) -> None:
        self._output = output
        self._chunk_bytes = chunk_bytes
        self._buffer = b""

    def next_table(self) -> DumpedTable | None:
        while (line := self._line()) is not None:
            if (found := _COPY.match(line)) is not None:
                columns = found[2].decode().split(", ")
                return DumpedTable(found[1].decode(), tuple(column.strip('"') for column in columns))
        return None

    def rows(self) -> Iterator[bytes]:
        """Complete rows, many at a time. Raises OutputEnded when they break off."""
        while not self._buffer.startswith(_END_OF_ROWS):
            end = self._buffer.find(b"\n" + _END_OF_ROWS) + 1 or self._buffer.rfind(b"\n") + 1
            if end and len(self._buffer) > end:
                yield self._buffer[:end]
                self._buffer = self._buffer[end:]
            elif not self._read():
                raise OutputEnded("the backup ends within the rows of a table: restore another backup")
        self._buffer = self._buffer[len(_END_OF_ROWS) :]

    def _line(self) -> bytes | None:
        while (end := self._buffer.find(b"\n") + 1) == 0:
            if not self._read():
                return None
        line, self._buffer = self._buffer[:end], self._buffer[end:]
        return line

    def _read(self) -> bool:
        chunk = self._output.read(self._chunk_bytes)
        self._buffer += chunk
        return chunk != b""
