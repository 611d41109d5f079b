"""What happens around every call of a gRPC server, outermost first: see ``server.py`` for the order."""

from __future__ import annotations
