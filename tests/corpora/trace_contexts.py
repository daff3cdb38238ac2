"""Values of `traceparent` (W3C Trace Context, 3.2): valid ones, which are continued, and invalid ones, which are replaced."""

from typing import Final

TRACE: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT: Final = "00f067aa0ba902b7"
PLAIN: Final = f"00-{TRACE}-{PARENT}-01"
DIGITS: Final = "0123456789abcdef"
HOSTILE_TAILS: Final = (".x", "x", "_", ";a=b", ",", "=", "/", " -x", "\t-x", "é", "٠")

CONTINUED: Final[tuple[str, ...]] = (
    *(f"00-{TRACE}-{PARENT}-{flags}" for flags in ("00", "01", "02", "03", "80", "fe", "ff", "0a")),
    *(f"{version}-{TRACE}-{PARENT}-01" for version in ("01", "02", "0f", "10", "99", "cc", "fe")),
    *(
        f"cc-{TRACE}-{PARENT}-01{more}"
        for more in ("-what-the-future-will-be-like", "-", "--", "-x.y", "-a b", "-01-01", "-" + "a" * 5_000)
    ),
    *(f"00-{trace}-{PARENT}-01" for trace in ("f" * 32, "0" * 31 + "1", "1" + "0" * 31, DIGITS * 2)),
    *(f"00-{TRACE}-{parent}-01" for parent in ("f" * 16, "0" * 15 + "1", DIGITS)),
    *(f"{before}{PLAIN}" for before in (" ", "\t", " \t \t ")),
)
"""White space before a value is no part of it (RFC 9110, 5.5); of later versions more may follow behind a hyphen."""

SPACED: Final = tuple(f"{PLAIN}{after}" for after in (" ", "\t", " \t \t "))
"""White space behind a value is no part of it either."""

ANOTHER: Final[tuple[str, ...]] = (
    *(
        "",
        " ",
        "-",
        "---",
        "x",
        "0",
        "00",
        TRACE,
        f"{TRACE}-{PARENT}",
        f"00-{TRACE}",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-",
    ),
    *(
        f"{version}-{TRACE}-{PARENT}-01"
        for version in ("ff", "FF", "fF", "0", "", "000", "0000", "0x", ".0", "0.", "-1", "+1", "zz", "CC", "0 ", "é0")
    ),
    *(f"ff-{TRACE}-{PARENT}-01{more}" for more in ("", "-x")),
    *(
        f"00-{trace}-{PARENT}-01"
        for trace in (
            *(
                "0" * 32,
                "",
                TRACE[1:],
                TRACE + "0",
                TRACE * 2,
                TRACE.upper(),
                TRACE.replace("b", "B"),
                TRACE[:-1] + "g",
                TRACE[:-1] + ".",
            ),
            *(
                TRACE[:-1] + " ",
                "." + TRACE[1:],
                TRACE[:8] + "-" + TRACE[8:],
                TRACE[:16],
                "0x" + TRACE[2:],
                TRACE[:-1] + "é",
                "_" * 32,
            ),
        )
    ),
    *(
        f"00-{TRACE}-{parent}-01"
        for parent in (
            "0" * 16,
            "",
            PARENT[1:],
            PARENT + "0",
            PARENT.upper(),
            "." + PARENT[1:],
            PARENT[:-1] + "g",
            PARENT[:-1] + " ",
            "-" * 16,
        )
    ),
    *(
        f"00-{TRACE}-{PARENT}-{flags}"
        for flags in ("", "0", "1", "001", "0001", "0A", "FF", ".0", "0.", "zz", "+1", "-1", "0 1", "é")
    ),
    *(f"00-{TRACE}-{PARENT}-01{more}" for more in ("-", "-x", "-00", "-what-the-future-will-be-like", *HOSTILE_TAILS)),
    *(f"cc-{TRACE}-{PARENT}-01{more}" for more in HOSTILE_TAILS),
    *(f"cc-{'0' * 32}-{PARENT}-01-x", f"cc-{TRACE}-{'0' * 16}-01-x", f"cc-{TRACE}-{PARENT}-1-x"),
    *(PLAIN.replace("-", other) for other in ("", "_", ":", " ", "--", "−", "\t")),
    *(
        f'"{PLAIN}"',
        f"'{PLAIN}'",
        f"<{PLAIN}>",
        f"{PLAIN},{PLAIN}",
        f"{PLAIN}, 00-{'1' * 32}-{PARENT}-01",
        f"{PLAIN};q=1",
        f"{PLAIN} x",
    ),
    *(
        f"traceparent={PLAIN}",
        f"00 - {TRACE} - {PARENT} - 01",
        PLAIN[::-1],
        f"b3={TRACE}-{PARENT}-1",
        f"{TRACE}:{PARENT}:0:1",
        "a" * 9_000,
    ),
    *("' OR 1=1 --", "../../etc/passwd", "%s%n", "${jndi:ldap://x}", "<script>", "0" * 55, "f" * 55, "-" * 55),
)
"""Of version 00 nothing may follow; capitals are no digits here; ff is no version."""

STATES: Final[tuple[str, ...]] = (
    *("", " ", "a=1", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1, b=2,\tc=3", "a@b=1", "foo=", "=bar", "foo", ",,,"),
    *("=", "a=1,a=2", "A=1", "a=1;b=2", "a=\u00e9", "é=1", "a" * 257 + "=1", "a=" + "x" * 257),
    *(",".join(f"k{number}=1" for number in range(33)), "x" * 9_000, "' OR 1=1 --", '{"a":1}'),
)
"""Of `tracestate`, valid or not: whatever it is, it does not end the trace."""
