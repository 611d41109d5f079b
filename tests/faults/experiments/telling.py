"""F. The world outside: servers of people that do not take their webhooks, and a mail server that is away."""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from atelierkit.postgres.launcher import DATABASE
from tests.faults.experiments.claims import grown
from tests.faults.harness.experiment import experiment
from tests.faults.harness.sinks import Behaviour, PersonsServer, Told
from tests.faults.harness.stack import Plan
from tests.faults.harness.users import User
from tests.faults.harness.waiting import until
from tests.faults.harness.world import World

WAITS_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Standard Webhooks 1.0.0: the first attempt at once, then so long after each failure. Written down once more: a change of
ours must show."""
SPREAD = 0.1
"""Each wait is longer by this share at most."""
SCALE = 1.2e-4
"""Three days become half a minute."""
LETTERS_SCALE = 0.02
"""Five minutes without a mail server become six seconds."""
TIMEOUT_S = 1.0
EARLY_S = 0.25
"""An arrival may be noticed this much later than the next one, which makes the wait between them look short."""
LATE_S = 3.0
"""Attempts may come this much later than they are due, on a machine that does other work too."""
NEWS_S = 3.0
"""A server that takes its messages has them within this time, whatever others do."""
FOR_GOOD_S = 120.0
"""Longest wait for the end of everything."""
NOWHERE = "https://gone.atelier.example/hook"
"""Nobody ever has this name (RFC 2606)."""
REFUSES, UNNAMED = "refuses connections", "has lost its name"
ENDS: Mapping[str, tuple[int | None, frozenset[str]]] = {
    Behaviour.FAILS.name: (500, frozenset({"refused"})),
    Behaviour.REDIRECTS.name: (302, frozenset({"redirected"})),
    Behaviour.LURES.name: (307, frozenset({"redirected"})),
    Behaviour.HANGS.name: (None, frozenset({"timeout"})),
    Behaviour.DRIPS.name: (None, frozenset({"timeout"})),
    REFUSES: (None, frozenset({"not_reached"})),
    # Where there is no name server at all, nobody says that there is no such name.
    UNNAMED: (None, frozenset({"not_allowed", "timeout"})),
}
"""Status and error of the last of ten attempts, by how the server fails."""
QUICK = ("garments", "skins", "account", "page", "get", "job", "jobs", "balance", "statement")
"""What waits for nothing but the gateway and a database."""
OUTSIDE_FAILS = Plan(
    variables={
        "ATELIER_AUTH_WEBHOOKS_SCHEDULE_SCALE": str(SCALE),
        "ATELIER_AUTH_WEBHOOKS_TIMEOUT_S": str(TIMEOUT_S),
        "ATELIER_AUTH_LETTERS_SCHEDULE_SCALE": str(LETTERS_SCALE),
    }
)


@dataclass(frozen=True)
class Hook:
    """A webhook, the server behind it, and the message that it was sent."""

    way: str
    """How the server fails."""
    server: PersonsServer
    owner: User
    id: str
    delivery: str
    message: str

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/v1/webhooks/{self.id}"

    def attempts(self) -> list[Told]:
        """What came to the server."""
        return [each for each in self.server.messages() if each.webhook_id == self.message]

    def taken(self) -> bool:
        """Whether the server has taken the message."""
        return self.server.took(self.message)


@experiment(
    "F34",
    "servers of people fail in every way, and the mail server is away",
    plan=OUTSIDE_FAILS,
    alert="DeliveriesFail",
)
async def nobody_can_be_told(world: World) -> None:
    """Ten attempts on the schedule, under one id; letters wait. Afterwards everybody can be told of everything.

    Neither people with other servers nor any route of the platform feel it.
    """
    await world.under_load(4)  # enough to know the slowest of the usual waits by
    owner = await world.api.sign_up(f"owner-{world.random.getrandbits(48):012x}@example.org")
    async with world.fault():
        await world.sinks.mail.go_away()
        failing = [await _failing(world, owner, way) for way in ENDS]
        gone = await _failing(world, owner, Behaviour.IS_GONE.name)
        healing = await _failing(world, owner, Behaviour.FAILS.name)
        others = asyncio.create_task(_others_are_told(world))
        await until(lambda: len(healing.attempts()) >= 4, FOR_GOOD_S)
        healing.server.behaviour = Behaviour.TAKES
        ended = await _ended(world, owner, [*failing, gone, healing])
        others.cancel()
        await _heal(world, [*failing, gone])
    for hook in failing:
        _on_schedule(world, hook, ended[hook.id])
    _let_alone(world, gone, ended[gone.id])
    world.claim(
        ended[healing.id]["state"] == "delivered" and healing.taken(), "a server that healed was not told"
    )
    await _replayed(world, [*failing, gone])
    await _letters_came(world, owner, exhausted=len(failing))
    _signed(world, owner, [*failing, gone, healing])
    world.claim(grown(world, *QUICK), "other routes became slower")
    world.claim(grown(world, *QUICK, which=0.95), "the slowest of other routes became slower")


async def _failing(world: World, owner: User, way: str) -> Hook:
    """A webhook to a server that fails in that way, and a message on its way to it."""
    server = await world.sinks.server()
    id = await world.api.add_webhook(owner, server.url)
    if way == REFUSES:
        await server.refuse()
    elif way == UNNAMED:
        # Its owner could not add it like that: the name has to lead somewhere then.
        with world.stack.database.admin(DATABASE) as connection:
            connection.execute("UPDATE auth.webhooks SET url = %s WHERE id = %s", (NOWHERE, id))
    else:
        server.behaviour = Behaviour[way]
    _, answer = await world.api.ask("test", "POST", f"/v1/webhooks/{id}/test", user=owner)
    assert answer is not None
    told = answer.json()
    return Hook(way, server, owner, id, told["id"], told["messageId"])


async def _others_are_told(world: World) -> None:
    """Somebody with a server that works has it tested again and again, until cancelled."""
    user, sink = world.users[0], world.sinks.everybodys
    [id] = user.webhooks
    while True:
        _, answer = await world.api.ask("test", "POST", f"/v1/webhooks/{id}/test", user=user)
        assert answer is not None
        message = answer.json()["messageId"]
        try:
            await until(functools.partial(sink.took, message), world.patient(NEWS_S))
        except TimeoutError:
            world.claim(False, f"{message} was not taken within {NEWS_S:g} s by a server that works")
        await asyncio.sleep(NEWS_S)


async def _ended(world: World, owner: User, hooks: Sequence[Hook]) -> Mapping[str, dict[str, Any]]:
    """What came of each webhook's message, once no attempt is to come."""
    ended: dict[str, dict[str, Any]] = {}
    async with asyncio.timeout(FOR_GOOD_S):
        while len(ended) < len(hooks):
            await asyncio.sleep(1)
            for hook in hooks:
                if hook.id in ended:
                    continue
                delivery = await _delivery(world, hook)
                if delivery["state"] != "waiting":
                    ended[hook.id] = delivery
                else:
                    # They end in about this order: nobody asks in vain.
                    break
    return ended


async def _delivery(world: World, hook: Hook) -> dict[str, Any]:
    _, answer = await world.api.ask("deliveries", "GET", f"{hook.path}/deliveries", user=hook.owner)
    assert answer is not None
    [found] = [each for each in answer.json()["data"] if each["id"] == hook.delivery]
    delivery: dict[str, Any] = found
    return delivery


async def _heal(world: World, hooks: Sequence[Hook]) -> None:
    for hook in hooks:
        hook.server.behaviour = Behaviour.TAKES
        if hook.way == REFUSES:
            await hook.server.listen()
        if hook.way in {UNNAMED, Behaviour.IS_GONE.name}:
            mended = {"url": hook.server.url, "enabled": True}
            await world.api.ask("webhook", "PATCH", hook.path, user=hook.owner, json=mended)
    await world.sinks.mail.come()


def _on_schedule(world: World, hook: Hook, delivery: Mapping[str, Any]) -> None:
    """Ten attempts, each at its time and with its own timestamp, and nothing but the message itself came."""
    status, errors = ENDS[hook.way]
    told = (delivery["state"], delivery["attempts"], delivery["status"])
    as_meant = told == ("exhausted", len(WAITS_S) + 1, status) and delivery["error"] in errors
    world.claim(as_meant, f"a server that {hook.way}: {told}, {delivery['error']}")
    world.claim(not hook.server.lured, f"the redirect of a server that {hook.way} was followed")
    failed = [each for each in hook.attempts() if not each.met.takes]
    if hook.way in {REFUSES, UNNAMED}:
        world.claim(not failed, f"a server that {hook.way} was reached")
        return
    world.claim(len(failed) == len(WAITS_S) + 1, f"{len(failed)} attempts at a server that {hook.way}")
    world.claim(len({each.body for each in failed}) == 1, "the attempts had different bodies")
    for (one, other), wait_s in zip(pairwise(failed), WAITS_S, strict=False):
        waited, due = other.at - one.at, wait_s * SCALE
        latest = due * (1 + SPREAD) + TIMEOUT_S + world.patient(LATE_S)
        world.claim(
            due - EARLY_S <= waited <= latest, f"an attempt came after {waited:.2f} s, due was {due:.2f} s"
        )
        anew = waited < 1 + EARLY_S or one.timestamp != other.timestamp
        world.claim(anew, f"two attempts {waited:.1f} s apart have the timestamp {one.timestamp}")
    for each in failed:
        world.claim(
            abs(each.at - float(each.timestamp)) < world.patient(LATE_S), "a timestamp is not its attempt's"
        )


def _let_alone(world: World, hook: Hook, delivery: Mapping[str, Any]) -> None:
    """Who answers 410 is asked once, and never again."""
    came = [each for each in hook.attempts() if not each.met.takes]
    told = (delivery["state"], delivery["attempts"], delivery["status"])
    world.claim(
        told == ("cancelled", 1, 410) and len(came) == 1, f"410 was heard as {told}, {len(came)} times"
    )


async def _replayed(world: World, hooks: Sequence[Hook]) -> None:
    """Each message comes again, under its id, when its owner wants it."""
    for hook in hooks:
        world.claim(not hook.taken(), f"{hook.message} came again unasked")
        path = f"{hook.path}/deliveries/{hook.delivery}/replay"
        replayed, _ = await world.api.ask("replay", "POST", path, user=hook.owner)
        world.claim(replayed.acknowledged, f"replaying was answered {replayed.status} {replayed.answer}")
    try:
        await until(lambda: all(hook.taken() for hook in hooks), world.patient(NEWS_S))
    except TimeoutError:
        missing = [hook.way for hook in hooks if not hook.taken()]
        world.claim(False, f"replays did not come to servers that {', '.join(missing)}")


async def _letters_came(world: World, owner: User, *, exhausted: int) -> None:
    """Everybody who signed up got their letter, and the owner one more for each webhook that fails; nobody two."""
    mail = world.sinks.mail
    signed_up = [entry for entry in world.journal if entry.operation == "signup" and entry.acknowledged]
    expected = Counter(entry.intent["email"] for entry in signed_up) + Counter({owner.email: exhausted})

    def complete() -> bool:
        return all(len(mail.to(address)) >= count for address, count in expected.items())

    try:
        await until(complete, FOR_GOOD_S)
    except TimeoutError:
        lost = sum(count - len(mail.to(address)) for address, count in expected.items())
        world.claim(False, f"{lost} letters were lost")
    ids = Counter(letter["Message-ID"] for letter in mail.letters)
    world.claim(max(ids.values()) == 1, f"{sum(count - 1 for count in ids.values())} letters came twice")
    for address, count in expected.items():
        world.claim(len(mail.to(address)) <= count, f"{address} got more letters than there was to tell")
    waited = [entry for entry in world.during("signup") if entry.acknowledged]
    world.claim(bool(waited), "nobody signed up while the mail server was away")


def _signed(world: World, owner: User, hooks: Sequence[Hook]) -> None:
    """Every message is signed by its webhook's secret."""
    for hook in hooks:
        secret = Webhook(owner.webhooks[hook.id])
        for each in hook.server.messages():
            try:
                secret.verify(each.body, dict(each.headers))
            except WebhookVerificationError as error:
                world.claim(False, f"{each.webhook_id} cannot be verified: {error}")
