"""The mesher's process: ``python -m services.mesher``."""

from __future__ import annotations

from atelierkit.service import run
from services.mesher.bootstrap import build
from services.mesher.settings import MesherSettings

if __name__ == "__main__":
    run(MesherSettings, build)
