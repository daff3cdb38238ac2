"""Breaking changes that were agreed on, from a file, and those that were not."""

from pathlib import Path

import pytest

from app.compatibility.accepted import AcceptedUnreadable, agree, read_accepted
from app.compatibility.change import Change, ChangeKind

REMOVED = Change(ChangeKind.BREAKING, "operation-removed", "/paths/~1x/get", ("GET /x",), "the operation is gone")
OTHER_RULE = Change(ChangeKind.BREAKING, "operation-id", "/paths/~1x/get", ("GET /x",), "another name")
ADDED = Change(ChangeKind.ADDITIVE, "operation-added", "/paths/~1y/get", ("GET /y",), "the operation is new")


def test_a_change_is_agreed_by_its_place_and_its_rule() -> None:
    agreement = agree(
        [REMOVED, OTHER_RULE, ADDED], [("/paths/~1x/get", "operation-removed"), ("/paths/~1z", "operation-removed")]
    )
    assert agreement.refused == [OTHER_RULE]
    assert agreement.unused == [("/paths/~1z", "operation-removed")]


def test_an_additive_change_needs_no_agreement_and_uses_none() -> None:
    agreement = agree([ADDED], [("/paths/~1y/get", "operation-added")])
    assert (agreement.refused, agreement.unused) == ([], [("/paths/~1y/get", "operation-added")])


def test_the_file_has_a_change_a_line_and_may_have_comments(tmp_path: Path) -> None:
    file = tmp_path / "accepted.txt"
    file.write_text("# version 2\n\n/paths/~1x/get operation-removed\n  /a b c   rule  \n")
    assert read_accepted(file) == [("/paths/~1x/get", "operation-removed"), ("/a b c", "rule")]


@pytest.mark.parametrize("line", ["operation-removed", "/paths/~1x/get", "paths operation-removed"])
def test_a_line_that_is_neither_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "accepted.txt"
    file.write_text(f"# one\n{line}\n")
    with pytest.raises(AcceptedUnreadable, match=r"accepted\.txt line 2"):
        read_accepted(file)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary.txt").write_bytes(b"\xff")
    for name in ("missing.txt", "binary.txt"):
        with pytest.raises(AcceptedUnreadable, match=name):
            read_accepted(tmp_path / name)
