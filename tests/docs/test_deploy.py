"""The files in deploy hold against their schemas, name settings that there are, and keep what they promise of a deployment."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import psycopg
import pytest
import yaml
from compose_pydantic import ComposeSpecification

from app.cli.gunicorn_server import GRACE_SECONDS
from app.settings import PREFIX, Settings
from tests.support.backups import path_with_client_programs
from tests.support.postgres import find_binaries, postgres_server

KUBERNETES: Final = "1.37"
SETTINGS: Final = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
OF_METRICS: Final = {f"{PREFIX}METRICS_HOST", f"{PREFIX}METRICS_PORT"}
OF_THE_DATABASE: Final = {f"{PREFIX}OWNER_PASSWORD", f"{PREFIX}LOGIN_PASSWORD"}
"""Variables of deploy/postgresql, which the service never sees."""
PODS: Final = {"Deployment": ["template"], "Job": ["template"], "CronJob": ["jobTemplate", "spec", "template"]}
ROLES: Final = (
    "SELECT rolname::text, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname LIKE 'hpts\\_%'"
)
Manifest = dict[str, Any]


@pytest.fixture(scope="module")
def deploy(repository: Path) -> Path:
    return repository / "deploy"


@pytest.fixture(scope="module")
def compose(deploy: Path) -> Manifest:
    loaded: Manifest = yaml.safe_load((deploy / "compose.yaml").read_text())
    return loaded


@pytest.fixture(scope="module")
def manifests(deploy: Path) -> list[Manifest]:
    return [each for file in sorted((deploy / "kubernetes").glob("*.yaml")) for each in yaml.safe_load_all(file.read_text())]


def of_kind(manifests: list[Manifest], kind: str) -> Manifest:
    (found,) = [each for each in manifests if each["kind"] == kind]
    return found


def pods(manifests: list[Manifest]) -> Iterator[Manifest]:
    for each in manifests:
        if each["kind"] in PODS:
            pod = each["spec"]
            for member in PODS[each["kind"]]:
                pod = pod[member]
            yield pod["spec"]


def test_the_compose_file_is_valid_and_its_files_are_there(compose: Manifest, deploy: Path) -> None:
    ComposeSpecification(**{name: value for name, value in compose.items() if not name.startswith("x-")})
    assert set(compose["services"]) == {"postgres", "migrate", "hpts", "nginx", "prometheus", "grafana"}
    mounted = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", ())
        if volume[0] == "."
    }
    assert {each for each in mounted if not (deploy / each).exists()} == {"./certificates"}, "which everybody has for themselves"


def test_no_password_and_no_version_is_left_to_chance(compose: Manifest, deploy: Path) -> None:
    text = (deploy / "compose.yaml").read_text()
    for name in re.findall(r"\$\{(\w*PASSWORD)\}", text):
        assert f"${{{name}:?" in text, f"{name} may be empty"
    images = [service["image"] for service in compose["services"].values()]
    assert all(re.search(r":v?\d", image) for image in images), images


@pytest.mark.parametrize(
    "manifest", sorted((Path(__file__).parents[2] / "deploy" / "kubernetes").glob("*.yaml")), ids=lambda f: f.stem
)
def test_each_manifest_is_valid_to_the_last_member(manifest: Path) -> None:
    for each in yaml.safe_load_all(manifest.read_text()):
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


def test_every_container_is_held_to_the_least(manifests: list[Manifest]) -> None:
    found = list(pods(manifests))
    assert len(found) == 3
    for pod in found:
        assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
        context = pod["securityContext"]
        assert (context["runAsNonRoot"], context["runAsUser"], context["seccompProfile"]) == (
            True,
            10001,
            {"type": "RuntimeDefault"},
        )
        for container in pod["containers"]:
            held = container["securityContext"]
            assert (held["readOnlyRootFilesystem"], held["allowPrivilegeEscalation"]) == (True, False)
            assert held["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]
            assert [each["valueFrom"]["secretKeyRef"]["key"] for each in container["env"]] == ["database-url"]


def test_two_copies_are_replaced_and_drained_one_at_a_time(manifests: list[Manifest]) -> None:
    deployment, budget = of_kind(manifests, "Deployment")["spec"], of_kind(manifests, "PodDisruptionBudget")["spec"]
    assert (deployment["replicas"], budget["minAvailable"]) == (2, 1)
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    pod = deployment["template"]["spec"]
    (container,) = pod["containers"]
    paths = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    assert paths == {"startup": "/v1/health/live", "readiness": "/v1/health/ready", "liveness": "/v1/health/live"}
    assert pod["terminationGracePeriodSeconds"] > container["lifecycle"]["preStop"]["sleep"]["seconds"] + GRACE_SECONDS


def test_one_label_leads_to_the_copies_everywhere(manifests: list[Manifest]) -> None:
    label = {"app.kubernetes.io/name": "hpts"}
    deployment, policy = of_kind(manifests, "Deployment")["spec"], of_kind(manifests, "NetworkPolicy")["spec"]
    assert deployment["selector"]["matchLabels"] == deployment["template"]["metadata"]["labels"] == label
    assert of_kind(manifests, "Service")["spec"]["selector"] == policy["podSelector"]["matchLabels"] == label
    ports = {port["containerPort"] for port in deployment["template"]["spec"]["containers"][0]["ports"]}
    assert {port["port"] for rule in policy["ingress"] for port in rule["ports"]} == ports


def test_every_setting_that_is_given_exists(deploy: Path) -> None:
    for file in (*deploy.rglob("*.yaml"), *deploy.rglob("*.sh")):
        named = set(re.findall(rf"\b{PREFIX}[A-Z_]+", file.read_text()))
        assert named - SETTINGS - OF_THE_DATABASE - OF_METRICS == set(), file


def test_the_image_has_the_client_programs_of_the_servers_version(compose: Manifest, repository: Path) -> None:
    """Debian 13, which the Python image is made of, has those of PostgreSQL 17."""
    assert "postgresql-client" in (repository / "Dockerfile").read_text()
    assert compose["services"]["postgres"]["image"] == "postgres:17"


def test_the_roles_are_those_that_migrate_and_serve(deploy: Path) -> None:
    with postgres_server(fsync=False, binaries=find_binaries()) as url:
        login = psycopg.conninfo.conninfo_to_dict(url)
        environment = {
            "PATH": path_with_client_programs(),
            "PGHOST": str(login["host"]),
            "PGPORT": str(login["port"]),
            "POSTGRES_USER": str(login["user"]),
            f"{PREFIX}OWNER_PASSWORD": "it's owned",
            f"{PREFIX}LOGIN_PASSWORD": 'a "login"',
        }
        subprocess.run([str(deploy / "postgresql" / "roles.sh")], env=environment, check=True, capture_output=True)
        with psycopg.connect(url) as server:
            roles = server.execute(ROLES).fetchall()
            owner = server.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'hpts'").fetchone()
    plain = (False, False, False)
    assert sorted(roles) == [("hpts_app", False, *plain), ("hpts_login", True, *plain), ("hpts_owner", True, *plain)]
    assert owner == ("hpts_owner",)
