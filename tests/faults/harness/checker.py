"""The invariants that hold after every experiment, whatever the fault was; one violation fails the run.

Each is one function from the evidence to sentences that say what is wrong. Numbers are those of the plan; those about jobs
are in `dealings.py`. I8 and I11 need to know the fault, so the experiments claim them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus

from tests.faults.harness.dealings import (
    every_job_ends,
    everybody_is_told,
    ledger_is_sound,
    one_charge,
    requests_leave_one_entry,
)
from tests.faults.harness.evidence import Evidence, damage
from tests.faults.harness.journal import Entry

GRACE_S = 0.25
"""An answer may come this much after the deadline."""
RECOVERY_LIMIT_S = 15.0
"""Good-put is back within this time of the fault's end."""
GOOD_AGAIN = 0.9
"""Share of the good-put before the fault that counts as recovered: of answers from the last bad one on, so that nine good
ones must follow it."""
_ERROR_FIELDS = {"success", "error", "code", "details", "requestId", "retryable"}
_RETRYABLE = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
_RETRYABLE_CODES = {"idempotency_in_progress"}
"""Conflicts that pass by themselves."""
_WITH_RETRY_AFTER = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_TOLD_TOO_MUCH = re.compile(
    r"Traceback|File \"|\.py\b|127\.0\.0\.1|localhost|psycopg|sqlalchemy|grpc\.|SELECT |INSERT |postgres",
    re.IGNORECASE,
)

Invariant = Callable[[Evidence], Iterator[str]]


def acknowledged_is_durable(evidence: Evidence) -> Iterator[str]:
    """I1: what was acknowledged is there after recovery, as it was told; what was deleted is gone."""
    maybe_deleted = {entry.intent["id"] for entry in evidence.journal if entry.operation == "delete"}
    for entry in _acknowledged(evidence, "create"):
        id = entry.answer["id"]
        found = evidence.found_again[id]
        if found.acknowledged:
            yield from _differences(evidence, entry, found)
        elif id not in maybe_deleted:
            yield f"avatar {id} was made and answers {found.status}"
    for entry in _acknowledged(evidence, "delete"):
        id = entry.intent["id"]
        if (status := evidence.found_again[id].status) != HTTPStatus.NOT_FOUND:
            yield f"avatar {id} was deleted and answers {status}"
    for entry in (*_acknowledged(evidence, "batch"), *_acknowledged(evidence, "photos")):
        id = entry.answer["id"]
        found = evidence.found_again[id]
        if not found.acknowledged or found.answer["credits"] != entry.answer["credits"]:
            yield f"job {id} was accepted and answers {found.status} {found.answer}"
    for entry in _acknowledged(evidence, "signup"):
        if not evidence.found_again[entry.intent["email"]].acknowledged:
            yield f"the account {entry.intent['email']} was made and cannot log in"


def artefacts_are_whole(evidence: Evidence) -> Iterator[str]:
    """I5: every record's files are there, unharmed and readable; no file is left that no record knows."""
    for file in evidence.files:
        if wrong := damage(file, evidence.blobs):
            yield f"{file.role} of {file.record}: {file.key} {wrong}"
    for key in evidence.orphans():
        yield f"{key} belongs to nobody"


def every_request_ends(evidence: Evidence) -> Iterator[str]:
    """I6: every request is answered, or closed, within its deadline."""
    for entry in evidence.journal:
        if entry.answered is None or entry.hung:
            yield f"{entry} hung"
        elif (late := past_deadline(entry)) > GRACE_S * evidence.patience + evidence.lag_s:
            yield f"{entry} was answered {late * 1000:.0f} ms after its deadline"


def errors_have_one_shape(evidence: Evidence) -> Iterator[str]:
    """I7: every refusal has the published body, says when to come back, and tells nothing of the inside."""
    for entry in evidence.journal:
        if entry.status is None or entry.status < HTTPStatus.BAD_REQUEST:
            continue
        body = entry.answer
        if not isinstance(body, dict) or not body.keys() >= _ERROR_FIELDS or body["success"] is not False:
            yield f"{entry} has the body {body!r}"
            continue
        passes = entry.status in _RETRYABLE or body["code"] in _RETRYABLE_CODES
        if body["retryable"] is not passes:
            yield f"{entry} says retryable={body['retryable']}"
        if entry.status in _WITH_RETRY_AFTER and "retry-after" not in entry.headers:
            yield f"{entry} does not say when to come back: {body['code']}"
        if told := _TOLD_TOO_MUCH.search(str(body)):
            yield f"{entry} tells {told[0]!r}"


def no_fault_is_a_bug(evidence: Evidence) -> Iterator[str]:
    """Whatever a neighbour does, the answer is no 500, and no valid token is refused."""
    for entry in evidence.journal:
        if entry.status in {HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            yield f"{entry} at {entry.sent:.1f} s: {entry.answer}"


def nobody_else_ends(evidence: Evidence) -> Iterator[str]:
    """I8, the part about liveness: no process ends because another one did."""
    for ended in evidence.unasked_ends:
        yield f"{ended} ended"


def good_put_comes_back(evidence: Evidence) -> Iterator[str]:
    """I12: good-put is back in time. The load is open, so the share of good answers stands for their rate."""
    window = evidence.window
    before = _good_share(
        [
            entry
            for entry in evidence.journal.between(window.load_began, window.fault_began)
            # What was under way when the fault began met it.
            if entry.answered is not None and entry.answered < window.fault_began
        ]
    )
    if before < 1.0:
        yield f"only {before:.0%} of the answers before the fault were good"
    again = recovery_s(evidence)
    if again > RECOVERY_LIMIT_S:
        yield f"good-put was back after {again:.1f} s"
    late = evidence.journal.between(window.fault_ended + again, window.load_ended)
    if not late:
        yield "the load ended before good-put was back"
    elif _good_share(late) < GOOD_AGAIN * before:
        yield f"good-put came back to {_good_share(late):.0%}"


INVARIANTS: tuple[Invariant, ...] = (
    acknowledged_is_durable,
    one_charge,
    ledger_is_sound,
    every_job_ends,
    artefacts_are_whole,
    every_request_ends,
    errors_have_one_shape,
    no_fault_is_a_bug,
    nobody_else_ends,
    everybody_is_told,
    requests_leave_one_entry,
    good_put_comes_back,
)
IN_THE_END: tuple[Invariant, ...] = (
    one_charge,
    every_job_ends,
    everybody_is_told,
    requests_leave_one_entry,
)
"""Those that hold once what was under way has come to its end."""


def at_rest(evidence: Evidence) -> bool:
    """Whether nothing is under way any more: waiting would change nothing."""
    return not evidence.orphans() and not any(next(invariant(evidence), None) for invariant in IN_THE_END)


def violations(evidence: Evidence) -> list[str]:
    """Everything that is wrong, a sentence each."""
    return [
        f"{invariant.__name__}: {sentence}" for invariant in INVARIANTS for sentence in invariant(evidence)
    ]


def recovery_s(evidence: Evidence) -> float:
    """Seconds from the fault's end until the last request was sent that failed after it; 0 where none did."""
    window = evidence.window
    after = evidence.journal.between(window.fault_ended, window.load_ended)
    return max((entry.sent - window.fault_ended for entry in after if not entry.good), default=0.0)


def past_deadline(entry: Entry) -> float:
    """Seconds by which the answer came after the deadline; 0 where it came before."""
    return max(0.0, entry.seconds - entry.deadline_s)


def _acknowledged(evidence: Evidence, operation: str) -> Iterator[Entry]:
    return (entry for entry in evidence.journal if entry.operation == operation and entry.acknowledged)


def _differences(evidence: Evidence, made: Entry, found: Entry) -> Iterator[str]:
    """The avatar as found against what was acknowledged: its body for ever, its skin up to changes."""
    told, now = made.answer["recipe"], found.answer["recipe"]
    id = made.answer["id"]
    changes = [
        entry for entry in evidence.journal if entry.operation == "change" and entry.intent["id"] == id
    ]
    # Changes of one avatar are sent one after another, and none after one whose end is unknown.
    known = [entry for entry in changes if entry.acknowledged]
    skins = {known[-1].intent["skin"] if known else told["look"]["skin"]}
    skins |= {entry.intent["skin"] for entry in changes if not entry.acknowledged}
    if now["look"]["skin"] not in skins:
        yield f"avatar {id} has the skin {now['look']['skin']}, and {sorted(skins)} was acknowledged"
    if {**now, "look": None} != {**told, "look": None}:
        yield f"avatar {id} has another recipe than was acknowledged"


def _good_share(entries: list[Entry]) -> float:
    return sum(entry.good for entry in entries) / len(entries) if entries else 1.0
