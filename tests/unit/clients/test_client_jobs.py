"""Watching jobs over connections that break."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier_client import AtelierError, JobNotCompleted, Refused, WaitedTooLong
from atelier_client.event_stream import EventReader
from tests.unit.clients.conftest import Drive
from tests.unit.clients.examples import job
from tests.unit.clients.platform_double import CUT, Answer, PlatformDouble, events, refused, said

WATCH, ASK = "GET /v1/jobs/j-1/events", "GET /v1/jobs/j-1"


def test_a_stream_that_breaks_is_taken_up_where_it_was(drive: Drive, platform: PlatformDouble) -> None:
    half = 'id: 3\ndata: {"id": '
    platform.will(
        events(job("pending", 1), job("processing", 2), half),
        said(job("processing", 2)),
        events(job("processing", 3), ": still there\n\n", job("completed", 4)),
    )
    assert [each.revision for each in drive("watch", "j-1")] == [1, 2, 3, 4]
    assert platform.targets() == [WATCH, ASK, WATCH]
    assert [asked.headers.get("last-event-id") for asked in platform.asked] == [None, None, "2"]


@pytest.mark.parametrize(
    "failure",
    [refused(503, "overloaded"), Answer(404), CUT, Answer(200, b"data: <html>\n\n")],
    ids=["full", "none", "cut", "odd"],
)
def test_without_events_the_job_is_asked_for(drive: Drive, platform: PlatformDouble, failure: Answer) -> None:
    platform.will(events("retry: 1\n\n"), said(job("pending", 1)))
    platform.will(
        failure,
        said(job("processing", 2)),
        failure,
        said(job("processing", 2)),
        failure,
        said(job("completed", 3)),
    )
    assert [each.revision for each in drive("watch", "j-1")] == [1, 2, 3]
    assert platform.targets() == [WATCH, ASK] * 4


def test_a_job_that_had_ended_before_is_told_once(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(Answer(204), said(job("completed", 9)))
    assert [each.revision for each in drive("watch", "j-1")] == [9]


def test_what_is_wrong_for_good_is_told(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(refused(404, "job_not_found"), refused(404, "job_not_found"))
    with pytest.raises(Refused) as caught:
        drive("wait", "j-1")
    assert caught.value.code == "job_not_found"


def test_the_platform_may_be_away_for_a_while(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(events(job("processing", 1)), *[CUT] * 4, events(job("completed", 2)))
    assert drive("wait", "j-1").revision == 2


@pytest.mark.parametrize(
    ("ended", "code"),
    [
        (
            job("failed", 2, error={"code": "job_poisoned", "message": "three deaths", "photos": []}),
            "job_poisoned",
        ),
        (job("cancelled", 2), "job_cancelled"),
    ],
)
def test_a_job_that_does_not_complete_is_an_error(
    drive: Drive, platform: PlatformDouble, ended: dict[str, object], code: str
) -> None:
    platform.will(events(job("processing", 1), ended))
    with pytest.raises(JobNotCompleted) as caught:
        drive("wait", "j-1")
    assert (caught.value.code, caught.value.job.revision) == (code, 2)


def test_a_wait_has_an_end(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(events(job("processing", 1)), said(job("processing", 1)))
    with pytest.raises(WaitedTooLong):
        drive("wait", "j-1", timeout_s=0)


def test_asking_becomes_seldom_where_nothing_happens() -> None:
    from atelier_client.watching import Watch

    watch = Watch("j-1", timeout_s=1e6)
    pauses = [watch.pause_s() for _ in range(6)]
    assert pauses == [2, 4, 8, 15, 15, 15]
    busy = AtelierError("too often")
    busy.retryable, busy.retry_after_s = True, 700.0
    watch.failed(busy)
    assert [watch.pause_s(), watch.pause_s()] == [700, 15]


STREAM = (
    'retry: 250\n\n: hello\nid: 1\nevent: job\ndata: {"a":\ndata:  "\u2028é"}\n\n'
    "data: two\n\nid: 3\n\nid: 4\nnonsense\ndata\n\ndata: half"
).encode()


@given(ends=st.sampled_from([b"\n", b"\r\n", b"\r"]), cuts=st.lists(st.integers(0, 120), max_size=12))
def test_events_do_not_depend_on_how_their_bytes_arrive(ends: bytes, cuts: list[int]) -> None:
    reader, stream = EventReader(), STREAM.replace(b"\n", ends)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    told = [event for start, stop in pairwise(places) for event in reader.feed(stream[start:stop])]
    assert [(event.id, event.kind, event.data) for event in told] == [
        ("1", "job", '{"a":\n "\u2028é"}'),
        ("1", "message", "two"),
        ("4", "message", ""),
    ]
    assert (reader.last_id, reader.retry_s) == ("4", 0.25)
