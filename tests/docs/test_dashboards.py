"""Dashboard and alert rules: what Grafana and Prometheus take, about metrics that there are."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from app.contract.document import Contract, load
from app.observability.metric import METRICS, REQUEST_EDGES, Kind
from tests.support.waiting import HANG_SECONDS

DASHBOARD: Final = "deploy/grafana/hpts.json"
RULES: Final = "deploy/prometheus/hpts.rules.yaml"
RULES_TEST: Final = "deploy/prometheus/hpts.rules_test.yaml"
SERIES: Final = re.compile(r"\b(hpts_[a-z_]+)(?:\{([^}]*)\})?")
LABEL: Final = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
OF_PROMETHEUS: Final = {"instance", "job", "le"}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load()


def names() -> dict[str, set[str]]:
    """Every series that a server tells, with its labels."""
    found = {"hpts_requests_total": {"operation", "status"}}
    for metric in METRICS:
        suffixes = {Kind.COUNTER: ("_total",), Kind.HISTOGRAM: ("_bucket", "_count", "_sum")}.get(metric.kind, ("",))
        found |= {metric.name + suffix: set(metric.labels) for suffix in suffixes}
    return found


def dashboard(repository: Path) -> Any:
    return json.loads((repository / DASHBOARD).read_text())


def rules(repository: Path) -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load((repository / RULES).read_text())["groups"] for rule in group["rules"]]


def expressions(repository: Path) -> Iterator[str]:
    yield from (target["expr"] for panel in dashboard(repository)["panels"] for target in panel.get("targets", ()))
    yield from (rule["expr"] for rule in rules(repository))


def test_the_dashboard_is_one_by_grafana_s_own_types(repository: Path) -> None:
    """A member that Grafana does not know would be lost on the way."""
    register_default_plugins()
    written = dashboard(repository)
    kept = json.loads(JSONEncoder().encode(Dashboard.from_json(written)))
    assert list(lost(written, kept)) == []


def lost(written: Any, kept: Any, place: str = "") -> Iterator[str]:
    if isinstance(written, dict) and isinstance(kept, dict):
        for name, value in written.items():
            yield from lost(value, kept.get(name), f"{place}/{name}")
    elif isinstance(written, list) and isinstance(kept, list) and len(written) == len(kept):
        for index, value in enumerate(written):
            yield from lost(value, kept[index], f"{place}/{index}")
    elif written != kept:
        yield place


def test_panels_have_numbers_of_their_own_and_do_not_overlap(repository: Path) -> None:
    panels = dashboard(repository)["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24


def test_every_metric_and_label_that_is_named_exists(repository: Path, contract: Contract) -> None:
    known = names()
    for expression in expressions(repository):
        for name, selectors in SERIES.findall(expression):
            assert name in known, expression
            for label, operator, value in LABEL.findall(selectors):
                assert label in known[name] | OF_PROMETHEUS, expression
                if label == "operation":
                    assert any(re.fullmatch(value, each) for each in (*contract.operations, "none")), (operator, value)
                if label == "le":
                    assert float(value) in REQUEST_EDGES


def test_every_metric_is_on_the_dashboard(repository: Path) -> None:
    shown = {name for expression in expressions(repository) for name, _ in SERIES.findall(expression)}
    for metric in METRICS:
        assert any(name.startswith(metric.name) for name in shown), metric.name


def test_an_alert_says_what_is_wrong_and_where_to_look(repository: Path) -> None:
    alerts = [rule for rule in rules(repository) if "alert" in rule]
    assert len({rule["alert"] for rule in alerts}) == len(alerts)
    for rule in alerts:
        assert rule["labels"].keys() == {"severity"}
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"].keys() == {"summary", "description"}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool comes with Prometheus")
@pytest.mark.parametrize("command", [("check", "rules", RULES), ("test", "rules", RULES_TEST)], ids=lambda command: command[0])
def test_prometheus_takes_the_rules_and_they_go_off_when_they_should(repository: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["promtool", *command], cwd=repository, capture_output=True, text=True, timeout=HANG_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
