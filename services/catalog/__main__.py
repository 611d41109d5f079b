"""The catalog service's process: ``python -m services.catalog``."""

from __future__ import annotations

from atelierkit.service import run
from services.catalog.bootstrap import build
from services.catalog.settings import CatalogSettings

if __name__ == "__main__":
    run(CatalogSettings, build)
