"""Checks every request against the rules in its proto (protovalidate), innermost: servicers get valid messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import grpc
import protovalidate
from buf.validate import validate_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

from atelierkit.errors import FieldFault, InvalidInput
from atelierkit.interceptors.around import Context, Handler
