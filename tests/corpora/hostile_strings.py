"""Strings that break software which does not expect them: text with a meaning for some interpreter, and unusual Unicode.

`TEXTS` are valid JSON strings; the contract says which fields admit which. `NO_TEXTS` look like JSON strings and are malformed.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "SQL": (
        *("'; DROP TABLE loans; --", "' OR '1'='1", '" OR ""="', "1); DELETE FROM journal_lines; --"),
        *("' UNION ALL VALUES (1) --", "\\'; --", "$1", "$$", "%s", "%(x)s", "?", ":name", "@@version", "1; SHUTDOWN"),
        *("'||pg_sleep(9)||'", "E'\\x27'", "/*!1*/", "x'00'", "U&'\\0000'"),
    ),
    "other queries": (
        *('{"$ne": null}', '{"$where": "1"}', "[$ne]", "true, $where: '1 == 1'", "*)(uid=*))(|(uid=*", "*", "(&)"),
        *("\\2a\\28", "' or count(//*)=1 or '", "*:*", "__proto__", "constructor", "$.x", "..*", "{x{y}}"),
        *("query{__schema{types{name}}}",),
    ),
    "templates and formats": (
        *("{}", "{0}", "{0.__class__}", "${7*7}", "{{7*7}}", "#{7*7}", "<%= 7*7 %>", "{%raw%}"),
        *("${jndi:ldap://127.0.0.1/x}", "%n%n%s%x", "%p%99999999d", "{{constructor.constructor('x')()}}", "@(1+1)", "=1+1"),
        *("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1"),
    ),
    "shells and files": (
        *("$(id)", "`id`", "|id", "; id", "& id", "&& id", "> /tmp/x", "-rf", "--help", "~", "*", "!!"),
        *("../../../etc/passwd", "..\\..\\win.ini", "..%2f..%2f", "....//", "/dev/zero", "\\\\host\\share", "C:\\", "CON"),
        *("NUL", "file:///etc/passwd", "http://127.0.0.1/", "php://input"),
    ),
    "markup": (
        *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", '"><svg/onload=1>', "<!--"),
        *("]]>", "&amp;", "&#x0;", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "<?xml?>"),
        *("</textarea>", "\\u003cb\\u003e", "[x](javascript:1)"),
    ),
    "lines and headers": (
        *("\r\nSet-Cookie: x=y", "\r\n\r\nHTTP/1.1 200 OK", "%0d%0aX: y", "\n", "\r", "\t\r\n", "a\nb", "\\r\\n", "\u2028"),
        *("\u2029", "\x85", "\x0b\x0c", "\nBcc: a@b", "level=error msg=x", '"} {"x":"', "\x1b[31m", "\x1b]0;x\x07"),
        *("\x08\x08", "\x7f", "\x01\x02\x1f"),
    ),
    "JSON and programs": (
        *("null", "NaN", "Infinity", "-Infinity", "true", "false", "undefined", "None", "nil", "[]", "{", "[", ",", ":"),
        *('"', "'", "\\", "a\\", "\\u0000", "\\ud800", "0", "-0", "1e999", "1_000", "0x1F", "1,000", "1.", ".5", "1/2"),
        *("٪", "00", "+0", "1e0", "9" * 100, "()", "lambda: 0", "eval('1')"),
    ),
    "digits of other scripts": (
        *("１２３", "٠١", "۱۲۳", "१२३", "௧", "²", "½", "Ⅷ", "𝟙𝟚", "一二三", "〇", "２０２６-01-01", "٢٠٢٦-٠١-٠١"),
        *("１１００", "ＵＳＤ"),
    ),
    "dates of other forms": (
        *("2026-02-30", "2026-1-1", "20260101", "01/02/2026", "2026-W01-1", "2026-001", "0000-00-00", "0000-01-01"),
        *("9999-12-31", "10000-01-01", "-0001-01-01", "2026-01-01T00:00:00Z", "2026-01-01 ", "1447-05-12 AH", "5786-09-05"),
        *("2569-11-25", "令和8年1月1日", "民國115年", "1404-09-04", "2024-02-30", "1582-10-10", "now", "tomorrow"),
        *("1700000000", "29.02.2024", "24:00"),
    ),
    "spaces": (
        *("", " ", "  ", " leading", "trailing ", " both ", "a  b", "\u00a0", "\u2003", "\u3000", "\ufeff", "a\u200bb"),
        *("\u200c\u200d", "\u180e", "\u2060", "\u00ad", "\u034f", "\u115f\u3164", "\u2800"),
    ),
    "directions": (
        *("\u202eevil", "\u202dx\u202c", "\u2066x\u2069", "\u200f\u200e", "עברית", "العربية abc", "\u061c1"),
        *("a\u202egpj.exe",),
    ),
    "forms of one text": (
        *("é", "e\u0301", "Å", "\u212b", "ﬁ", "ß", "ẞ", "İi", "ıI", "ǆ", "\u1e9b\u0323", "\ufb2c", "각"),
        *("\u1100\u1161\u11a8", "σς", "аdmin", "ＡＢＣ", "ŉ", "\u0344", "Ω", "\u2126", "한국어", "日本語", "ไทย"),
        *("ქართული",),
    ),
    "combining characters": (
        *("a" + "\u0301" * 30, "\u0301", "Z\u0351\u036b\u0343", "\u0489\u0489", "e" + "\u0323\u0301" * 20, "\u20e3"),
        *("\ufe0f",),
    ),
    "planes above the first": (
        *("😀", "👩‍👩‍👧‍👦", "🏴\U000e0067\U000e0062\U000e007f", "🇩🇪", "👍🏽", "\U0001d537", "𠜎", "\U0010ffff"),
        *("\U00010000", "\U0001fffe", "\U000e0001", "\ufffe", "\uffff", "\ufdd0", "\ufffd", "\ue000", "\U000f0000"),
        *("\ud7ff",),
    ),
    "NUL": ("\x00", "a\x00b", "a\x00", "\x00a", "x.jpg\x00.php"),
    "ids": (
        *("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        *("00000000000000000000000000000000", "{00000000}", "urn:uuid:00000000-0000-0000-0000-000000000000"),
        *("00000000-0000-0000-0000-00000000000g", "00000000-0000-0000-0000-000000000000\n"),
    ),
}
LENGTHS: Final = (1_000, 16_000)
"""Of texts that are long whatever the field says."""

NO_TEXTS: Final[dict[str, bytes]] = {
    "half of a pair": rb'"\ud800"',
    "the other half": rb'"\udfff"',
    "a pair turned round": rb'"\udc00\ud800"',
    "half of a pair as bytes": b'"\xed\xa0\x80"',
    "a pair as bytes": b'"\xed\xa0\xbd\xed\xb8\x80"',
    "an overlong NUL": b'"\xc0\x80"',
    "an overlong solidus": b'"\xc0\xaf"',
    "a longer overlong solidus": b'"\xe0\x80\xaf"',
    "beyond Unicode": b'"\xf4\x90\x80\x80"',
    "Latin-1": b'"\xe9"',
    "a byte order mark of UTF-16": b'"\xff\xfe"',
    "a sequence cut short": b'"\xe2\x82"',
    "NUL as it is": b'"\x00"',
    "a line break as it is": b'"a\nb"',
    "an escape that is none": rb'"\x41"',
    "a quotation mark": b'"""',
    "no end": b'"x',
}


def each_text() -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(TEXTS.values())))


def long_texts(schema: dict[str, Any]) -> Iterator[str]:
    """Texts around each limit on the length, and far above it, of one-byte and of four-byte characters."""
    limits = [schema[name] + more for name in ("minLength", "maxLength") if name in schema for more in (-1, 0, 1)]
    for length in dict.fromkeys((*limits, *LENGTHS)):
        yield "x" * length
        yield "😀" * (length if length in limits else length // 4)
