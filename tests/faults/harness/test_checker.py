"""Every invariant sees what breaks it, and a sound run breaks none."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.auth.domain.audit import START
from services.auth.domain.credits import Book
from services.auth.domain.recount import Misfit
from services.auth.use_cases.audit import Verdict
from tests.faults.harness import checker, dealings
from tests.faults.harness.records import HoldRecord
from tests.faults.harness.sound_run import JOB, RECIPE, RESULTS, WINDOW, Run, refusal


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    yield run
    run.journal.close()


def lost(run: Run) -> None:
    run.found["a"].status = 404


def another_skin(run: Run) -> None:
    run.found["a"].answer = {"id": "a", "recipe": RECIPE | {"look": {"skin": "tone-02"}}}


def not_deleted(run: Run) -> None:
    run.entry("delete", at=3, intent={"id": "a"})


def missing_file(run: Run) -> None:
    (run.blobs / run.files[0].key).unlink()


def damaged_file(run: Run) -> None:
    path = run.blobs / run.files[0].key
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def no_glb(run: Run) -> None:
    run.store("avatars", b"glTF" + bytes(60))


def orphan(run: Run) -> None:
    run.known_keys.clear()


def hung(run: Run) -> None:
    run.entry("page", at=14, status=None, hung=True)


def late(run: Run) -> None:
    run.entry("page", at=14, answered=19.3)


def no_retry_after(run: Run) -> None:
    run.entry("page", at=14, status=503, answer=refusal())


def told_too_much(run: Run) -> None:
    answer = refusal(error="connection to 127.0.0.1 refused")
    run.entry("page", at=14, status=503, answer=answer, headers={"retry-after": "1"})


def bare_text(run: Run) -> None:
    run.entry("page", at=14, status=502, answer="Bad Gateway")


def a_bug(run: Run) -> None:
    run.entry("page", at=14, status=500, answer=refusal(code="internal", retryable=False))


def a_valid_token_refused(run: Run) -> None:
    run.entry("page", at=14, status=401, answer=refusal(code="unauthenticated", retryable=False))


def somebody_ended(run: Run) -> None:
    run.ended.append("mesher-0: it said nothing")


def never_back(run: Run) -> None:
    run.entry("page", at=36, status=None, closed_by="ReadError")


def not_well_before(run: Run) -> None:
    run.entry("page", at=3, status=None, closed_by="ReadError")


def job_is_forgotten(run: Run) -> None:
    run.found[JOB].status = 404


def job_has_another_price(run: Run) -> None:
    run.found[JOB].answer = {"id": JOB, "credits": 3}


def asked_once_and_made_twice(run: Run) -> None:
    run.more_jobs.append(replace(run.job, id="other", owner="nobody"))
    run.holds["other"], run.paid["other"] = run.holds[JOB], run.paid[JOB]


def told_of_another_job(run: Run) -> None:
    run.job = replace(run.job, batch="another")


def charged_for_what_failed(run: Run) -> None:
    run.paid[JOB] = 6


def charged_twice(run: Run) -> None:
    run.paid[JOB] = 8


def not_charged(run: Run) -> None:
    run.paid[JOB], run.holds[JOB] = 0, HoldRecord("released", 6)


def never_held(run: Run) -> None:
    run.holds.clear()


def still_held(run: Run) -> None:
    run.holds[JOB] = HoldRecord("open", 6)


def held_for_a_free_job(run: Run) -> None:
    run.job = replace(run.job, price=0)


def held_for_nothing(run: Run) -> None:
    run.holds["lost"] = HoldRecord("open", 6)


def charged_for_nothing(run: Run) -> None:
    run.holds["lost"], run.paid["lost"] = HoldRecord("released", 6), 1


def balance_is_wrong(run: Run) -> None:
    run.recount.misfits.append(Misfit(uuid.UUID(int=3), "balance", 5, 4))


def entries_do_not_add_up(run: Run) -> None:
    run.recount.totals[Book.ISSUED] = -1


def ledger_can_be_rewritten(run: Run) -> None:
    run.rewritable.append("DELETE FROM ledger_entries")


def job_does_not_end(run: Run) -> None:
    run.job = replace(run.job, state="processing", made=1, failed=0)
    run.holds[JOB], run.paid[JOB] = HoldRecord("open", 6), 6


def completed_without_results(run: Run) -> None:
    run.job = replace(run.job, results=RESULTS[:2])


def completed_half(run: Run) -> None:
    run.job = replace(run.job, failed=0)


def left_with_a_dead_worker(run: Run) -> None:
    run.stalled.append("make_batch 7")


def server_not_told(run: Run) -> None:
    run.sinks.webhooks.clear()


def told_under_two_ids(run: Run) -> None:
    run.told("msg_another")


def told_as_another_end(run: Run) -> None:
    run.told(run.job.event_id, "job.failed")


def no_letter(run: Run) -> None:
    run.sinks.letters.clear()


def two_letters(run: Run) -> None:
    run.letter("<another@example.org>")


def no_entry_in_the_trail(run: Run) -> None:
    run.audited.clear()


def two_entries_in_the_trail(run: Run) -> None:
    for outcomes in run.audited.values():
        outcomes.append(202)


def another_outcome_in_the_trail(run: Run) -> None:
    for outcomes in run.audited.values():
        outcomes[:] = [503]


def refusal_left_out_of_the_trail(run: Run) -> None:
    intent = {"method": "DELETE", "path": "/v1/avatars/b", "id": "b"}
    run.entry("delete", at=12, status=404, answer=refusal(code="not_found", retryable=False), intent=intent)


def broken_chain(run: Run) -> None:
    run.trail = Verdict(START, "its hash is another")


SPOILT: dict[Callable[[Run], None], checker.Invariant] = {
    lost: checker.acknowledged_is_durable,
    another_skin: checker.acknowledged_is_durable,
    not_deleted: checker.acknowledged_is_durable,
    missing_file: checker.artefacts_are_whole,
    damaged_file: checker.artefacts_are_whole,
    no_glb: checker.artefacts_are_whole,
    orphan: checker.artefacts_are_whole,
    hung: checker.every_request_ends,
    late: checker.every_request_ends,
    no_retry_after: checker.errors_have_one_shape,
    told_too_much: checker.errors_have_one_shape,
    bare_text: checker.errors_have_one_shape,
    a_bug: checker.no_fault_is_a_bug,
    a_valid_token_refused: checker.no_fault_is_a_bug,
    somebody_ended: checker.nobody_else_ends,
    never_back: checker.good_put_comes_back,
    not_well_before: checker.good_put_comes_back,
    job_is_forgotten: checker.acknowledged_is_durable,
    job_has_another_price: checker.acknowledged_is_durable,
    asked_once_and_made_twice: dealings.one_charge,
    told_of_another_job: dealings.one_charge,
    charged_for_what_failed: dealings.one_charge,
    charged_twice: dealings.one_charge,
    not_charged: dealings.one_charge,
    never_held: dealings.one_charge,
    still_held: dealings.one_charge,
    held_for_a_free_job: dealings.one_charge,
    held_for_nothing: dealings.one_charge,
    charged_for_nothing: dealings.one_charge,
    balance_is_wrong: dealings.ledger_is_sound,
    entries_do_not_add_up: dealings.ledger_is_sound,
    ledger_can_be_rewritten: dealings.ledger_is_sound,
    job_does_not_end: dealings.every_job_ends,
    completed_without_results: dealings.every_job_ends,
    completed_half: dealings.every_job_ends,
    left_with_a_dead_worker: dealings.every_job_ends,
    server_not_told: dealings.everybody_is_told,
    told_under_two_ids: dealings.everybody_is_told,
    told_as_another_end: dealings.everybody_is_told,
    no_letter: dealings.everybody_is_told,
    two_letters: dealings.everybody_is_told,
    no_entry_in_the_trail: dealings.requests_leave_one_entry,
    two_entries_in_the_trail: dealings.requests_leave_one_entry,
    another_outcome_in_the_trail: dealings.requests_leave_one_entry,
    refusal_left_out_of_the_trail: dealings.requests_leave_one_entry,
    broken_chain: dealings.requests_leave_one_entry,
}


def test_a_sound_run_breaks_nothing(sound: Run) -> None:
    assert checker.violations(sound.evidence()) == []
    assert checker.recovery_s(sound.evidence()) == 0.0


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_what_breaks_an_invariant_is_seen(spoil: Callable[[Run], None], sound: Run) -> None:
    spoil(sound)
    invariant = SPOILT[spoil]
    broken = [each for each in checker.INVARIANTS if list(each(sound.evidence()))]
    assert broken == [invariant]


def test_a_change_whose_end_is_unknown_may_have_happened(sound: Run) -> None:
    sound.entry("change", at=4, status=None, closed_by="ReadError", intent={"id": "a", "skin": "tone-02"})
    window = replace(WINDOW, load_began=5)
    another_skin(sound)
    assert checker.violations(replace(sound.evidence(), window=window)) == []


def test_what_was_deleted_is_gone(sound: Run) -> None:
    not_deleted(sound)
    lost(sound)
    assert checker.violations(sound.evidence()) == []


def test_what_only_asks_leaves_no_entry(sound: Run) -> None:
    preview = {"method": "POST", "path": "/v1/avatars/preview"}
    sound.entry("preview", at=4, intent=preview)
    assert checker.violations(sound.evidence()) == []


def test_a_request_that_met_the_end_of_its_gateway_may_have_an_entry(sound: Run) -> None:
    intent = {"method": "DELETE", "path": "/v1/avatars/b", "id": "b"}
    lost = sound.entry("delete", at=12, status=None, closed_by="ReadError", intent=intent)
    assert checker.violations(sound.evidence()) == []
    sound.audited[lost.request_id] = [204]
    assert checker.violations(sound.evidence()) == []
    assert checker.at_rest(sound.evidence())


def test_a_job_under_way_is_no_rest(sound: Run) -> None:
    job_does_not_end(sound)
    assert not checker.at_rest(sound.evidence())


def test_what_is_done_again_is_another_job_and_free(sound: Run) -> None:
    sound.more_jobs.append(replace(sound.job, id=str(uuid.UUID(int=2)), owner="nobody", price=0))
    assert checker.violations(sound.evidence()) == []
