"""``python -m services.generator.worker`` works on the generator's jobs."""

from __future__ import annotations

from atelierkit.jobs.worker import run_worker
from services.generator.settings import GeneratorSettings
from services.generator.workplace import build_worker

if __name__ == "__main__":
    run_worker(GeneratorSettings, build_worker)
