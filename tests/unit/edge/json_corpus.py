"""Documents for the JSON reader, each with its verdict. What RFC 8259 leaves open is refused here, or harmless.

`MALFORMED` is no JSON text, or one that this service reads as none. `READABLE` is a JSON text, though never a payment: the
schema refuses it. Documents are named by their bytes, cut short.
"""

from typing import Final

DEEP: Final = 100_000

INVALID: Final[tuple[bytes, ...]] = (
    *(b"", b" ", b"\t\n\r ", b"\x00", b"nul", b"nULL", b"Null", b"True", b"FALSE", b"tru", b"undefined", b"None"),
    *(b"{", b"}", b"[", b"]", b"{]", b"[}", b"[[]", b"[]]", b"{}}", b"{{}}", b"({})", b"<a/>", b"---\na: 1"),
    *(b",", b":", b"[,]", b"[1,]", b"[,1]", b"[1,,2]", b"[1 2]", b"[1:2]", b"{,}", b'{"a":1,}', b'{,"a":1}', b'{"a":1,,"b":2}'),
    *(
        b'{"a"}',
        b'{"a":}',
        b'{"a" 1}',
        b'{"a"::1}',
        b"{:1}",
        b"{1:2}",
        b"{a:1}",
        b"{'a':1}",
        b"{null:1}",
        b"{[]:1}",
        b'{"a":1 "b":2}',
    ),
    *(b"'a'", b'"', b'"a', b'a"', b'"a""b"', b'"\\"', b'"\\x41"', b'"\\a"', b'"\\u12"', b'"\\u12g4"', b'"\\U0041"', b'"\\'),
    *(b'"\n"', b'"\t"', b'"\x00"', b'"\x1f"', b'["\r"]', b'{"a\nb":1}', b'"a\x08"'),
    *(b"01", b"-01", b"+1", b"-", b"--1", b"- 1", b".5", b"-.5", b"5.", b"1.e2", b"1e", b"1e+", b"1E-", b"1.2.3", b"1e2.5"),
    *(b"0x10", b"1_000", b"1,000", b"0b1", b"1f", b"1L", b"\xd9\xa1", b"\xef\xbc\x91", b"1e5e5"),
    *(b"NaN", b"-NaN", b"nan", b"Infinity", b"-Infinity", b"Inf", b'{"a":NaN}', b"[Infinity]", b"1/2"),
    *(b"//", b"[] // end", b"/**/[]", b"[1/*2*/]", b"# a\n{}", b"{}#", b"[];", b"[]x", b"{} {}", b"1 2", b'"a" "b"', b"[]\x00"),
    *(b"\x0c[]", b"\x0b{}", b"[]\xc2\xa0", b"\xe2\x80\x8b{}", b"\xa0[]", b"[\xe2\x81\xa0]"),
    *(b"\xff", b'"\xff"', b'"\x80"', b'"\xc3"', b'"\xc3("', b'"\xe2\x82"', b'{"\xff":1}', b'"\xf0\x9f\x98"', b'"\xfe\xff"'),
    *(b'"\xc0\x80"', b'"\xc0\xaf"', b'"\xe0\x80\xaf"', b'"\xf0\x80\x80\xaf"', b'"\xf4\x90\x80\x80"', b'"\xf8\x88\x80\x80\x80"'),
    *('{"a":1}'.encode(encoding) for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")),
    *(b"[" * DEEP, b'{"a":' * DEEP, b"[" * DEEP + b"]" * DEEP, b'[{"a":' * 5_000),
)

UNDEFINED_REFUSED: Final[tuple[bytes, ...]] = (
    *(b'{"a":1,"a":1}', b'{"a":1,"a":2}', b'{"a":{"b":1,"b":1}}', b'[{"a":1,"a":1}]', b'{"\\u0061":1,"a":2}', b'{"":1,"":2}'),
    *(
        b'"\\ud800"',
        b'"\\udc00"',
        b'"\\ud800\\u0041"',
        b'"\\udc00\\ud800"',
        b'{"\\ud800":1}',
        b'"\xed\xa0\x80"',
        b'"\xed\xb0\x80"',
    ),
    *(b"\xef\xbb\xbf{}", b"\xef\xbb\xbf", b'\xef\xbb\xbf{"a":1}'),
    *(b"1" * 5_000, b"-" + b"9" * 5_000, b"[" * 33 + b"]" * 33, b'{"a":' * 33 + b"1" + b"}" * 33),
)

VALID: Final[tuple[bytes, ...]] = (
    *(b"null", b"true", b"false", b"0", b"-0", b"1", b"-1", b'""', b'"a"', b"[]", b"{}", b" {} ", b"\n[\t]\r"),
    *(b"1.0", b"1.5", b"1e5", b"1E5", b"1e+5", b"1e-5", b"-1.5e-5", b"0.0", b"0e0", b"123456789012345678901234567890"),
    *(
        b'"\\u0000"',
        b'"\\n\\t\\r\\b\\f"',
        b'"\\/"',
        b'"\\\\\\""',
        b'"\x7f"',
        '"é"'.encode(),
        '"😀"'.encode(),
        b'"\\ud83d\\ude00"',
    ),
    *(b'{"":1}', b'{"a":{"b":[1,{"c":null}]}}', b'{"A":1,"a":2}', b'{"__proto__":1}', b'["\xef\xbb\xbf"]', '"\u2028"'.encode()),
    *(b"[" * 32 + b"]" * 32, b'{"a":' * 32 + b"1" + b"}" * 32, b"[" + b"[]," * 1_000 + b"[]]", b'"[[[[{{{{"'),
)

UNDEFINED_READ: Final[tuple[bytes, ...]] = (
    *(b"1e999", b"-1e999", b'{"a":1e400}', b"1e-999", b"9" * 400, b"9" * 400 + b".5", b"1" * 4_000),
    *(b"18446744073709551616", b"-9223372036854775809", b"0.1e-9999", b"3.14159265358979323846264338327950288"),
)

MALFORMED: Final = INVALID + UNDEFINED_REFUSED
READABLE: Final = VALID + UNDEFINED_READ


def named(document: bytes) -> str:
    shown = repr(document[:24])[2:-1]
    return f"{shown}({len(document)})"
