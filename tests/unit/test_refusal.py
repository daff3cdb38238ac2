"""Every refusal carries its facts, and its code is one of the catalogue's."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from pkgutil import walk_packages

import yaml

import app
from app.refusal import FieldError, NotFound, Refusal

SHARED = {"unavailable", "overloaded", "headers_too_large", "validation_failed"}
"""Codes of several causes with the same advice for a caller, such as a database and a key set that are away."""


def all_refusals() -> Iterator[type[Refusal]]:
    """The refusals of every module that declares some."""
    for module in walk_packages(app.__path__, "app."):
        if module.name.rpartition(".")[2] in ("refusal", "refusals", "store", "page_token"):
            importlib.import_module(module.name)
    waiting = list(Refusal.__subclasses__())
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if each.__module__.startswith("app."):
            yield each


def test_every_refusals_code_is_in_the_catalogue(repository: Path) -> None:
    catalogue = yaml.safe_load((repository / "openapi/problems.yaml").read_text("utf-8"))
    assert {each.code for each in all_refusals()} <= set(catalogue)


def test_each_code_is_declared_by_one_class() -> None:
    codes = [each.code for each in all_refusals() if "code" in vars(each)]
    assert {code for code in codes if codes.count(code) > 1} == SHARED


def test_a_refusal_has_its_words_and_the_fields_that_are_wrong() -> None:
    errors = (FieldError("/loan_id", "not_found", "no loan"), FieldError("as_of_date", "not_found", "no date"))
    refusal = NotFound("no such thing", *errors)
    assert (refusal.detail, str(refusal), refusal.field_errors) == ("no such thing", "no such thing", errors)


def test_a_refusal_has_no_field_no_header_and_no_time_to_come_back_unless_it_says_so() -> None:
    refusal = NotFound("no such thing")
    assert (refusal.field_errors, refusal.headers, refusal.retry_after_seconds) == ((), (), None)
