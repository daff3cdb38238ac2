"""`hpts contract check` reports the verdict of each check; after a vital one has failed, the others are skipped."""

import contextlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from werkzeug.wrappers import Request, Response

from app.cli.contract_check import runs_in_ci
from app.conformance.checks import TOKEN_PROBE_PATH
from app.dev.child_process import free_port
from tests.support.certificates import certificates
from tests.support.http_server import http_server
from tests.unit.cli.conftest import Hpts, error_of

LIVENESS = b'{"status": "ok", "version": "1.0.0", "git_sha": "0123abc"}'


def refuse_token(request: Request) -> Response:
    """A deployment that is alive and accepts no token."""
    if request.path == "/v1/health/live":
        return Response(
            LIVENESS, content_type="application/json", headers={"X-Request-Trace": "4bf92f3577b34da6a3ce929d0e0e4736"}
        )
    return Response("[bold]no such token[/] " + "line\n" * 100, 401)


@pytest.mark.parametrize("option", ["--other-tenant-token", "--stranger"])
def test_contract_check_takes_the_token_of_another_tenant_by_both_options(hpts: Hpts, option: str) -> None:
    done = hpts("contract", "check", f"http://127.0.0.1:{free_port()}", option, "a-token")
    assert (done.exit_code, done.stderr) == (1, "")
    assert "no answer" in done.stdout


def test_writing_needs_a_token(hpts: Hpts) -> None:
    code, line = error_of(hpts("contract", "check", "http://127.0.0.1:9", "--write"))
    assert code == 1
    assert "--token" in line


@pytest.mark.parametrize("ending", ["", "/v1/"])
def test_the_base_path_may_be_given_or_left_out(hpts: Hpts, ending: str) -> None:
    with http_server(refuse_token) as url:
        printed = hpts("contract", "check", f"{url}{ending}", "--token", "stale").stdout
    assert "passed liveness: version 1.0.0, git 0123abc" in printed


def test_after_a_vital_check_the_others_are_skipped_and_all_are_in_the_reports(hpts: Hpts, tmp_path: Path) -> None:
    junit, html = tmp_path / "report.xml", tmp_path / "report.html"
    with http_server(refuse_token) as url:
        done = hpts("contract", "check", url, "--junit", str(junit), "--html", str(html), TOKEN="stale")
    assert done.exit_code == 1
    assert "failed token: is not accepted: 401" in done.stdout
    cases = {case.attrib["name"]: [each.tag for each in case] for case in ElementTree.parse(junit).getroot().iter("testcase")}
    assert list(cases.values()) == [[], ["failure"], *[["skipped"]] * 6]
    assert "skipped, because token failed" in html.read_text("utf-8")


def test_a_long_failure_is_cut_short_in_the_terminal_and_is_no_markup(hpts: Hpts) -> None:
    with http_server(refuse_token) as url:
        printed = hpts("contract", "check", url, "--token", "stale").stdout
    assert "[bold]no such token[/]" in printed
    assert "… and 40 more lines; --html and --junit write them all" in printed
    assert TOKEN_PROBE_PATH not in printed


@pytest.mark.parametrize(
    ("variable", "is_ci"), [("", False), ("0", False), ("false", False), ("true", True), ("1", True), ("woodpecker", True)]
)
def test_ci_is_where_the_variable_says_so(monkeypatch: pytest.MonkeyPatch, variable: str, is_ci: bool) -> None:
    monkeypatch.setenv("CI", variable)
    assert runs_in_ci() is is_ci


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--key", "good.key"), "needs --cert"),
        (("--cert", "good.pem", "--key", "second.key"), "good.pem, second.key cannot be used"),
        (("--ca-cert", "missing.pem"), "missing.pem cannot be used"),
    ],
)
def test_files_of_tls_that_cannot_be_used_are_reported(hpts: Hpts, folder: Path, options: tuple[str, ...], told: str) -> None:
    certificates().write(folder)
    with contextlib.chdir(folder):
        code, line = error_of(hpts("contract", "check", "https://127.0.0.1:9", *options))
    assert (code, told in line) == (1, True)
