"""A page token opens for the request it was made for, and for nothing else."""

import base64

import pytest

from app.reads.page_token import InvalidPageToken, PageTokens

TOKENS = PageTokens(bytes(range(32)))
BOUND = ["loan_entries", "tenant", "loan", "2026-01-01", None, "accrual"]
CURSOR = b"\x00\xff a cursor"


def test_a_token_gives_its_cursor_back() -> None:
    assert TOKENS.open(TOKENS.seal(CURSOR, BOUND), BOUND, "page_token") == CURSOR


@pytest.mark.parametrize("position", range(len(BOUND)))
def test_a_token_is_bound_to_every_part_of_its_request(position: int) -> None:
    other = [*BOUND[:position], "2026-01-02", *BOUND[position + 1 :]]
    with pytest.raises(InvalidPageToken) as refused:
        TOKENS.open(TOKENS.seal(CURSOR, BOUND), other, "page_token")
    assert refused.value.code == "invalid_page_token"
    assert refused.value.field_errors[0].field == "page_token"


def test_the_parts_cannot_be_shifted_into_each_other() -> None:
    with pytest.raises(InvalidPageToken):
        TOKENS.open(TOKENS.seal(CURSOR, ["ab", "c"]), ["a", "bc"], "page_token")


def test_a_token_of_another_key_is_refused() -> None:
    with pytest.raises(InvalidPageToken):
        TOKENS.open(PageTokens(bytes(32)).seal(CURSOR, BOUND), BOUND, "page_token")


def test_every_changed_character_is_noticed() -> None:
    token = TOKENS.seal(CURSOR, BOUND)
    for position, character in enumerate(token):
        forged = token[:position] + ("A" if character != "A" else "B") + token[position + 1 :]
        with pytest.raises(InvalidPageToken):
            TOKENS.open(forged, BOUND, "page_token")


@pytest.mark.parametrize(
    "text",
    ["", "A", "=", "====", "é", "\x00", "not base64 at all!", "A" * 10_000, "AAAA" * 4, base64.b64encode(b"x" * 40).decode()],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidPageToken):
        TOKENS.open(text, BOUND, "page_token")


@pytest.mark.parametrize("change", ["{}=", "{} ", " {}", "{}\n", "{}A"])
def test_another_spelling_of_the_same_token_is_refused(change: str) -> None:
    with pytest.raises(InvalidPageToken):
        TOKENS.open(change.format(TOKENS.seal(CURSOR, BOUND)), BOUND, "page_token")
