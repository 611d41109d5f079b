"""What API keys may is said for every method and every route, and said once."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator

import pytest
from buf.validate import validate_pb2
from google.protobuf.descriptor import MethodDescriptor

from atelier.auth.v1 import api_keys_pb2
from atelier.common.v1 import access_pb2
from atelierkit.scopes import Scope
from services.gateway.operations import Access, Operation
from services.gateway.routes import OPERATIONS
from tests.arch.source_tree import ROOT

GENERATED = ROOT / "gen" / "python"

METHODS_FOR_PEOPLE = {
    "ApiKeyService": {"CreateApiKey", "ListApiKeys", "RevokeApiKey"},
    "ConsentService": {"ListConsents", "RecordConsent"},
    "PeopleService": {
        "ChangePassword",
        "DeleteAccount",
        "EndOtherSessions",
        "EndSession",
        "ExportPerson",
        "ListSessions",
        "ResendVerification",
        "UpdateProfile",
    },
    "PersonService": {"DeletePerson", "ExportPerson"},
    "WebhookService": {
        "CreateWebhook",
        "DeleteWebhook",
        "GetWebhook",
        "ListDeliveries",
        "ListWebhooks",
        "ReplayDelivery",
        "RotateSecret",
        "SendTest",
        "UpdateWebhook",
    },
}
"""Methods that no key calls: with them, a stolen key could make itself at home."""

ROUTES_FOR_PEOPLE = {
    "DELETE /v1/api-keys/{id}",
    "DELETE /v1/me",
    "DELETE /v1/me/sessions",
    "DELETE /v1/me/sessions/{id}",
    "DELETE /v1/webhooks/{id}",
    "GET /v1/api-keys",
    "GET /v1/me/consents",
    "GET /v1/me/export",
    "GET /v1/me/sessions",
    "GET /v1/webhooks",
    "GET /v1/webhooks/{id}",
    "GET /v1/webhooks/{id}/deliveries",
    "PATCH /v1/me",
    "PATCH /v1/webhooks/{id}",
    "POST /v1/api-keys",
    "POST /v1/auth/email/resend",
    "POST /v1/me/consents",
    "POST /v1/me/password",
    "POST /v1/webhooks",
    "POST /v1/webhooks/{id}/deliveries/{deliveryId}/replay",
    "POST /v1/webhooks/{id}/rotate-secret",
    "POST /v1/webhooks/{id}/test",
}


def methods() -> Iterator[MethodDescriptor]:
    """Every method of the contract."""
    for path in sorted(GENERATED.rglob("atelier/*/v1/*_pb2.py")):
        name = ".".join(path.relative_to(GENERATED).with_suffix("").parts)
        for service in importlib.import_module(name).DESCRIPTOR.services_by_name.values():
            yield from service.methods


def scopes_of(method: MethodDescriptor) -> list[str]:
    return list(method.GetOptions().Extensions[access_pb2.scopes])


def access_of(method: MethodDescriptor) -> int:
    return method.GetOptions().Extensions[access_pb2.access]


def silent_methods(methods: Iterable[MethodDescriptor]) -> set[tuple[str, str]]:
    """Service and name of each method of signed-in people that names no scope."""
    return {
        (each.containing_service.name, each.name)
        for each in methods
        if access_of(each) == access_pb2.ACCESS_USER and not scopes_of(each)
    }


def silent_routes(operations: Iterable[Operation]) -> set[str]:
    """Routes of signed-in people that name no scope."""
    return {
        f"{each.method} {each.path}" for each in operations if each.access is Access.USER and not each.scopes
    }


def test_a_method_of_people_names_a_scope_or_is_meant_to_be_theirs_alone() -> None:
    meant = {(service, name) for service, names in METHODS_FOR_PEOPLE.items() for name in names}
    assert silent_methods(methods()) == meant


def test_a_route_of_people_names_a_scope_or_is_meant_to_be_theirs_alone() -> None:
    assert silent_routes(OPERATIONS) == ROUTES_FOR_PEOPLE


def test_a_method_or_route_that_says_nothing_is_seen() -> None:
    assert len(list(methods())) > 40
    [create] = [each for each in methods() if each.name == "CreateApiKey"]
    assert silent_methods([create]) == {("ApiKeyService", "CreateApiKey")}
    bare = Operation("GET", "/v1/new", "New", "New", OPERATIONS[0].handler)
    assert silent_routes([bare]) == {"GET /v1/new"}


def test_only_what_asks_for_a_person_names_scopes() -> None:
    for method in methods():
        if access_of(method) != access_pb2.ACCESS_USER:
            assert scopes_of(method) == [], method.full_name
    for operation in OPERATIONS:
        if operation.access is not Access.USER:
            assert operation.scopes == (), operation.path


def test_the_contract_knows_the_scopes_that_the_code_knows() -> None:
    known = {scope.value for scope in Scope}
    named = {scope for method in methods() for scope in scopes_of(method)}
    assert named == known - {Scope.CATALOG_READ}, "the catalogue is open to all"
    field = api_keys_pb2.CreateApiKeyRequest.DESCRIPTOR.fields_by_name["scopes"]
    rule = field.GetOptions().Extensions[validate_pb2.field]
    assert set(getattr(rule.repeated.items.string, "in")) == known


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_is_explained(scope: Scope) -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    assert f"| `{scope.value}` |" in page
