"""Documents for the JSON reader: JSON texts by RFC 8259, documents that are none, and those about which the RFC leaves a choice.

`VALID` and `INVALID` are grouped by the rule of the RFC that they keep or break, `OPEN_REFUSED` and `OPEN_READ` by the reason of
our choice. The service refuses all of `MALFORMED` as malformed JSON. It reads all of `READABLE`, and then refuses them because no
schema admits them.
"""

from collections.abc import Iterator
from itertools import chain, product
from string import printable
from typing import Final

from app import limits

Rules = dict[str, tuple[bytes, ...]]

DEEP: Final = 10_000
WHOLE: Final = rb'{"a":[1,-2.5e+3,true,null,"b\u00e9\n"],"c":{"d":false}}'
"""A document with something of everything, to be cut and changed."""
EDGES: Final = "\x20\x7e\x7f\x80\u07ff\u0800\ud7ff\ue000\ufdd0\ufeff\ufffd\uffff\U00010000\U0010fffd\U0010ffff\u2028\u0301"
"""The first and last characters of each length in UTF-8, noncharacters, and some that readers of JavaScript stumble over."""
ENCODINGS: Final = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp037")
ESCAPED: Final = 'bfnrt"\\/u'
"""The characters that may follow a backslash."""


def _joined(*parts: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(b"".join(each) for each in product(*parts))


def _quoted(*contents: bytes) -> tuple[bytes, ...]:
    return tuple(b'"' + each + b'"' for each in contents)


def _changed(separator: bytes) -> Iterator[bytes]:
    """`WHOLE` without one of its structural characters, and with `separator` in its place, for each in turn."""
    for index, character in enumerate(WHOLE):
        if character in b"{}[]:,":
            yield WHOLE[:index] + WHOLE[index + 1 :]
            yield WHOLE[:index] + separator + WHOLE[index + 1 :]


def _nested(depth: int) -> tuple[bytes, ...]:
    return b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth


def _spaced(space: bytes) -> bytes:
    """White space between all tokens."""
    return space.join((b"", b"{", b'"a"', b":", b"[", b"1", b",", b"{", b"}", b"]", b"}", b""))


VALID: Final[Rules] = {
    "literals": (b"null", b"true", b"false", b"[null,true,false]"),
    "numbers": _joined((b"0", b"-0", b"7", b"-1203"), (b"", b".0", b".50"), (b"", b"e0", b"E+07", b"e-5")),
    "large and precise numbers": (b"123456789012345678901234567890", b"3.14159265358979323846264338327950288"),
    "escapes": _quoted(*(b"\\" + each.encode() for each in ESCAPED if each != "u"), b"\\n\\t\\r\\b\\f", b'\\\\\\"'),
    "escaped characters": _quoted(*(rb"\u%04x" % code for code in (0, 1, 0x1F, 0x22, 0x5C, 0x7F, 0x80, 0xD7FF, 0xE000, 0xFFFF))),
    "escaped pairs": _quoted(rb"\ud800\udc00", rb"\uDBFF\uDFFF", rb"\ud83d\ude00", rb"a\uD834\uDd1eb"),
    "characters as they are": _quoted(
        b"", b"a", *(each.encode() for each in EDGES), "é😀".encode(), b"[[[[{{{{", b"//", b"/* */"
    ),
    "arrays": (b"[]", b"[[]]", b"[[],[]]", b'[0,"",{}]', b"[" + b"[]," * 1_000 + b"[]]", b"[" + b"1," * 10_000 + b"1]"),
    "objects": (b"{}", b'{"a":{}}', b'{"a":{"b":[1,{"c":null}]}}', b'{"A":1,"a":2}', WHOLE),
    "names": (b'{"":1}', b'{"\\u0000":1}', b'{"\\"":1}', b'{"__proto__":1}', b'{"\xc3\xa9":1,"e\xcc\x81":2}', b'{"1":1,"01":1}'),
    "white space": (*map(_spaced, (b" ", b"\t", b"\n", b"\r", b"\r\n", b" \n\t\r" * 50)), b" {} ", b" 1", b'""\n'),
    "depth within the limit": _nested(limits.BODY_DEPTH),
}

INVALID: Final[Rules] = {
    "nothing": (b"", b" ", b"\t\n\r ", b"\x00"),
    "literals of other spelling": (
        *(b"nul", b"tru", b"fals", b"nULL", b"Null", b"True", b"FALSE", b"nulll", b"true1", b"truefalse", b"None", b"nil"),
        *(b"undefined", b"NaN", b"-NaN", b"nan", b"Infinity", b"-Infinity", b"Inf", b"[Infinity]", b'{"a":NaN}', b"a"),
        *(b"\\u0031",),
    ),
    "numbers of other grammars": (
        *_joined((b"", b"-"), (b"01", b"00", b".5", b"5.", b"1.e2", b"1e", b"1e+", b"1E-", b"1e2.5", b"0x1f", b"0b1", b"0o7")),
        *(b"-", b"+", b"+1", b"++1", b"--1", b"- 1", b"-a", b"1.2.3", b"1e5e5", b"1_000", b"1,000", b"1 000", b"1f", b"1L"),
        *(b"1n", b"1/2", b"1+1", b"0e", b"e1", b".", b".e1", b"1e0x1", b"0.e", b"\xd9\xa1", b"\xef\xbc\x91"),
        *(b"\xe2\x88\x921", b"1\x00"),
    ),
    "cut short": tuple(WHOLE[:length] for length in range(1, len(WHOLE))),
    "one structural character less or another": tuple(chain.from_iterable(map(_changed, (b";", b",,", b"::")))),
    "unbalanced": (
        *(b"{", b"}", b"[", b"]", b"{]", b"[}", b"[[]", b"[]]", b"{}}", b"{{}}", b"[1]]", b'{"a":[}', b'["a":1]', b"({})"),
    ),
    "commas and colons": (
        *(b",", b":", b"[,]", b"[1,]", b"[,1]", b"[1,,2]", b"[1 2]", b"[1:2]", b"{,}", b'{"a":1,}', b'{,"a":1}', b'{"a"::1}'),
        *(b'{"a"}', b'{"a":}', b'{"a" 1}', b'{"a","b"}', b'{"a":1 "b":2}', b'{"a":1;"b":2}', b'{"a"=1}', b"[1;2]", b"[...]"),
    ),
    "names that are no strings": (b"{:1}", b"{1:2}", b"{a:1}", b"{'a':1}", b"{null:1}", b"{[]:1}", b"{{}:1}", b'{"a":1,b:2}'),
    "quotes": (b"'a'", b"`a`", b'"', b'"a', b'a"', b'"a""b"', b"\xe2\x80\x9ca\xe2\x80\x9d", b'""""', b'"a\\"', b'"\\'),
    "escapes that are none": _quoted(
        *(b"\\" + each.encode() for each in printable if each not in ESCAPED), b"\\\xc3\xa9", b"\\\x00"
    ),
    "escapes too short": _quoted(*(b"\\u" + digits for digits in (b"", b"0", b"00", b"00a", b"12g4", b"+123", b" 123", b"{41}"))),
    "control characters in strings": (*_quoted(*(bytes([code]) for code in range(0x20))), b'["\r"]', b'{"a\nb":1}', b'"a\x08"'),
    "more after the end": tuple(
        document + more
        for document in (b"{}", b"[]", b"1", b'"a"', b"null")
        for more in (b" {}", b",", b";", b"#", b" // end", b"/**/", b"x", b"\x00", b"\xc2\xa0", b"\x1a", b"]")
    ),
    "comments": (b"//", b"/**/[]", b"[1/*2*/]", b"# a\n{}", b"<!-- -->{}", b"{//a\n}", b"-- 1"),
    "white space of other kinds": (
        *(b"\x0b{}", b"\x0c[]", b"\x85[]", b"\xa0[]", b"[\xe2\x81\xa0]", b"\xe2\x80\x8b{}", b"\xe3\x80\x80{}", b"\xe2\x80\xa8{}"),
        *(b"\\n[]", b"[1,\x0c2]", b"{\xc2\xa0}", b"[\x0b]"),
    ),
    "other formats": (
        *(b"<a/>", b"---\na: 1", b"a=1&b=2", b"{'a': 1}", b"{a: 1}", b"\x1f\x8b\x08\x00", b"\x82\xa1a\x01", b"\xa1aa\x01"),
        *(b"*", b")]}',\n{}", b"while(1);{}", b"callback({})", b"\x1e{}\n", b"{}\n{}\n", b"data: {}\n\n", b"(1)"),
        *(b"new Date(0)", b"1;2"),
    ),
}

OPEN_REFUSED: Final[Rules] = {
    "bytes that are no UTF-8 are guessed at by nobody": (
        *(b"\xff", b"\xfe\xff{}", *_quoted(b"\xff", b"\x80", b"\xbf", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xf0\x9f\x98", b"\xfe")),
        *(b'{"\xff":1}', b'{"a":"\xe9"}', b"[\xff]", b"\xe9"),
    ),
    "an overlong or outlying sequence is a second spelling of a character": _quoted(
        *(b"\xc0\x80", b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xe0\x9f\xbf", b"\xf0\x80\x80\xaf", b"\xf0\x8f\xbf\xbf"),
        *(b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"),
    ),
    "RFC 8259 asks for UTF-8 between systems": tuple('{"a":1}'.encode(encoding) for encoding in ENCODINGS),
    "RFC 8259 forbids to send a byte order mark": (b"\xef\xbb\xbf", b"\xef\xbb\xbf{}", b'\xef\xbb\xbf{"a":1}', b"{}\xef\xbb\xbf"),
    "half of a surrogate pair is no character and cannot be stored": (
        *_quoted(
            rb"\ud800",
            rb"\udc00",
            rb"\udfff",
            rb"\ud800\u0041",
            rb"\udc00\ud800",
            rb"\ud800\ud800\udc00",
            rb"\ud800\n",
            rb"\uD800a",
        ),
        *(rb'{"\ud800":1}', *_quoted(b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xed\xa0\xbd\xed\xb8\x80")),
    ),
    "of two members of one name each reader takes another": (
        *(b'{"a":1,"a":1}', b'{"a":1,"a":2}', b'{"a":{"b":1,"b":1}}', b'[{"a":1,"a":1}]', rb'{"\u0061":1,"a":2}', b'{"":1,"":2}'),
        *(rb'{"\n":1,"\u000a":2}', rb'{"\ud83d\ude00":1,"' + "😀".encode() + b'":2}', b'{"a":1,"b":2,"a":{}}'),
    ),
    "deeper than the limit": (
        *chain.from_iterable(map(_nested, (limits.BODY_DEPTH + 1, 2 * limits.BODY_DEPTH, 500, DEEP))),
        *(b"[" * DEEP, b'{"a":' * DEEP, b'[{"a":' * 5_000, b'[{"a":' * 40 + b"1" + b"}]" * 40),
    ),
    "a whole number of more digits than the reader takes": (b"1" * 5_000, b"-" + b"9" * 5_000),
}

OPEN_READ: Final[Rules] = {
    "a number beyond a float is one nobody takes, since amounts are strings": (
        *(b"1e999", b"-1e999", b'{"a":1e400}', b"1e-999", b"0.1e-9999", b"123.456e78", b"0e+9999999999", b"-0.0e-1"),
        *(b"9" * 400, b"9" * 400 + b".5", b"1" * 4_000, b"18446744073709551616", b"-9223372036854775809"),
        *(b"1.7976931348623159e308",),
    ),
    "a noncharacter is a character": _quoted(rb"\ufffe", rb"\uFDD0", rb"\ud83f\udffe", "\U0001fffe".encode()),
}


def _all(*rules: Rules) -> tuple[bytes, ...]:
    """Each document once."""
    return tuple(dict.fromkeys(chain.from_iterable(chain.from_iterable(each.values() for each in rules))))


MALFORMED: Final = _all(INVALID, OPEN_REFUSED)
READABLE: Final = _all(VALID, OPEN_READ)


def short_name(document: bytes) -> str:
    shown = repr(document[:24])[2:-1]
    return f"{shown}({len(document)})"
