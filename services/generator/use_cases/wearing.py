"""A person's face on a body: what the mesher is given."""

from __future__ import annotations

from dataclasses import replace

from services.generator.domain.model import FaceFiles, Look, Person, PersonFace, WornFace
from services.generator.domain.ports import FileStore


async def wearing(
    store: FileStore, person: Person, face: WornFace | None, files: FaceFiles | None, look: Look
) -> Person:
    """The person with that face; its skin is the face's own unless the resolved look names one."""
    if face is None or files is None:
        return person
    worn = PersonFace(
        geometry=await store.get(files.geometry),
        texture=files.texture,
        skin_color="" if look.skin_id else face.skin_color,
        eye_color=face.eye_color,
    )
    return replace(person, face=worn)
