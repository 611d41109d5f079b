"""The failures that try-on's contract names.

AppError
└── InvalidInput
    └── NotComparable
"""

from __future__ import annotations

from atelierkit.errors import InvalidInput


class NotComparable(InvalidInput):
    """Body and garment share no zone in which every size could be judged."""

    reason = "NOT_COMPARABLE"
