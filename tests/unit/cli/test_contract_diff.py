"""`hpts contract diff` lists the changes between two documents, and fails only if one is breaking."""

import json
from pathlib import Path

from app.cli.contract_diff import PLACES_SHOWN
from tests.unit.cli.conftest import Hpts, error_of


def test_contract_diff_exits_with_1_only_on_a_breaking_change(hpts: Hpts, tmp_path: Path) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    document = {"openapi": "3.1.0", "paths": {"/items": {"get": {"operationId": "getItems", "responses": {"200": {}}}}}}
    before.write_text(json.dumps({**document, "paths": {}}))
    after.write_text(json.dumps(document))
    widened, same, narrowed = (
        hpts("contract", "diff", str(a), str(b)) for a, b in ((before, after), (after, after), (after, before))
    )
    assert (widened.exit_code, same.exit_code, narrowed.exit_code) == (0, 0, 1)
    assert "0 breaking, 1 additive" in widened.stdout
    assert same.stdout == "0 breaking, 0 additive\n"
    assert "GET /items" in narrowed.stdout
    assert "1 breaking, 0 additive" in narrowed.stdout


def test_contract_diff_prints_changes_as_json(hpts: Hpts, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\npaths: {}\nservers: [{url: /v1}]")
    (tmp_path / "b.yaml").write_text("openapi: 3.1.0\npaths: {}\nservers: []")
    done = hpts("contract", "diff", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "--json")
    (change,) = json.loads(done.stdout)
    assert (done.exit_code, change["kind"], change["rule"], change["place"]) == (1, "breaking", "server-removed", "/servers")


def test_contract_diff_exits_with_2_and_names_a_document_that_cannot_be_read(hpts: Hpts) -> None:
    code, line = error_of(hpts("contract", "diff", "no-such.yaml", "neither.yaml"))
    assert code == 2
    assert "no-such.yaml" in line


def test_a_change_in_many_operations_names_some_of_them_and_counts_the_others(hpts: Hpts, tmp_path: Path) -> None:
    count = PLACES_SHOWN + 2
    for name, type_name in (("a", "string"), ("b", "integer")):
        body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/X"}}}}
        paths = {f"/p{number}": {"post": {"requestBody": body, "responses": {}}} for number in range(count)}
        document = {"openapi": "3.1.0", "paths": paths, "components": {"schemas": {"X": {"type": type_name}}}}
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    printed = hpts("contract", "diff", str(tmp_path / "a.json"), str(tmp_path / "b.json")).stdout
    assert all(f"POST /p{number} request" in printed for number in range(PLACES_SHOWN))
    assert f"POST /p{PLACES_SHOWN} request" not in printed
    assert "and 2 more" in printed


def test_agreed_changes_do_not_fail_and_others_do(hpts: Hpts, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\npaths: {/x: {get: {responses: {}}}}\nservers: [{url: /v1}]")
    (tmp_path / "b.yaml").write_text("openapi: 3.1.0\npaths: {}\nservers: []")
    documents, accepted = (str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")), tmp_path / "accepted.txt"
    changes = json.loads(hpts("contract", "diff", *documents, "--json").stdout)
    lines = [f"{each['place']} {each['rule']}" for each in changes]
    accepted.write_text("\n".join(["# agreed for version 2", "", *lines]))
    agreed = hpts("contract", "diff", *documents, "--accept", str(accepted))
    assert (agreed.exit_code, agreed.stderr) == (0, "")
    assert "2 breaking, of which 2 agreed, 0 additive" in agreed.stdout
    accepted.write_text(f"{lines[0]}\n/gone operation-removed\n")
    partly = hpts("contract", "diff", *documents, "--accept", str(accepted), "--json")
    assert (partly.exit_code, json.loads(partly.stdout)) == (1, changes)
    assert "/gone operation-removed is agreed, but was not changed" in partly.stderr


def test_a_file_of_agreed_changes_that_cannot_be_read_is_an_error(hpts: Hpts, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\npaths: {}")
    code, line = error_of(
        hpts("contract", "diff", str(tmp_path / "a.yaml"), str(tmp_path / "a.yaml"), "--accept", str(tmp_path / "none.txt"))
    )
    assert code == 2
    assert "none.txt" in line
