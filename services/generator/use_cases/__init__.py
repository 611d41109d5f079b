"""The verbs of the generator.

bodies.py    a person from what is known: EstimateMeasurements, PreviewAvatar
avatars.py   CreateAvatar, GetAvatar, ListAvatars, DeleteAvatar
changes.py   UpdateAvatar, ExportAvatar
scans.py     CreateScan, GetScan, DeleteScan
shelf.py     records and their files, kept together
"""

from __future__ import annotations
