"""The client: requests, downloads, events, and what is made of them."""

from __future__ import annotations
