"""What tests of services stand on: a real server in process, tokens, and PostgreSQL (``testing.fixtures``)."""

from __future__ import annotations

from atelierkit.testing.servers import serve
from atelierkit.testing.tokens import MemoryVerifier, signed_claims, signed_token, token_jwks, token_verifier

__all__ = ["MemoryVerifier", "serve", "signed_claims", "signed_token", "token_jwks", "token_verifier"]
