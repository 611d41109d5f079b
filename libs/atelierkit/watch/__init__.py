"""What watches a process' resources: its event loop, database, object store and inference, each with its metrics.

A resource is watched where it is opened, so that whoever uses it knows nothing of metrics.
"""

from __future__ import annotations
