"""Answers of source 001, field for field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import State

from atelier.generator.v1 import faces_pb2
from services.gateway import problems
from services.gateway.convert.faces import features, present
from services.gateway.problems import Dialect

DOWNLOAD = "/api/avatar/download/"
_CONFIDENCE_DECIMALS = 3
_MILLISECONDS = "milliseconds"


def generated(face: faces_pb2.Face) -> dict[str, Any]:
    """A face that was made just now."""
    return {
        "avatarId": face.id,
        "status": "completed",
        "generationTime": face.generation_ms,
        "inferenceTime": face.inference_ms,
        "facialFeatures": _features(face.features),
        "meshInfo": _mesh(face),
        "glbInfo": {"size": face.file_size, "filename": face.filename},
        "downloadUrl": DOWNLOAD + face.id,
    }


def info(face: faces_pb2.Face) -> dict[str, Any]:
    """A face that was made before."""
    return {
        "id": face.id,
        "method": "image_upload",
        "status": "completed",
        "downloadCount": face.download_count,
        "createdAt": moment(face.create_time.ToDatetime(tzinfo=UTC)),
        "metadata": {
            "generationTime": face.generation_ms,
            "inferenceTime": face.inference_ms,
            "modelVersion": face.model_version,
            "glbSize": face.file_size,
            "filename": face.filename,
        },
        "facialFeatures": _features(face.features),
        "meshInfo": _mesh(face),
    }


def health(model: faces_pb2.GetFaceModelResponse) -> dict[str, Any]:
    """Whether faces can be made. `path` names the model: where its file lies is nobody's business."""
    return {
        "status": "healthy" if model.ready else "unhealthy",
        "model": {
            "initialized": model.ready,
            "path": f"{model.name}@{model.version}",
            "inputShape": list(model.input_shape),
            "outputShape": list(model.output_shape),
        },
        "timestamp": moment(datetime.now(UTC)),
    }


def moment(when: datetime) -> str:
    """As JavaScript writes it."""
    return when.astimezone(UTC).isoformat(timespec=_MILLISECONDS).replace("+00:00", "Z")


def dialect(state: State) -> Dialect:
    """Refusals as this source's clients know them: an entry for each photo, by the name that its owner gave it, which the
    request's state has once the form is read.
    """

    def said(body: dict[str, Any], language: str) -> dict[str, Any]:
        own = problems.text(language, f"source_001.{body['code']}")
        if own is not None:
            body = body | {"error": own}
        if isinstance(body["details"], list):
            body = body | {"details": _by_file(body["details"], getattr(state, "filenames", {}))}
        return body

    return said


def _by_file(faults: list[dict[str, Any]], filenames: Mapping[str, str]) -> list[dict[str, Any]]:
    """One entry a file, or for a field that is none; what else is wrong with a file is said in the same entry."""
    entries: dict[str, dict[str, Any]] = {}
    for fault in faults:
        field = fault["field"]
        said = entries.get(field)
        if said is not None:
            said["error"] += " " + fault["message"]
            continue
        entries[field] = {
            "filename": filenames.get(field, field),
            "valid": False,
            "error": fault["message"],
            "field": field,
            "code": fault["code"],
        }
    return list(entries.values())


def _features(found: faces_pb2.FacialFeatures) -> dict[str, Any]:
    """What cannot be told is null, and `details` says why, by its path."""
    told = features(found)
    reasons = {
        f"{group}.{name}": trait.reason
        for group, traits in (("expressions", found.expressions), ("accessories", found.accessories))
        for name, trait in sorted(traits.items())
        if trait.reason
    }
    reasons |= {("skinTone" if name == "skin" else name): reason for name, reason in told.reasons.items()}
    return {
        "expressions": {name: present(trait) for name, trait in sorted(found.expressions.items())},
        "faceShape": told.face_shape,
        "skinTone": _skin(found.skin) if found.HasField("skin") else None,
        "accessories": {name: present(trait) for name, trait in sorted(found.accessories.items())},
        "details": reasons,
    }


def _skin(color: faces_pb2.MeasuredColor) -> dict[str, Any]:
    return {
        "r": color.red,
        "g": color.green,
        "b": color.blue,
        "confidence": round(color.confidence, _CONFIDENCE_DECIMALS),
    }


def _mesh(face: faces_pb2.Face) -> dict[str, int]:
    return {"vertexCount": face.vertex_count, "faceCount": face.face_count}
