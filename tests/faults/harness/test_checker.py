"""Every invariant sees what breaks it, and a sound run breaks none."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.harness import checker
from tests.faults.harness.evidence import Evidence, StoredFile, Window
from tests.faults.harness.journal import Entry, Journal

WINDOW = Window(load_began=0, fault_began=10, fault_ended=20, load_ended=40)
RECIPE = {"seed": 3, "look": {"skin": "tone-01"}}


def glb() -> bytes:
    document = json.dumps({"meshes": [{}]}).encode().ljust(20)
    return (
        struct.pack("<4sII", b"glTF", 2, 20 + len(document))
        + struct.pack("<I4s", len(document), b"JSON")
        + document
    )


def refusal(**over: Any) -> dict[str, Any]:
    body = {
        "success": False,
        "error": "Later.",
        "code": "unavailable",
        "details": [],
        "requestId": "r",
        "retryable": True,
    }
    return body | over


@dataclass
class Run:
    """A sound run, to be spoilt."""

    folder: Path
    skin_found: str = "tone-01"
    files: list[StoredFile] = field(default_factory=list)
    known_keys: set[str] = field(default_factory=set)
    ended: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = Journal(self.folder / "journal.jsonl")
        self.blobs = self.folder / "blobs"
        self.blobs.mkdir()
        self.store("avatars", glb())
        self.entry("create", at=1, answer={"id": "a", "recipe": RECIPE})
        for at in (2, 12, 30):
            self.entry("page", at=at)
        self.entry("page", at=13, status=503, answer=refusal(), headers={"retry-after": "1"})
        self.found = {"a": self._found()}

    def store(self, prefix: str, data: bytes) -> Path:
        digest = hashlib.sha256(data).hexdigest()
        key = f"{prefix}/{digest}"
        path = self.blobs / key
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        self.files.append(StoredFile("avatar a", "dressed", key, digest, len(data), "model/gltf-binary"))
        self.known_keys.add(key)
        return path

    def entry(self, operation: str, *, at: float, status: int | None = 200, **over: Any) -> Entry:
        entry = self.journal.begin(operation, "u", over.pop("intent", {}), due=at, deadline_s=5)
        entry.sent, entry.answered, entry.status = at, at + 0.1, status
        for name, value in over.items():
            setattr(entry, name, value)
        return entry

    def _found(self) -> Entry:
        recipe = RECIPE | {"look": {"skin": self.skin_found}}
        return Entry(0, "get", "u", {}, 0, 0, 5, answered=0, status=200, answer={"id": "a", "recipe": recipe})

    def evidence(self) -> Evidence:
        return Evidence(
            journal=self.journal,
            window=WINDOW,
            lag_s=0.0,
            patience=1.0,
            files=self.files,
            known_keys=frozenset(self.known_keys),
            blobs=self.blobs,
            found_again=self.found,
            unasked_ends=self.ended,
        )


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
