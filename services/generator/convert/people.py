"""Messages of whole persons <-> their domain; pure."""

from __future__ import annotations

from atelier.generator.v1 import person_pb2 as pb
from services.generator import convert
from services.generator.convert import custom_backgrounds, custom_poses, faces, generations, jobs, shares
from services.generator.domain.custom_backgrounds import CustomBackground
from services.generator.domain.custom_poses import CustomPose
from services.generator.domain.errors import BadPageToken
from services.generator.domain.faces import Face
from services.generator.domain.generations import Generation
from services.generator.domain.jobs import Job, Queued
from services.generator.domain.model import Avatar
from services.generator.domain.scan import Scan
from services.generator.domain.shares import Share
from services.generator.use_cases.people import Part, Place, Section


def place(token: str) -> Place:
    """Where the part begins. Raise BadPageToken for a token that ``part`` never gave."""
    if not token:
        return Place()
    section, _, position = token.partition(":")
    if section not in set(Section):
        raise BadPageToken
    return Place(Section(section), convert.position(position))


def part(part: Part) -> pb.ExportPersonResponse:
    """A part of the export."""
    message = pb.ExportPersonResponse(next_page_token=_token(part.next))
    for record in part.records:
        match record:
            case Avatar():
                message.avatars.append(convert.avatar_message(record))
            case Scan():
                message.scans.append(convert.scan_message(record))
            case Face():
                message.faces.append(_face(record))
            case CustomPose():
                message.custom_poses.append(custom_poses.custom_pose(record))
            case CustomBackground():
                message.custom_backgrounds.append(custom_backgrounds.custom_background(record))
            case Share():
                message.shares.append(shares.share(record))
            case Generation():
                message.generations.append(generations.generation(record))
            case Job():
                message.jobs.append(jobs.job(Queued(record, 0)))
    return message


def _face(face: Face) -> pb.ExportedFace:
    kept = face.retention
    return pb.ExportedFace(
        face=faces.face(face),
        file=convert.blob_ref(face.mesh.file),
        photos=map(convert.blob_ref, face.photos.values()),
        photos_delete_time=None if kept is None else convert.timestamp(kept.delete_at),
        consent_version=face.consent_version,
    )


def _token(place: Place | None) -> str:
    if place is None:
        return ""
    return f"{place.section}:{convert.page_token(place.after) if place.after else ''}"
