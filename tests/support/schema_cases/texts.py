"""Examples of what each pattern and format of the document admits and what it does not, close to the border.

They are written by hand, because the validators are compared with them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

UUID: Final = "019ac2a5-6d4b-7c3e-8f21-5b0c9d7e1a34"
DIGITS: Final = 19


@dataclass(frozen=True, slots=True)
class Texts:
    """`accepted` begins with the plainest. `of_length` makes a text that can be invalid only because of its length."""

    accepted: tuple[str, ...]
    refused: tuple[str, ...] = ()
    of_length: Callable[[int], str] = "😀".__mul__


def _signed(length: int) -> str:
    """The longest signed amount is a minus sign and as many digits as the longest amount has."""
    return "9" * length if length <= DIGITS else "-" + "9" * (length - 1)


FREE: Final = Texts(("x", "Zinsen für März", "two\nlines", "  ", "𝔷"))

PATTERNS: Final = {
    "^(0|[1-9][0-9]{0,18})$": Texts(
        ("88849", "0", "1", "10", "9" * DIGITS, "1" + "0" * (DIGITS - 1)),
        ("01", "00", "-1", "-0", "+1", "9" * 20, "", "1.0", "1e3", "0x1", "1,000", " 1", "1 ", "1\n", "\n1", "1\u0000", "٣", "x"),
        "9".__mul__,
    ),
    "^(0|-?[1-9][0-9]{0,18})$": Texts(
        ("9921651", "0", "1", "-1", "-500", "9" * DIGITS, "-" + "9" * DIGITS),
        ("01", "-01", "-0", "--1", "-", "+1", "1-", "9" * 20, "-" + "9" * 20, "", "1.0", " 1", "- 1", "-1\n", "−1", "٣"),
        _signed,
    ),
    "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$": Texts(
        (UUID, UUID.upper(), "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        (
            UUID.replace("-", ""),
            UUID[:-1],
            UUID + "0",
            UUID + "\n",
            "{" + UUID + "}",
            "urn:uuid:" + UUID,
            UUID.replace("0", "g"),
            UUID.replace("0", "٠"),
            "0" + UUID[:8] + UUID[9:],
            UUID.replace("-", "_"),
            "",
        ),
    ),
    "^[A-Z][A-Z0-9]{1,5}$": Texts(("R01", "AB", "ABCDEF"), ("r01", "01R", "A", "R-1", "R01\n", "R01 "), "A".__mul__),
    "^[A-Z]{3}$": Texts(("USD", "AAA", "ZZZ"), ("usd", "UsD", "U5D", "US ", "ÜSD", "ＵＳＤ", "USD\n", "U\nD"), "A".__mul__),
    "^[0-9]{4}$": Texts(("1100", "0000", "9999"), ("110", "11000", "110a", "-110", "11.0", "1100\n", " 1100", "١١٠٠", "")),
    "^[^\\u0000]*$": Texts(FREE.accepted, ("\u0000", "a\u0000b", "a\u0000", "\u0000a")),
    r"^[A-Za-z0-9][A-Za-z0-9._:\-]{7,254}$": Texts(
        ("payment:loan_42:proc_txn_abc123", "00000000", "Z.._::--", "a" * 255),
        ("payment", "a" * 256, ".ayment:1", "-ayment:1", "payment 1", "payment/1", '"payment:1"', "päyment:1", "payment:1\n"),
        "k".__mul__,
    ),
    r"^[A-Za-z0-9\-]{8,128}$": Texts(
        ("4bf92f3577b34da6", "a" * 8, "-" * 128, "Zz0-Zz0-"),
        ("a" * 7, "a" * 129, "4bf92f35_77b3", "4bf92f35.77b3", "4bf92f35 77b3", "4bf92f35ä", "4bf92f3577b34da6\n", ""),
    ),
    "^(https?://[^/]+)?/problems/[a-z_]+$": Texts(
        ("/problems/not_found", "https://ledger.example/problems/a", "http://localhost:3000/problems/_"),
        (
            "about:blank",
            "/problems/",
            "problems/a",
            "/problems/A",
            "/problems/a/",
            "/problems/a-b",
            "ftp://x/problems/a",
            "https:///problems/a",
        ),
    ),
    "^[0-9a-f]{32}$": Texts(
        ("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32, "f" * 32),
        ("0" * 31, "0" * 33, "F" * 32, "g" * 32, "0" * 32 + "\n", UUID, ""),
    ),
}

FORMATS: Final = {
    "date": Texts(
        ("2026-11-22", "0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29", "2026-12-31"),
        (
            "2026-02-29",
            "1900-02-29",
            "2026-02-30",
            "2026-04-31",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-01-32",
            "0000-01-01",
            "20261122",
            "2026-1-1",
            "26-11-22",
            "2026/11/22",
            "22-11-2026",
            "2026-11-22T00:00:00Z",
            "2026-W47-7",
            "2026-326",
            "2026-11-22\n",
            " 2026-11-22",
            "+2026-11-22",
            "２０２６-11-22",
            "",
        ),
    ),
    "date-time": Texts(
        (
            "2026-11-22T21:40:15.123456Z",
            "2026-11-22T21:40:15Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z",
            "2024-02-29T00:00:00Z",
            "2026-11-22T21:40:15+00:00",
            "2026-11-22T21:40:15-08:30",
            "2026-11-22t21:40:15z",
            "2016-12-31T23:59:60Z",
        ),
        (
            "2026-11-22",
            "2026-11-22T21:40:15",
            "2026-11-22T21:40Z",
            "2026-11-22 21:40:15",
            "2026-11-22T24:00:00Z",
            "2026-11-22T21:60:00Z",
            "2026-11-22T21:40:61Z",
            "2026-11-22T21:40:60Z",
            "2026-02-30T21:40:15Z",
            "0000-01-01T00:00:00Z",
            "2026-11-22T21:40:15.Z",
            "2026-11-22T21:40:15,5Z",
            "2026-11-22T21:40:15+0100",
            "2026-11-22T21:40:15+24:00",
            "2026-11-22T21:40:15Z\n",
            "20261122T214015Z",
            "1795383615",
            "",
        ),
    ),
    "uuid": Texts((UUID,), ("019ac2a5", "not-a-uuid", "")),
}
