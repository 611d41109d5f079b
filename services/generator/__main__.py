"""The generator service's process: ``python -m services.generator``."""

from __future__ import annotations

from atelierkit.service import run
from services.generator.bootstrap import build
from services.generator.settings import GeneratorSettings

if __name__ == "__main__":
    run(GeneratorSettings, build)
