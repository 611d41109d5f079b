"""What the callers' own client wrote, read."""

from __future__ import annotations

import numpy as np
import pytest
from tritonclient.grpc import service_pb2

from benchmarks import inference_callers


def test_a_log_gives_exact_latencies_of_what_was_answered() -> None:
    rows = np.array([[0, 200, 1000], [10, 200, 3000], [20, 503, 50], [30, 200, 2000], [40, 200, 9000]])
    assert inference_callers.figures(rows, 2.0) == {
        "answered": 4,
        "failed": 1,
        "per_second": 2.0,
        "p50_ms": 3.0,
        "p95_ms": 9.0,
        "p99_ms": 9.0,
        "max_ms": 9.0,
    }


def test_a_message_is_framed_as_grpc_has_it() -> None:
    message = service_pb2.ModelInferRequest(model_name="same").SerializeToString()
    framed = inference_callers.framed(message)
    assert framed[0] == 0
    assert int.from_bytes(framed[1:5], "big") == len(message)
    assert framed[5:] == message


def test_without_the_client_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(inference_callers.NoClient, match="nghttp2-client"):
        inference_callers.asked("127.0.0.1:1", b"", 1, 0.1)
