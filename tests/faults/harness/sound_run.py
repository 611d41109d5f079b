"""A sound run, which breaks no invariant until it is spoilt."""

from __future__ import annotations

import hashlib
import json
import struct
import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from services.auth.domain.audit import START
from services.auth.domain.recount import Recount
from services.auth.use_cases.audit import Verdict
from tests.faults.harness.evidence import Evidence, StoredFile, Window
from tests.faults.harness.journal import Entry, Journal
from tests.faults.harness.records import HoldRecord, JobRecord, Listener, Records
from tests.faults.harness.sinks import Behaviour, Sinks, Told

WINDOW = Window(load_began=0, fault_began=10, fault_ended=20, load_ended=40)
RECIPE = {"seed": 3, "look": {"skin": "tone-01"}}
JOB = str(uuid.UUID(int=1))
EMAIL = "u@example.org"
RESULTS = ("avatars.zip", "receipts.csv", "receipts.json")
JOB_RECORD = JobRecord(JOB, "u", "completed", 2, 3, 2, 1, "a-batch", RESULTS)
WHOLE_TRAIL = Verdict(START)


def glb() -> bytes:
    document = json.dumps({"meshes": [{}]}).encode().ljust(20)
    return (
        struct.pack("<4sII", b"glTF", 2, 20 + len(document))
        + struct.pack("<I4s", len(document), b"JSON")
        + document
    )


BATCH_INTENT = {"method": "POST", "path": "/v1/avatars/batch", "name": "a-batch", "key": "k", "rows": 3}


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
    sinks: Sinks = field(default_factory=Sinks)
    job: JobRecord = JOB_RECORD
    more_jobs: list[JobRecord] = field(default_factory=list)
    holds: dict[str, HoldRecord] = field(default_factory=lambda: {JOB: HoldRecord("captured", 6)})
    paid: dict[str, int] = field(default_factory=lambda: {JOB: 4})
    stalled: list[str] = field(default_factory=list)
    audited: dict[str, list[int]] = field(default_factory=dict)
    recount: Recount = field(default_factory=Recount)
    trail: Verdict = WHOLE_TRAIL
    rewritable: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = Journal(self.folder / "journal.jsonl")
        self.blobs = self.folder / "blobs"
        self.blobs.mkdir()
        self.store("avatars", glb())
        self.entry("create", at=1, answer={"id": "a", "recipe": RECIPE})
        for at in (2, 12, 30):
            self.entry("page", at=at)
        self.entry("page", at=13, status=503, answer=refusal(), headers={"retry-after": "1"})
        batch = self.entry("batch", at=3, status=202, answer={"id": JOB, "credits": 6}, intent=BATCH_INTENT)
        self.audited[batch.request_id] = [202]
        self.told(self.job.event_id)
        self.letter("<letter@example.org>")
        self.found = {"a": self._found(), JOB: self._found_job()}

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

    def told(self, webhook_id: str, kind: str = "job.completed") -> None:
        body = json.dumps({"type": kind, "data": {"jobId": JOB}}).encode()
        self.sinks.webhooks.append(Told(webhook_id, "1", body, {}, "/hook", 0, 1.0, Behaviour.TAKES))

    def letter(self, message_id: str) -> None:
        letter = EmailMessage()
        letter["To"], letter["Message-ID"] = EMAIL, message_id
        letter.set_content(f"Job {JOB} is done.")
        letter.add_alternative(f"<p>Job {JOB} is done.</p>", subtype="html")
        self.sinks.letters.append(letter)

    def _found_job(self) -> Entry:
        return Entry(1, "get", "u", {}, 0, 0, 5, answered=0, status=200, answer={"id": JOB, "credits": 6})

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
            records=self._records(),
            sinks=self.sinks,
        )

    def _records(self) -> Records:
        return Records(
            jobs=[self.job, *self.more_jobs],
            holds=self.holds,
            paid=self.paid,
            stalled=self.stalled,
            audited=self.audited,
            listeners={"u": Listener(EMAIL, True, [self.sinks.everybodys.url])},
            recount=self.recount,
            trail=self.trail,
            rewritable=self.rewritable,
        )
