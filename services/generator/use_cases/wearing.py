"""The person of an avatar, and a face on a body: what the mesher is given."""

from __future__ import annotations

from dataclasses import replace

from services.generator.domain.model import Avatar, FaceFiles, Look, Person, PersonFace, Wardrobe, WornFace
from services.generator.domain.ports import FileStore, Looks


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


async def person_of(store: FileStore, avatar: Avatar, look: Look) -> Person:
    """Whom an avatar was made of, bit for bit, whatever network and population are in use by now."""
    points = await store.get(avatar.files.points)
    body = Person(points, avatar.receipt.targets, avatar.recipe.model_version)
    return await wearing(store, body, avatar.recipe.face, avatar.files.face, look)


async def wardrobe_of(looks: Looks, avatar: Avatar) -> Wardrobe:
    """What an avatar wears, and its skin and hair. Raise the catalogue's refusals and Unavailable."""
    recipe = avatar.recipe
    return (await looks.resolve(recipe.look, recipe.outfit)).with_skin_of(recipe.face, recipe.look)
