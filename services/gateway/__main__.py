"""Run the gateway: `python -m services.gateway`."""

from __future__ import annotations

from atelierkit.service import run_serving
from services.gateway import bootstrap
from services.gateway.server import serving
from services.gateway.settings import GatewaySettings

if __name__ == "__main__":
    run_serving(GatewaySettings, bootstrap.build, serving)
