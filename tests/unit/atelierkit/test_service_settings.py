"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, ValidationError

from atelierkit.settings import DatabaseSettings, ServiceSettings, TokenSettings


class DemoSettings(TokenSettings, DatabaseSettings, env_prefix="ATELIER_DEMO_"):
    extra_s: float = Field(default=2.0, gt=0)
    """A field of the service's own."""


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("ATELIER_DEMO_DATABASE_URL", "postgresql+psycopg://demo:s3cret@127.0.0.1/atelier")
    monkeypatch.setenv("ATELIER_DEMO_AUTH_ADDR", "127.0.0.1:50051")
    return monkeypatch


def test_fields_come_from_the_services_own_variables(required: pytest.MonkeyPatch) -> None:
    required.setenv("ATELIER_DEMO_PORT", "0")
    required.setenv("ATELIER_OTHER_PORT", "1")
    required.setenv("ATELIER_DEMO_EXTRA_S", "0.5")
    settings = DemoSettings()
    assert (settings.port, settings.extra_s, settings.auth_addr) == (0, 0.5, "127.0.0.1:50051")
    assert settings.metrics_port is None
    assert settings.reflection is False


def test_the_data_folder_is_common_and_holds_the_blobs(required: pytest.MonkeyPatch, tmp_path: Path) -> None:
    required.setenv("ATELIER_DATA_DIR", str(tmp_path / "a b"))
    settings = DemoSettings()
    assert settings.data_dir == tmp_path / "a b"
    assert settings.blob_url == (tmp_path / "a b" / "blobs").as_uri()
    required.setenv("ATELIER_DEMO_BLOB_URL", "s3://avatars")
    assert DemoSettings().blob_url == "s3://avatars"
    assert ServiceSettings(data_dir=Path("/x")).blob_url == "file:///x/blobs"


def test_settings_do_not_change_and_do_not_show_secrets(required: pytest.MonkeyPatch) -> None:
    settings = DemoSettings()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
    assert "s3cret" not in repr(settings) + str(settings.model_dump())
    assert "s3cret" in settings.database_url.get_secret_value()


def test_a_bad_value_is_named_and_not_shown(required: pytest.MonkeyPatch) -> None:
    required.setenv("ATELIER_DEMO_PORT", "hunter2")
    required.delenv("ATELIER_DEMO_DATABASE_URL")
    with pytest.raises(ValidationError) as caught:
        DemoSettings()
    assert {("port",), ("database_url",)} <= {fault["loc"] for fault in caught.value.errors()}
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("missing", ["cert", "key", "client_ca"])
def test_tls_is_whole_or_absent(missing: str) -> None:
    files: dict[str, Any] = {f"tls_{name}": Path(f"/{name}.pem") for name in ("cert", "key", "client_ca")}
    tls = ServiceSettings(**files).tls
    assert tls is not None
    assert (tls.cert, tls.key, tls.client_ca) == tuple(files.values())
    del files[f"tls_{missing}"]
    with pytest.raises(ValidationError, match="together or not at all"):
        ServiceSettings(**files)
    assert ServiceSettings().tls is None


def test_every_field_is_explained() -> None:
    fields = DemoSettings.model_fields.items()
    assert [name for name, field in fields if not field.description] == []
