"""The client: requests, downloads, events, and what is made of them.

Written by `make clients` from its twin in `_async`; edits are lost.
"""

from __future__ import annotations
