"""``python -m services.auth`` serves the auth service."""

from __future__ import annotations

from atelierkit import service
from services.auth.bootstrap import build
from services.auth.settings import AuthSettings

if __name__ == "__main__":
    service.run(AuthSettings, build)
