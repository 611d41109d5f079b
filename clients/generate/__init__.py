"""Writes what the clients have in common with the gateway from its OpenAPI document: `make clients`."""

from __future__ import annotations
