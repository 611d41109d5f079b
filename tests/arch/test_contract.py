"""The contract, the libraries and the services say the same."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from buf.validate import validate_pb2
from google.protobuf.descriptor import ServiceDescriptor

import atelier
import services
from anthropometry.measurements import MEASUREMENTS
from atelier.common.v1 import access_pb2, body_pb2, error_reason_pb2
from atelierkit.errors import AppError

OWN_REASONS = {"UNKNOWN"}
"""Of the abstract base class: nothing raises it."""


def error_classes() -> Iterator[type[AppError]]:
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if module.name.endswith("__main__") or ".migrations" in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if (
                inspect.isclass(value)
                and issubclass(value, AppError)
                and value.__module__.startswith("services.")
            ):
                yield value


def test_every_reason_of_the_services_is_in_the_catalogue() -> None:
    catalogue = {name.removeprefix("ERROR_REASON_") for name in error_reason_pb2.ErrorReason.keys()}  # noqa: SIM118
    reasons = {error.reason for error in error_classes()}
    assert len(reasons) > 5
    assert reasons - catalogue - OWN_REASONS == set()


def test_the_limits_of_the_measurements_are_those_of_the_schema() -> None:
    fields = body_pb2.Measurements.DESCRIPTOR.fields
    assert [field.name for field in fields] == [f"{item.name}_mm" for item in MEASUREMENTS]
    for field, item in zip(fields, MEASUREMENTS, strict=True):
        rule = field.GetOptions().Extensions[validate_pb2.field].double
        assert (rule.gte, rule.lte) == (item.lowest_mm, item.highest_mm), item.name


def proto_services() -> Iterator[ServiceDescriptor]:
    for module in pkgutil.walk_packages(atelier.__path__, "atelier."):
        if module.name.endswith("_pb2"):
            yield from importlib.import_module(module.name).DESCRIPTOR.services_by_name.values()


@pytest.mark.parametrize("service", list(proto_services()), ids=lambda service: service.full_name)
def test_every_method_says_who_may_call_it(service: ServiceDescriptor) -> None:
    for method in service.methods:
        access = method.GetOptions().Extensions[access_pb2.access]
        assert access != access_pb2.ACCESS_UNSPECIFIED, method.full_name
        assert (method.input_type.name, method.output_type.name) == (
            f"{method.name}Request",
            f"{method.name}Response",
        )
