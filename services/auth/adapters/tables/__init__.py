"""Auth's tables, by what they are about. The migrations make them; a test holds the two equal."""

from __future__ import annotations

# Each enters its tables into the metadata.
from services.auth.adapters.tables import accounts as accounts
from services.auth.adapters.tables import api_keys as api_keys
from services.auth.adapters.tables import consents as consents
from services.auth.adapters.tables import credits as credits
from services.auth.adapters.tables import letters as letters
from services.auth.adapters.tables import people as people
from services.auth.adapters.tables import requests as requests
from services.auth.adapters.tables import webhooks as webhooks
from services.auth.adapters.tables.base import metadata as metadata
