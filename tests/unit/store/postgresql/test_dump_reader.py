"""What pg_restore writes is taken apart into tables and their rows, wherever its chunks begin and end."""

import io

import pytest

from app.store.postgresql.client_programs import OutputEnded
from app.store.postgresql.dump_reader import DumpedTable, DumpReader

DUMP = rb"""--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

COPY public.empty (id) FROM stdin;
\.


--
-- Data for Name: loans; Type: TABLE DATA; Schema: public; Owner: -
--

COPY "a Schema".loans (tenant_id, "order", details) FROM stdin;
one	1	COPY public.not_a_table (id) FROM stdin;
two	2	\\.
three	3	a\nb
\.


-- PostgreSQL database dump complete
"""


@pytest.mark.parametrize("chunk_bytes", [1, 2, 3, 5, 7, 64, 100_000])
def test_tables_come_one_after_another_with_their_rows(chunk_bytes: int) -> None:
    reader = DumpReader(io.BytesIO(DUMP), chunk_bytes)
    assert reader.next_table() == DumpedTable("empty", ("id",))
    assert list(reader.rows()) == []
    assert reader.next_table() == DumpedTable("loans", ("tenant_id", "order", "details"))
    rows = list(reader.rows())
    assert all(each.endswith(b"\n") for each in rows)
    assert b"".join(rows) == DUMP[DUMP.index(b"one") : DUMP.rindex(b"\\.\n")]
    assert reader.next_table() is None


@pytest.mark.parametrize("end", [b"", b"one\t1\n", b"one\t1\n\\", b"one\t1\n\\.", b"one"])
def test_rows_that_break_off_are_an_error(end: bytes) -> None:
    reader = DumpReader(io.BytesIO(b"COPY public.loans (id) FROM stdin;\n" + end), 4)
    assert reader.next_table() is not None
    with pytest.raises(OutputEnded, match="the backup ends within the rows of a table"):
        list(reader.rows())
