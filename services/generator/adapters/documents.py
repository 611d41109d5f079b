"""Recipes, receipts and what is told about scans as JSON documents, for the records. Numbers survive the way there and back exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.generator.domain.model import (
    BodySpec,
    BodyType,
    Interval,
    Look,
    OutfitItem,
    Quantities,
    Reading,
    Receipt,
    ReceiptLine,
    Recipe,
    Source,
    Weight,
    WornFace,
)
from services.generator.domain.scan import Registration, ScanReport

Document = dict[str, Any]


def recipe_document(recipe: Recipe) -> Document:
    """The recipe as JSON."""
    body, look = recipe.body, recipe.look
    return {
        "measurements_mm": dict(body.measurements_mm),
        "body_type": body.body_type.value,
        "seed": body.seed,
        "weight_kg": body.weight_kg,
        "age": body.age,
        "model_version": recipe.model_version,
        "look": {"skin_id": look.skin_id, "hairstyle_id": look.hairstyle_id, "hair_color": look.hair_color},
        "outfit": [
            {"garment_id": item.garment_id, "size": item.size, "color": item.color} for item in recipe.outfit
        ],
        "face": None if recipe.face is None else {**asdict(recipe.face), "face_id": str(recipe.face.face_id)},
        "pose_id": recipe.pose_id,
    }


def recipe_of(document: Mapping[str, Any]) -> Recipe:
    """The recipe that ``recipe_document`` wrote."""
    return Recipe(
        body=BodySpec(
            measurements_mm=document["measurements_mm"],
            body_type=BodyType(document["body_type"]),
            seed=document["seed"],
            weight_kg=document["weight_kg"],
            age=document["age"],
        ),
        model_version=document["model_version"],
        look=Look(**document["look"]),
        outfit=tuple(OutfitItem(**item) for item in document["outfit"]),
        # Absent from recipes of before.
        face=_worn_of(document.get("face")),
        pose_id=document.get("pose_id", ""),
    )


def _worn_of(document: Mapping[str, Any] | None) -> WornFace | None:
    return None if document is None else WornFace(**{**document, "face_id": UUID(document["face_id"])})


def receipt_document(receipt: Receipt) -> Document:
    """The receipt as JSON."""
    return {
        "lines": [
            {
                "reading": _reading_document(line.reading),
                "target_mm": line.target_mm,
                "source": line.source.value,
                "interval_mm": list(line.interval_mm),
            }
            for line in receipt.lines
        ],
        "beside": [_reading_document(reading) for reading in receipt.beside],
        "within_iso20685": receipt.within_iso20685,
        "point_count": receipt.point_count,
        "vertex_count": receipt.vertex_count,
        "face_count": receipt.face_count,
        "quantities": _quantities_document(receipt.quantities),
        "weight": _weight_document(receipt.weight),
    }


def receipt_of(document: Mapping[str, Any]) -> Receipt:
    """The receipt that ``receipt_document`` wrote."""
    return Receipt(
        lines=tuple(
            ReceiptLine(
                _reading_of(line["reading"]),
                line["target_mm"],
                Source(line["source"]),
                Interval(*line["interval_mm"]),
            )
            for line in document["lines"]
        ),
        beside=tuple(map(_reading_of, document["beside"])),
        within_iso20685=document["within_iso20685"],
        point_count=document["point_count"],
        vertex_count=document["vertex_count"],
        face_count=document["face_count"],
        # Absent from receipts of the first release.
        quantities=_quantities_of(document.get("quantities")),
        weight=_weight_of(document.get("weight")),
    )


def scan_report_document(report: ScanReport) -> Document:
    """What a scan was found to be, as JSON."""
    return asdict(report)


def scan_report_of(document: Mapping[str, Any]) -> ScanReport:
    """The report that ``scan_report_document`` wrote."""
    return ScanReport(**document)


def registration_document(registration: Registration | None) -> Document | None:
    """A fitted body as JSON; None stays None."""
    if registration is None:
        return None
    return {
        "score": registration.score,
        "mean_distance_mm": registration.mean_distance_mm,
        "inlier_share": registration.inlier_share,
        "readings": [_reading_document(reading) for reading in registration.readings],
        "quantities": asdict(registration.quantities),
    }


def registration_of(document: Mapping[str, Any] | None) -> Registration | None:
    """The registration that ``registration_document`` wrote."""
    if document is None:
        return None
    return Registration(
        score=document["score"],
        mean_distance_mm=document["mean_distance_mm"],
        inlier_share=document["inlier_share"],
        readings=tuple(map(_reading_of, document["readings"])),
        quantities=Quantities(**document["quantities"]),
    )


def _reading_document(reading: Reading) -> Document:
    return {
        "name": reading.name,
        "delivered_mm": reading.delivered_mm,
        "tape": [list(point) for point in reading.tape],
        "feasible": reading.feasible,
    }


def _reading_of(document: Mapping[str, Any]) -> Reading:
    return Reading(
        name=document["name"],
        delivered_mm=document["delivered_mm"],
        tape=tuple((x, y, z) for x, y, z in document["tape"]),
        feasible=document["feasible"],
    )


def _quantities_document(quantities: Quantities | None) -> Document | None:
    if quantities is None:
        return None
    return {"volume_l": quantities.volume_l, "surface_area_m2": quantities.surface_area_m2}


def _quantities_of(document: Mapping[str, Any] | None) -> Quantities | None:
    return None if document is None else Quantities(**document)


def _weight_document(weight: Weight | None) -> Document | None:
    if weight is None:
        return None
    return {
        "asked_kg": weight.asked_kg,
        "estimated_kg": weight.estimated_kg,
        "interval_kg": list(weight.interval_kg),
    }


def _weight_of(document: Mapping[str, Any] | None) -> Weight | None:
    if document is None:
        return None
    return Weight(document["asked_kg"], document["estimated_kg"], Interval(*document["interval_kg"]))
