"""AppError <-> google.rpc.Status, the one form in which services tell failures to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from atelierkit.errors import AppError, Code, FieldFault, RemoteError, Unanswered

_Detail = TypeVar("_Detail", bound=Message)

DOMAIN = "atelier"
DETAILS_KEY = "grpc-status-details-bin"
"""Trailing metadata key in which gRPC carries the Status."""

_LIMIT_KEY = "limit_"
"""ErrorInfo metadata ``limit_<n>`` holds the bound of the n-th field violation: BadRequest has no room for it."""

# A peer's HTTP/2 stack refuses trailers beyond 8 KiB by default, and base64 adds a third.
_MAX_STATUS_BYTES = 5 * 1024
_MAX_TEXT = 500

_PLAIN_MESSAGES: Mapping[Code, str] = {
    Code.CANCELLED: "the call was cancelled",
    Code.DEADLINE_EXCEEDED: "the service did not answer in time",
    Code.UNAVAILABLE: "the service is not reachable or too busy",
    Code.UNIMPLEMENTED: "the service does not offer this call",
}
"""Texts for failures that gRPC itself reports: its own name addresses and library internals."""


def to_status(error: AppError) -> status_pb2.Status:
    """Encode an error: ErrorInfo always, BadRequest and RetryInfo where the error has them.

    Faults that would not fit into a trailer are left out from the end; ErrorInfo then says how many.
    """
    kept = list(error.faults)
    status = _encode(error, kept)
    while kept and status.ByteSize() > _MAX_STATUS_BYTES:
        kept = kept[: len(kept) // 2]
        status = _encode(error, kept)
    return status


def _encode(error: AppError, faults: list[FieldFault]) -> status_pb2.Status:
    status = status_pb2.Status(code=int(error.code), message=error.message[:_MAX_TEXT])
    info = error_details_pb2.ErrorInfo(
        reason=error.reason, domain=DOMAIN, metadata=dict(_metadata(error, faults))
    )
    status.details.add().Pack(info)
    if faults:
        status.details.add().Pack(error_details_pb2.BadRequest(field_violations=map(_violation, faults)))
    if error.retry_after_s is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromNanoseconds(round(error.retry_after_s * 1e9))
        status.details.add().Pack(retry)
    return status


def _metadata(error: AppError, faults: list[FieldFault]) -> Iterator[tuple[str, str]]:
    for key, value in error.metadata.items():
        yield key, value[:_MAX_TEXT]
    for index, fault in enumerate(faults):
        if fault.limit is not None:
            yield f"{_LIMIT_KEY}{index}", fault.limit[:_MAX_TEXT]
    if len(faults) < len(error.faults):
        yield "faults_left_out", str(len(error.faults) - len(faults))


def _violation(fault: FieldFault) -> error_details_pb2.BadRequest.FieldViolation:
    return error_details_pb2.BadRequest.FieldViolation(
        field=fault.field[:_MAX_TEXT], reason=fault.code, description=fault.message[:_MAX_TEXT]
    )


def from_status(status: status_pb2.Status) -> RemoteError:
    """Decode what ``to_status`` encoded; details of other kinds are passed over."""
    info = _unpacked(status, error_details_pb2.ErrorInfo())
    bad_request = _unpacked(status, error_details_pb2.BadRequest())
    retry = _unpacked(status, error_details_pb2.RetryInfo())
    code = Code(status.code)
    metadata = dict(info.metadata)
    faults = [
        FieldFault(item.field, item.reason, item.description, metadata.pop(f"{_LIMIT_KEY}{index}", None))
        for index, item in enumerate(bad_request.field_violations)
    ]
    return RemoteError(
        status.message,
        code=code,
        reason=info.reason or code.name,
        faults=faults,
        retry_after_s=retry.retry_delay.ToNanoseconds() / 1e9 if retry.HasField("retry_delay") else None,
        metadata=metadata,
    )


def _unpacked(status: status_pb2.Status, kind: _Detail) -> _Detail:
    """The Status' detail of that kind, read into ``kind``; left empty where there is none."""
    for detail in status.details:
        if detail.Unpack(kind):
            break
    return kind


def from_rpc_error(error: grpc.aio.AioRpcError) -> AppError:
    """The AppError behind a failed call.

    A failure that gRPC reports by itself (unreachable, deadline passed, message too large) has no
    Status: it becomes an Unanswered or a RemoteError, with a text that names no address and no library.
    """
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            return from_status(status_pb2.Status.FromString(value))
    code = Code(error.code().value[0])
    if code is Code.RESOURCE_EXHAUSTED:
        if "larger than max" in (error.details() or ""):
            return RemoteError("the message is too large", code=code, reason="PAYLOAD_TOO_LARGE")
        # A limit of gRPC's own, whose texts are not ours; the call was never begun.
        code = Code.UNAVAILABLE
    return Unanswered(
        _PLAIN_MESSAGES.get(code, "the service failed"),
        code=code,
        reason=code.name,
        retry_after_s=1.0 if code is Code.UNAVAILABLE else None,
    )
