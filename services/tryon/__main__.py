"""The try-on service's process: ``python -m services.tryon``."""

from __future__ import annotations

from atelierkit.service import run
from services.tryon.bootstrap import build
from services.tryon.settings import TryonSettings

if __name__ == "__main__":
    run(TryonSettings, build)
