"""Names of fields: a service's fault speaks of its message, the caller must hear of the JSON."""

from __future__ import annotations

import re

from atelier.common.v1 import body_pb2

# Wrappers that the JSON does not have, and fields that it calls otherwise.
_UNWRAPPED = (("body.", ""), ("file.", ""), ("outfit.items", "outfit"))
_RENAMED = {"skin_id": "skin", "hairstyle_id": "hairstyle", "page_size": "limit", "page_token": "cursor"} | {
    "cloud": "file"
}
_MEASUREMENTS = frozenset(field.name for field in body_pb2.Measurements.DESCRIPTOR.fields)
_UNIT = "_mm"
_ROW = re.compile(r"rows\[\d+\]")


def camel(name: str) -> str:
    """`hair_color` -> `hairColor`."""
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def http_field(path: str) -> str:
    """Path of a field in JSON, from its path in a message: `body.measurements.waist_girth_mm` is
    `measurements.waist_girth`, `outfit.items[1].garment_id` is `outfit[1].garmentId`; in a row of a batch likewise.
    """
    row, dot, rest = path.partition(".")
    if dot and _ROW.fullmatch(row):
        return f"{row}.{http_field(rest)}"
    for wrapper, bare in _UNWRAPPED:
        path = path.replace(wrapper, bare, 1) if path.startswith(wrapper) else path
    if path.removeprefix("measurements.") in _MEASUREMENTS:
        return "measurements." + path.removeprefix("measurements.").removesuffix(_UNIT)
    if path.startswith("measurements"):
        return path
    return ".".join(_segment(part) for part in path.split("."))


def _segment(part: str) -> str:
    name, bracket, index = part.partition("[")
    if name + _UNIT in _MEASUREMENTS:  # a source that takes them flat
        return part
    return camel(_RENAMED.get(name, name)) + bracket + index


# Rule ids of protovalidate, such as `double.gte_lte`, in the words of the published error codes.
_RULES = {
    "out_of_range": ("gte", "lte", "gt", "lt", "finite"),
    "wrong_length": ("min_len", "max_len", "len"),
    "invalid_format": ("pattern", "uuid", "email"),
    "too_many": ("max_items",),
    "not_offered": ("defined_only", "not_in", "in"),
}


def http_code(rule: str) -> str:
    """Published code of a broken rule; a service's own codes pass as they are, in lower case."""
    kind, _, name = rule.lower().partition(".")
    words = name.split("_") if kind in {"double", "float", "int32", "int64", "uint32"} else [name]
    for code, names in _RULES.items():
        if any(word in names for word in words):
            return code
    return rule.lower()
