"""A service's fault speaks of its message; the caller hears of the JSON."""

from __future__ import annotations

import pytest

from services.gateway.convert.fields import http_code, http_field


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("body.measurements.waist_girth_mm", "measurements.waist_girth"),
        ("measurements.waist_girth_mm", "measurements.waist_girth"),
        ("body.waist_girth_mm", "measurements.waist_girth"),
        ("waist_girth", "waist_girth"),
        ("body.body_type", "bodyType"),
        ("body.weight_kg", "weightKg"),
        ("body.seed", "seed"),
        ("outfit.items[1].garment_id", "outfit[1].garmentId"),
        ("outfit[1].garment_id", "outfit[1].garmentId"),
        ("look.skin_id", "look.skin"),
        ("look.hair_color", "look.hairColor"),
        ("page_token", "cursor"),
        ("file.texture_atlas", "textureAtlas"),
        ("file.morph_targets[2]", "morphTargets[2]"),
        ("email", "email"),
        ("", ""),
    ],
)
def test_paths_are_those_of_the_json(path: str, field: str) -> None:
    assert http_field(path) == field


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("double.gte_lte", "out_of_range"),
        ("double.finite", "out_of_range"),
        ("string.min_len", "wrong_length"),
        ("string.email", "invalid_format"),
        ("string.uuid", "invalid_format"),
        ("repeated.max_items", "too_many"),
        ("enum.not_in", "not_offered"),
        ("required", "required"),
        ("measurement.implausible", "measurement.implausible"),
    ],
)
def test_rules_have_published_codes(rule: str, code: str) -> None:
    assert http_code(rule) == code
