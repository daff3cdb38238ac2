"""Files are read again when they have changed, and what cannot be used leaves what there is."""

import logging
from pathlib import Path

import pytest

from app.auth.reread_files import RereadFiles


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def joined(first: bytes, second: bytes) -> str:
    if second == b"bad":
        raise ValueError("the second is bad")
    return (first + second).decode()


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "first", tmp_path / "second"]
    for path in paths:
        path.write_text(path.name)
    return paths


def test_a_changed_file_is_read_at_the_next_look(paths: list[Path]) -> None:
    clock = Clock()
    files = RereadFiles(paths, joined, clock, 2)
    assert files.current() == "firstsecond"
    paths[1].write_text("other")
    clock.seconds = 1.9
    assert files.current() == "firstsecond"
    clock.seconds = 2
    assert files.current() == "firstother"


def test_a_file_that_has_not_changed_is_not_read(paths: list[Path]) -> None:
    clock, made = Clock(), []
    files = RereadFiles(paths, lambda *contents: made.append(contents), clock, 2)
    for second in range(10):
        clock.seconds = second
        files.current()
    assert len(made) == 1


def test_a_file_that_is_replaced_by_another_of_the_same_size_is_read(paths: list[Path], tmp_path: Path) -> None:
    """As a mounted secret is: its name leads to another file from one moment to the next."""
    clock = Clock()
    files = RereadFiles(paths, joined, clock, 2)
    (tmp_path / "new").write_text("FIRST")
    (tmp_path / "new").replace(paths[0])
    clock.seconds = 2
    assert files.current() == "FIRSTsecond"


def test_what_cannot_be_used_leaves_the_value_of_before_and_is_told_once(
    paths: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    files = RereadFiles(paths, joined, clock, 2)
    for content, expected in (("bad", "firstsecond"), (None, "firstsecond"), ("good", "firstgood")):
        paths[1].unlink(missing_ok=True)
        if content:
            paths[1].write_text(content)
        for _ in range(3):
            clock.seconds += 2
            assert files.current() == expected
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert [message.partition("in force: ")[2].split(":")[0] for message in errors] == [
        "the second is bad",
        "[Errno 2] No such file or directory",
    ]


def test_the_first_reading_has_to_succeed(paths: list[Path], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RereadFiles([tmp_path / "missing"], lambda content: content)
    paths[1].write_text("bad")
    with pytest.raises(ValueError, match="the second is bad"):
        RereadFiles(paths, joined)
