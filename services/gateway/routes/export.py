"""Everything that the platform knows of the caller, as one JSON document."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from atelier.auth.v1 import people_pb2
from atelier.generator.v1 import person_pb2
from services.gateway import problems
from services.gateway.bulkheads import Work
from services.gateway.convert import (
    avatars,
    clouds,
    custom_backgrounds,
    custom_poses,
    faces,
    generations,
    jobs,
    shares,
)
from services.gateway.operations import Call, Operation
from services.gateway.routes.accounts import TAG

PATH = "/v1/me/export"
_JSON = "application/json"
_MADE = ("avatars", "scans", "jobs", "faces", "generations", "customPoses", "customBackgrounds", "shares")

Part = tuple[str, Sequence[str]]
"""Name of a section, and some of its records as JSON texts; parts of one section follow each other."""


async def export(call: Call[None]) -> Response:
    """Sent part by part as the services give them: nobody's history has to fit into memory."""
    pieces = _document(_parts(call))
    # Whatever keeps the first part from coming is still an answer of its own.
    first = await anext(pieces)
    headers = {"Content-Disposition": 'attachment; filename="atelier-export.json"'}
    return StreamingResponse(_after(first, pieces), media_type=_JSON, headers=headers)


async def _after(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for piece in rest:
        yield piece


async def _document(parts: AsyncIterator[Part]) -> AsyncIterator[str]:
    """The pieces of the JSON object that has an array for each section."""
    section, begun = None, False
    async for name, records in parts:
        text = ",\n".join(records)
        if name != section:
            yield f'{"{" if section is None else "],"}\n"{name}": [{text}'
            section, begun = name, bool(records)
        elif records:
            yield f"{',' if begun else ''}\n{text}"
            begun = True
    yield "]}\n"


async def _parts(call: Call[None]) -> AsyncIterator[Part]:
    token, more = "", True
    while more:
        known = await call.clients.people.ExportPerson(people_pb2.ExportPersonRequest(page_token=token))
        yield known.section, known.records_json
        token = known.next_page_token
        more = token != ""
    async for part in _made(call):
        yield part


async def _made(call: Call[None]) -> AsyncIterator[Part]:
    """What the person has made, as the API shows it; sections without a record come last."""
    language = problems.language_of(call.request.headers)
    token, more, empty = "", True, list(_MADE)
    while more:
        made = await call.clients.person.ExportPerson(person_pb2.ExportPersonRequest(page_token=token))
        shown: Mapping[str, Sequence[BaseModel]] = {
            "avatars": [avatars.avatar(each) for each in made.avatars],
            "scans": [clouds.scan(each) for each in made.scans],
            "jobs": [jobs.job(each, language) for each in made.jobs],
            "faces": [faces.known_face(each) for each in made.faces],
            "generations": [generations.generation(each, language) for each in made.generations],
            "customPoses": list(map(custom_poses.custom_pose, made.custom_poses)),
            "customBackgrounds": list(map(custom_backgrounds.custom_background, made.custom_backgrounds)),
            "shares": list(map(shares.share, made.shares)),
        }
        for name, records in shown.items():
            if records:
                yield name, [record.model_dump_json(by_alias=True) for record in records]
                empty = [other for other in empty if other != name]
        token = made.next_page_token
        more = token != ""
    for name in empty:
        yield name, []


OPERATIONS = (
    Operation(
        "GET", PATH, "Everything that is known of the caller", TAG, export, work=Work.FILE, answer=_JSON
    ),
)
