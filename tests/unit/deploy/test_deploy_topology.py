"""Who listens where, and who is told about whom."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from atelierkit.settings import Tls
from deploy.local.settings import LocalSettings
from deploy.local.topology import (
    CALLS,
    PROCESSES,
    WITH_DATABASE,
    WORKERS,
    choose_ports,
    environment,
    free_ports,
    module_of,
)


def variables(process: str, tls: Tls | None = None, *, port: int = 0, public_url: str = "") -> dict[str, str]:
    return environment(
        process,
        ports=choose_ports(port),
        data_dir=Path("/data"),
        root=Path("/root-of-it"),
        database_urls={name: f"postgresql+psycopg://{name}@localhost/atelier" for name in WITH_DATABASE},
        gateway_host="127.0.0.1",
        public_url=public_url,
        tls=tls,
    )


def test_no_port_is_given_twice() -> None:
    assert len(set(free_ports(50))) == 50
    ports = choose_ports(8123)
    assert ports["gateway"].serving == 8123
    every = [port for pair in ports.values() for port in (pair.serving, pair.metrics)]
    assert len(set(every)) == len(every) == 2 * len(PROCESSES)


def test_services_start_after_those_that_they_call() -> None:
    order = list(CALLS)
    assert all(order.index(peer) < order.index(service) for service, peers in CALLS.items() for peer in peers)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_reads_what_the_launcher_tells_it(process: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told, service = variables(process), WORKERS.get(process, process)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    module = importlib.import_module(f"services.{service}.settings")
    settings_class = getattr(module, f"{service.title()}Settings")
    assert issubclass(settings_class, BaseSettings)
    settings = settings_class()
    prefix = f"ATELIER_{service.upper()}_"
    fields = {name.removeprefix(prefix).lower() for name in told if name.startswith(prefix)}
    assert fields <= set(settings_class.model_fields)
    listens = "health_port" if process in WORKERS else "port"
    assert str(getattr(settings, listens)) == told[prefix + listens.upper()]
    assert importlib.util.find_spec(module_of(process)) is not None
    assert settings.data_dir == Path("/data")


@pytest.mark.parametrize("service", CALLS)
def test_a_service_takes_calls_from_those_that_the_picture_draws(service: str) -> None:
    module = importlib.import_module(f"services.{service}.settings")
    allowed = getattr(module, f"{service.title()}Settings").model_fields["allowed_peers"].default
    assert allowed == {caller for caller, called in CALLS.items() if service in called}


def test_with_certificates_a_service_is_told_where_they_lie() -> None:
    tls = Tls(Path("/tls/tls.crt"), Path("/tls/tls.key"), Path("/tls/ca.crt"))
    told = variables("auth", tls=tls)
    assert [told[f"ATELIER_AUTH_TLS_{name}"] for name in ("CERT", "KEY", "CLIENT_CA")] == [
        "/tls/tls.crt",
        "/tls/tls.key",
        "/tls/ca.crt",
    ]
    assert not [name for name in variables("auth") if "TLS" in name]


@pytest.mark.parametrize("process", ["auth", "auth-worker"])
def test_letters_link_to_where_the_gateway_listens(process: str) -> None:
    told = variables(process, port=8123)
    assert told["ATELIER_AUTH_PUBLIC_URL"] == "http://127.0.0.1:8123"
    told = variables(process, port=8123, public_url="https://atelier.example.org")
    assert told["ATELIER_AUTH_PUBLIC_URL"] == "https://atelier.example.org"


def test_an_address_that_somebody_has_given_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATELIER_AUTH_PUBLIC_URL", raising=False)
    assert not LocalSettings().public_url
    monkeypatch.setenv("ATELIER_AUTH_PUBLIC_URL", "https://atelier.example.org")
    assert LocalSettings(gateway_port=8123).public_url == "https://atelier.example.org"
