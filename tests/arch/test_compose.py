"""What holds for the platform on one machine, read from compose.yaml."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from compose_spec import PyCompose

from atelierkit.settings import ServiceSettings
from deploy.compose.__main__ import write
from deploy.local.topology import CALLS, WITH_DATABASE, WORKERS, module_of
from services.auth.adapters.sealing import ring_of
from tests.arch import dockerfile
from tests.arch.compose_file import FOLDER, document, services
from tests.arch.source_tree import ROOT

SERVICES = tuple(CALLS)
FULL_TAG = re.compile(r"[a-z0-9.-]+\.[a-z]+/[a-z0-9./-]+:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?")
NO_PROGRAM_TO_ASK_WITH = {"collector", "tempo"}
RUNS_ONCE = {"auth-migration", "catalog-migration", "generator-migration", "bucket"}
PUBLISHED = {"gateway", "grafana", "mail"}
CALLS_OUT = {"auth", "auth-worker"}
"""Who looks up the names of people's servers, and who sends webhooks there."""


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the generator of secrets writes."""
    folder = tmp_path_factory.mktemp("compose") / "secrets"
    write(folder)
    return folder


def settings_class(service: str) -> type[ServiceSettings]:
    module = importlib.import_module(f"services.{service}.settings")
    found: type[ServiceSettings] = getattr(module, f"{service.capitalize()}Settings")
    return found


def variables(service: str, secrets: Path) -> dict[str, str]:
    """The container's environment: of its image, its files, and its own lines."""
    container = services()[service]
    target = container.get("build", {}).get("target", service)
    image = " ".join(text for stage in dockerfile.inherited(target) for text in stage.all("ENV"))
    found = dict(re.findall(r"(\w+)=(\S+)", image))
    for file in container.get("env_file", ()):
        lines = (secrets.parent / file).read_text().splitlines()
        found |= dict(line.split("=", 1) for line in lines)
    own: dict[str, str] = container.get("environment", {})
    return found | own


def test_the_file_keeps_the_compose_specification() -> None:
    PyCompose.from_yaml(yaml.safe_dump(document()))


def test_the_specification_is_really_checked() -> None:
    broken = {"services": {"auth": {"image": "atelier-auth", "helthcheck": {}}}}
    with pytest.raises(ValueError, match="helthcheck"):
        PyCompose.from_yaml(yaml.safe_dump(broken))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_with_the_variables_that_it_is_given(
    service: str, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = variables(service, secrets)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = settings_class(service)()
    assert settings.tls is not None
    assert settings.host == "0.0.0.0"  # noqa: S104  in the container
    for peer in CALLS[service]:
        assert getattr(settings, f"{peer}_addr") == f"atelier-{peer}:50051"
    if service in WITH_DATABASE:
        url: str = settings.database_url.get_secret_value()  # type: ignore[attr-defined]
        assert url.startswith(f"postgresql+psycopg://{service}:")
        assert url.endswith("@postgres:5432/atelier")


def test_what_auth_stores_is_sealed_with_keys_that_stay(tmp_path: Path) -> None:
    write(tmp_path)
    before = (tmp_path / "auth.env").read_text()
    [keys] = [line for line in before.splitlines() if line.startswith("ATELIER_AUTH_SEALING_KEYS=")]
    assert ring_of(keys.partition("=")[2]).keys() == {"first"}
    write(tmp_path)
    assert (tmp_path / "auth.env").read_text() == before
    others = [file.read_text() for file in tmp_path.glob("*.env") if file.name != "auth.env"]
    assert not any("SEALING" in text for text in others)


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_is_a_setting(service: str, secrets: Path) -> None:
    prefix = f"ATELIER_{service.upper()}_"
    known = {prefix + name.upper() for name in settings_class(service).model_fields}
    known |= {"ATELIER_DATA_DIR", "ATELIER_FAILPOINTS"}
    given = {name for name in variables(service, secrets) if name.startswith("ATELIER_")}
    assert given - known == set()


@pytest.mark.parametrize("service", SERVICES)
def test_certificates_are_those_of_the_service_and_nobody_else_s(service: str, secrets: Path) -> None:
    assert f"./secrets/tls/{service}:/etc/atelier/tls:ro" in services()[service]["volumes"]
    assert {file.name for file in (secrets / "tls" / service).iterdir()} == {"tls.crt", "tls.key", "ca.crt"}
    assert f"atelier-{service}" in services()[service]["networks"]["inside"]["aliases"]


@pytest.mark.parametrize("service", WITH_DATABASE)
def test_a_schema_is_migrated_before_its_service_starts(service: str) -> None:
    migration = services()[f"{service}-migration"]
    assert migration["image"] == services()[service]["image"]
    assert migration["entrypoint"] == ["python", "-m", "atelierkit.migrations", f"services.{service}"]
    assert migration["env_file"] == [f"secrets/{service}.env"]
    condition = services()[service]["depends_on"][f"{service}-migration"]["condition"]
    assert condition == "service_completed_successfully"


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_is_its_service_but_for_what_it_runs(worker: str) -> None:
    """Same image, settings, secrets and identity, and room of its own for archives; it begins once the service is there,
    and gives way to it.
    """
    container, service = services()[worker], services()[WORKERS[worker]]
    assert container["entrypoint"] == ["python", "-m", module_of(worker)]
    for same in ("image", "env_file", "stop_grace_period"):
        assert container[same] == service[same], same
    assert set(container["volumes"]) - {"scratch:/data"} == set(service["volumes"])
    variables = {
        name: value for name, value in container["environment"].items() if not name.endswith("_SCRATCH_DIR")
    }
    assert variables == service["environment"]
    assert container["depends_on"] == {WORKERS[worker]: {"condition": "service_healthy"}}
    assert container["cpu_shares"] < 1024
    assert "ports" not in container


@pytest.mark.parametrize("name", services())
def test_every_container_is_hardened(name: str) -> None:
    container = services()[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in container
    assert "cap_add" not in container
    assert set(container["deploy"]["resources"]["limits"]) == {"cpus", "memory"}


@pytest.mark.parametrize("name", services())
def test_nobody_is_root(name: str) -> None:
    container = services()[name]
    ours = container["image"].startswith("atelier-")
    # The collector's image names its own user, 10001.
    user = "10001" if name == "collector" else str(container.get("user", "65532:65532" if ours else "0"))
    assert not user.startswith("0")


@pytest.mark.parametrize("name", services())
def test_every_image_is_pinned(name: str) -> None:
    image = services()[name]["image"]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert FULL_TAG.fullmatch(image) or re.fullmatch(rf"atelier-[a-z-]+:{re.escape(version)}", image)


@pytest.mark.parametrize("name", services())
def test_health_is_asked_where_there_is_something_to_ask_with(name: str) -> None:
    container = services()[name]
    check: Any = container.get("healthcheck")
    if name in NO_PROGRAM_TO_ASK_WITH | RUNS_ONCE:
        assert check == {"disable": True}
    elif not container["image"].startswith("atelier-") or name == "gateway":
        assert check["test"][0] == "CMD"
        assert check["interval"]
    else:
        assert check is None, "the image's own check holds"


def test_only_what_people_look_at_is_published_on_loopback() -> None:
    published = {name: container["ports"] for name, container in services().items() if "ports" in container}
    assert set(published) == PUBLISHED
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert {name for name, container in services().items() if "outside" in container["networks"]} == (
        PUBLISHED | CALLS_OUT
    )
    assert document()["networks"]["inside"] == {"internal": True}


def test_whoever_is_waited_for_can_be_waited_for() -> None:
    for name, container in services().items():
        for other, wanted in container.get("depends_on", {}).items():
            condition = "service_completed_successfully" if other in RUNS_ONCE else "service_healthy"
            assert wanted == {"condition": condition}, f"{name} waits for {other}"
            assert other not in NO_PROGRAM_TO_ASK_WITH


def test_a_container_outlives_the_drain_of_its_service(secrets: Path) -> None:
    for service in SERVICES:
        fields = settings_class(service).model_fields
        given = variables(service, secrets).get(f"ATELIER_{service.upper()}_DRAIN_GRACE_S")
        drain = float(given or fields["drain_grace_s"].default)
        grace = float(services()[service]["stop_grace_period"].removesuffix("s"))
        assert drain + 10 <= grace, service


def test_every_file_that_is_mounted_is_there(secrets: Path) -> None:
    mounted = [volume.split(":")[0] for each in services().values() for volume in each.get("volumes", ())]
    files = [path for path in mounted if path.startswith(".")]
    files += [secret["file"] for secret in document()["secrets"].values()]
    files += [file for each in services().values() for file in each.get("env_file", ())]
    for path in files:
        made = path.removeprefix("./").startswith("secrets/")
        assert ((secrets.parent if made else FOLDER) / path).exists(), path


def test_limits_are_counted_in_a_store_with_a_password(secrets: Path) -> None:
    store = urlsplit(variables("gateway", secrets)["ATELIER_GATEWAY_LIMITS_STORE"])
    assert (store.hostname, store.port) == ("valkey", 6379)
    assert store.hostname in services()
    assert (secrets / "valkey.conf").read_text() == f"requirepass {store.password}\n"


def test_letters_reach_a_mailbox(secrets: Path) -> None:
    assert variables("auth", secrets)["ATELIER_AUTH_SMTP_HOST"] in services()
    assert services()["auth-worker"]["environment"] == services()["auth"]["environment"]


def test_alerts_reach_a_mailbox() -> None:
    told = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    [managers] = told["alerting"]["alertmanagers"]
    routing = yaml.safe_load((ROOT / "deploy/prometheus/alertmanager.yml").read_text())
    smarthost = routing["global"]["smtp_smarthost"]
    addresses = [target for group in managers["static_configs"] for target in group["targets"]]
    assert {address.partition(":")[0] for address in [*addresses, smarthost]} <= set(services())


def test_an_alert_s_runbook_is_read_where_grafana_is_published() -> None:
    told = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    assert told["global"]["external_labels"] == {"grafana": "${GRAFANA_URL}"}
    address = urlsplit(services()["prometheus"]["environment"]["GRAFANA_URL"])
    assert services()["grafana"]["ports"] == [f"{address.hostname}:{address.port}:3000"]


def test_prometheus_finds_every_target_by_its_container_s_name() -> None:
    told = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    targets: list[Any] = [
        target
        for job in told["scrape_configs"]
        for group in job.get("static_configs", ())
        for target in group["targets"]
    ]
    aliases = {alias for each in services().values() for alias in _aliases(each)}
    assert {target.partition(":")[0] for target in targets} - aliases - set(services()) == {"localhost"}


def _aliases(container: dict[str, Any]) -> list[str]:
    networks = container["networks"]
    found: list[str] = networks["inside"].get("aliases", []) if isinstance(networks, dict) else []
    return found


def test_passwords_stay_and_certificates_are_renewed(tmp_path: Path) -> None:
    write(tmp_path)
    password, certificate = (tmp_path / "auth.env").read_text(), (tmp_path / "tls/auth/tls.crt").read_text()
    write(tmp_path)
    assert (tmp_path / "auth.env").read_text() == password
    assert (tmp_path / "tls/auth/tls.crt").read_text() != certificate
