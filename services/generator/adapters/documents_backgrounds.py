"""What stands behind people, out of JSON documents for the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.generator.domain.pictures import Background, OwnBackground


def background_of(document: Sequence[str] | Mapping[str, str] | None) -> Background | OwnBackground | None:
    """What ``asdict`` and JSON made of it: two colours are a list, a picture of the person's own is named by its id."""
    if document is None:
        return None
    if isinstance(document, Mapping):
        return OwnBackground(**document)
    return Background(*document)
