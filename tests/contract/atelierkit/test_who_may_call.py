"""The rule of access that stands in the proto, held by the server."""

from __future__ import annotations

import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc  # type: ignore[import-untyped]

from atelierkit import identity
from atelierkit.client import is_serving
from atelierkit.errors import AppError, Code
from atelierkit.identity import Caller
from atelierkit.testing import MemoryVerifier, serve, signed_token, token_verifier
from tests.contract.atelierkit import echo

ALICE = Caller("alice", frozenset({"user"}), "alice-token")
ROOT = Caller("root", frozenset({"user", "admin"}), "root-token")
KEY = Caller("alice", frozenset({"user"}), "key-token", frozenset({"words:read", "other:read"}))
OTHER_KEY = Caller("alice", frozenset({"user"}), "other-key-token", frozenset({"other:read"}))
EMPTY_KEY = Caller("alice", frozenset({"user"}), "empty-key-token", frozenset())
ROOT_KEY = Caller("root", frozenset({"user", "admin"}), "root-key-token", frozenset({"words:read"}))
STRANGER = Caller("mallory", frozenset({"user", "admin"}), "no-such-token")

ADMITTED = [
    ("Open", None, ""),
    ("Open", ALICE, ""),
    ("Open", STRANGER, ""),
    ("Settle", None, ""),
    ("Settle", STRANGER, ""),
    ("Say", ALICE, "alice"),
    ("Say", ROOT, "root"),
    ("Unsaid", ALICE, "alice"),
    ("Govern", ROOT, "root"),
    ("Read", ALICE, "alice"),
    ("Read", KEY, "alice"),
    ("Open", EMPTY_KEY, ""),
]
REFUSED = [
    ("Say", None, Code.UNAUTHENTICATED),
    ("Say", STRANGER, Code.UNAUTHENTICATED),
    ("Unsaid", None, Code.UNAUTHENTICATED),
    ("Govern", None, Code.UNAUTHENTICATED),
    ("Govern", STRANGER, Code.UNAUTHENTICATED),
    ("Govern", ALICE, Code.PERMISSION_DENIED),
    ("Govern", ROOT_KEY, Code.PERMISSION_DENIED),
    ("Say", KEY, Code.PERMISSION_DENIED),
    ("Unsaid", KEY, Code.PERMISSION_DENIED),
    ("Read", None, Code.UNAUTHENTICATED),
    ("Read", OTHER_KEY, Code.PERMISSION_DENIED),
    ("Read", EMPTY_KEY, Code.PERMISSION_DENIED),
]


def _verifier() -> MemoryVerifier:
    return MemoryVerifier(
        {caller.token: caller for caller in (ALICE, ROOT, KEY, OTHER_KEY, EMPTY_KEY, ROOT_KEY)}
    )


@pytest.mark.parametrize(("method", "caller", "answer"), ADMITTED)
async def test_who_may_call_is_let_in(method: str, caller: Caller | None, answer: str) -> None:
    async with serve(echo.service(_verifier())) as channel:
        with identity.acting(caller):
            assert (await echo.call(channel, method)(echo.word())).text == answer


@pytest.mark.parametrize(("method", "caller", "code"), REFUSED)
async def test_who_may_not_call_is_kept_out(method: str, caller: Caller | None, code: Code) -> None:
    async def reached(request, context):
        raise AssertionError("the servicer was reached")

    async with serve(echo.service(_verifier(), **{method: reached})) as channel:
        with identity.acting(caller), pytest.raises(AppError) as caught:
            await echo.call(channel, method)(echo.word())
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("method", "told"), [("Read", {"scope": " ".join(echo.SCOPES)}), ("Say", {}), ("Govern", {})]
)
async def test_a_key_hears_which_scope_it_lacks(method: str, told: dict[str, str]) -> None:
    lacking = ROOT_KEY if method == "Govern" else OTHER_KEY
    async with serve(echo.service(_verifier())) as channel:
        with identity.acting(lacking), pytest.raises(AppError) as caught:
            await echo.call(channel, method)(echo.word())
    assert (caught.value.reason, caught.value.metadata) == ("INSUFFICIENT_SCOPE", told)


@pytest.mark.parametrize("header", ["Basic YWxpY2U6eA==", "Bearer", "Bearer ", "alice-token", ""])
async def test_only_a_bearer_token_counts(header: str) -> None:
    async with serve(echo.service(_verifier())) as channel:
        with pytest.raises(AppError, match=identity.NOT_VALID):
            await echo.call(channel, "Say")(echo.word(), metadata=[("authorization", header)])


async def test_without_a_verifier_nothing_but_public_methods_can_be_called() -> None:
    async with serve(echo.service(None)) as channel:
        await echo.call(channel, "Open")(echo.word())
        with identity.acting(ALICE), pytest.raises(AppError) as caught:
            await echo.call(channel, "Say")(echo.word())
    assert caught.value.code is Code.UNAUTHENTICATED


async def test_a_public_method_knows_a_caller_with_a_good_token() -> None:
    async def who(request, context):
        caller = identity.current_caller()
        return echo.word(text=caller.subject if caller else "nobody")

    async with serve(echo.service(_verifier(), Open=who)) as channel:
        open_to_all = echo.call(channel, "Open")
        with identity.acting(ALICE):
            assert (await open_to_all(echo.word())).text == "alice"
        with identity.acting(STRANGER):
            assert (await open_to_all(echo.word())).text == "nobody"
        assert (await open_to_all(echo.word())).text == "nobody"


async def test_a_caller_does_not_outlive_the_call() -> None:
    async with serve(echo.service(_verifier())) as channel:
        with identity.acting(ALICE):
            await echo.call(channel, "Say")(echo.word())
        with pytest.raises(AppError):
            await echo.call(channel, "Say")(echo.word())
    assert identity.current_caller() is None


async def test_a_signed_token_is_verified_for_real() -> None:
    good = signed_token("alice")
    head, body, signature = good.split(".")
    forged = f"{head}.{body}.{signature[:-4]}AAAA"
    async with serve(echo.service(token_verifier())) as channel:
        say = echo.call(channel, "Say")
        assert (await say(echo.word(), metadata=[("authorization", f"Bearer {good}")])).text == "alice"
        with pytest.raises(AppError, match=identity.NOT_VALID):
            await say(echo.word(), metadata=[("authorization", f"Bearer {forged}")])


async def test_health_is_told_to_anybody() -> None:
    async with serve(echo.service(None)) as channel:
        assert await is_serving(channel)
        assert await is_serving(channel, echo.NAME)
        assert not await is_serving(channel, "atelier.other.v1.OtherService")


@pytest.mark.attack("A23")
@pytest.mark.parametrize("reflection", [False, True])
async def test_reflection_is_off_unless_it_is_asked_for(reflection: bool) -> None:
    names: list[str] = []
    refusals: list[Code] = []
    async with serve(echo.service(None), reflection=reflection) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        question = reflection_pb2.ServerReflectionRequest(list_services="")
        try:
            async for answer in stub.ServerReflectionInfo(iter([question])):
                names += [service.name for service in answer.list_services_response.service]
        except AppError as error:
            refusals.append(error.code)
    assert (echo.NAME in names, refusals) == ((True, []) if reflection else (False, [Code.UNIMPLEMENTED]))
