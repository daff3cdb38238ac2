"""Values of `Idempotency-Key`, most of them structured fields of RFC 8941; the contract's pattern decides about each.

The pattern is 8 to 255 letters, digits and `.`, `_`, `:`, `-`, the first of them a letter or a digit. So of the forms of
RFC 8941 only a bare token and a bare number can be keys, and the quoted string that a draft of the IETF asks for cannot.
"""

from typing import Final

Forms = dict[str, tuple[str | bytes, ...]]

KEY: Final = "8e03978e-40d5-43dd-bc93-6894a57f9324"

ADMITTED: Final[Forms] = {
    "tokens": (KEY, "payment:loan_42:proc_txn_abc123", "abcdefgh", "A._:-_.b", "a:::::::", "Z-------", "foo123:bar.baz_qux-1"),
    "integers": ("12345678", "00000000", "999999999999999"),
    "decimals": ("12345.678", "0000000.0", "123456789012.345"),
    "lengths": ("a" * 8, "0" * 255, "a:" * 127 + "a"),
    "white space before, which is no part of a value": (f" \t{KEY}", f"   {KEY}", f"\t{KEY}"),
    "words that some readers take for something else": (
        *("undefined", "Infinity", "null.null", "true:true", "constructor", "toString"),
    ),
}

SPACED: Final = tuple(f"{KEY}{after}" for after in (" ", "\t", " \t \t "))
"""White space after a value is not part of it either."""

REFUSED: Final[Forms] = {
    "strings": (f'"{KEY}"', '"abcdefgh"', '"abcdef"', '""', '"12345678"', f'  "{KEY}"  ', f"'{KEY}'", f"`{KEY}`", f"“{KEY}”"),
    "strings with escapes": (r'"abcd\"efgh"', r'"abcd\\efgh"', r'"abcd\efgh"', r'"abcdefgh\"', r"abcd\\efgh", r"abcdefgh\n"),
    "strings that do not end": (f'"{KEY}', f'{KEY}"', f'"{KEY}""', f'"{KEY}" x', f'"{KEY}"x'),
    "tokens with other characters": (
        *("*bcdefgh", "abcdefg*", "abcdefg/h", "abcdefg!", "abcdefg#", "abcdefg$", "abcdefg%", "abcdefg&", "abcdefg'"),
        *("abcdefg+", "abcdefg^", "abcdefg`", "abcdefg|", "abcdefg~", "abcdefg@", "abcdefg=", "abcdefg?", "abcdefg("),
        *("abcdefg{", "abcdefg<", "abcdefg\\", "abcdefg;"),
    ),
    "byte sequences": (":cHJldGVuZCB0aGlz:", f":{'YWJj' * 9}:", ":YWJjZGVmZ2g=:", "::", "::::::::", ":abcdefgh"),
    "booleans": ("?1", "?0", "?1abcdefg", "?1;abcdefgh", "?T"),
    "numbers with a sign": ("-12345678", "+12345678", "-1234.5678"),
    "dates and display strings": ("@1659578233", '%"f%c3%bc%c3%bc"', '%"abcdefgh"'),
    "parameters": (f"{KEY};a", f"{KEY};a=1", f"{KEY}; a=1", f'"{KEY}";a=1', f"{KEY};", f";{KEY}"),
    "lists": (f"{KEY},{KEY}", f"{KEY}, {KEY}", f'"{KEY}", "{KEY}"', f"{KEY},", f",{KEY}", ",", f"{KEY} {KEY}"),
    "inner lists": (f"({KEY})", f'("{KEY}" "{KEY}")', "()", f"({KEY} {KEY});a=1", f"( {KEY} )"),
    "dictionaries": (f"key={KEY}", f'key="{KEY}"', f"a=1, b={KEY}", "abcdefgh=?1"),
    "other lengths": ("a", "a" * 7, "a" * 256, "a" * 5_000, "1", "1.5"),
    "other beginnings": ("-bcdefgh", "_bcdefgh", ".bcdefgh", ":bcdefgh", "--------", "::::::::a"),
    "white space within": ("abcd efgh", "abcd\tefgh", "abcdefg \t1", "abcd  efgh"),
    "nothing": ("", " ", "\t", "   \t "),
    "bytes that are not ASCII": (
        *(b"abcdefg\xe9", b"abcdefg\xc3\xa9", b"\xff" * 8, b"\x80bcdefgh", "abcdefgh１".encode(), "аbcdefgh".encode()),
        *("١٢٣٤٥٦٧٨".encode(), b"abcdefgh\xc2\xa0", b"\xa0abcdefgh", b"abcdefgh\x85", "abcdefgh\u200b".encode()),
        *("\u202eabcdefgh".encode(), "😀".encode() * 3, b"\xef\xbb\xbfabcdefgh"),
    ),
    "what is meant for others": (
        *("' OR '1'='1", "abcdefgh'; DROP TABLE loans; --", "../../../etc/passwd", "$(id)abcdef", "${7*7}abcd"),
        *("{{7*7}}ab", "%s%s%s%n", "<script>alert(1)</script>", "%61bcdefgh", "%0d%0aSet-Cookie:x", "abcdefgh%00"),
        *("{abcdefgh}", "[abcdefgh]", '{"a":"b"}', "a\\u0062cdefgh"),
    ),
}

NOT_HTTP: Final[Forms] = {
    "control characters": tuple(b"abcd" + bytes([code]) + b"efgh" for code in (0, 1, 2, 7, 8, 11, 12, 14, 27, 31, 127)),
    "line breaks": (
        *(b"abcdefgh\rijkl", b"abcdefgh\nijkl", b"abcdefgh\r\n ijkl", b"abcdefgh\r\n\tijkl", b"abcdefgh\r\nijkl"),
        *(b"abcdefgh\x00",),
    ),
}
"""RFC 9110, 5.5: no value of a header, so that the request is none."""
