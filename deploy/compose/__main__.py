"""The secrets of `compose.yaml`: ``python -m deploy.compose``, which is what ``make compose-secrets`` does.

Passwords that are there stay, since the database knows them, and so do the keys that seal what lies in it; certificates
are made anew, for a year.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from deploy.local.certificates import Authority
from deploy.local.topology import CALLS, WITH_DATABASE
from services.auth.adapters.sealing import new_key

FOLDER = Path(__file__).with_name("secrets")
LIFE = timedelta(days=365)
_READABLE = 0o444  # by the containers' users; the folder itself is its owner's alone
_PASSWORD_BYTES = 24


def write(folder: Path = FOLDER) -> None:
    """Write every file that compose.yaml reads from ``secrets``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("postgres", "grafana"):
        _password(folder / name)
    _password(folder / "database-exporter")
    for service in WITH_DATABASE:
        password = _password(folder / f"database-{service}")
        url = f"postgresql+psycopg://{service}:{password}@postgres:5432/atelier"
        sealing = f"ATELIER_AUTH_SEALING_KEYS={_sealing_keys(folder)}\n" if service == "auth" else ""
        _write(folder / f"{service}.env", f"ATELIER_{service.upper()}_DATABASE_URL={url}\n{sealing}")
    user, password = _password(folder / "objects-user"), _password(folder / "objects-password")
    _write(folder / "objects.env", f"AWS_ACCESS_KEY_ID={user}\nAWS_SECRET_ACCESS_KEY={password}\n")
    _write(folder / "objects-root.env", f"ROOT_ACCESS_KEY={user}\nROOT_SECRET_KEY={password}\n")
    password = _password(folder / "valkey")
    _write(folder / "valkey.conf", f"requirepass {password}\n")
    _write(folder / "gateway.env", f"ATELIER_GATEWAY_LIMITS_STORE=valkey://:{password}@valkey:6379\n")
    authority = Authority(life=LIFE)
    for service in CALLS:
        tls = authority.issue(service, folder / "tls" / service, life=LIFE)
        tls.cert.parent.chmod(0o755)
        for file in (tls.cert, tls.key, tls.client_ca):
            file.chmod(_READABLE)


def _password(file: Path) -> str:
    """The file's password; a new one where there is none."""
    return _kept(file, lambda: secrets.token_urlsafe(_PASSWORD_BYTES))


def _sealing_keys(folder: Path) -> str:
    """The ring that seals what auth stores. Whoever changes it follows docs/security.md, and runs this again."""
    return _kept(folder / "sealing-keys", lambda: new_key("first"))


def _kept(file: Path, make: Callable[[], str]) -> str:
    if not file.exists():
        _write(file, make())
    return file.read_text("ascii").strip()


def _write(file: Path, text: str) -> None:
    """The whole file or none of it, never readable by others on this machine: the folder keeps them out."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text, "ascii")
    fresh.chmod(_READABLE)
    fresh.replace(file)


if __name__ == "__main__":
    write()
