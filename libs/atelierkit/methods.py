"""What the contract says of a method."""

from __future__ import annotations

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions


def may_come_twice(method: MethodDescriptor) -> bool:
    """Whether a call may be repeated without asking anybody: the method declares an ``idempotency_level``."""
    return bool(method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN)
