"""``python -m services.auth.worker`` works on auth's jobs."""

from __future__ import annotations

from atelierkit.jobs.worker import run_worker
from services.auth.settings import AuthSettings
from services.auth.workplace import build_worker

if __name__ == "__main__":
    run_worker(AuthSettings, build_worker)
