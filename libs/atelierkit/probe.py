"""Asks the service on this machine whether it lives: ``python -m atelierkit.probe auth``, an image's health check.

Exits with 0 when it says so, with 1 and a sentence otherwise. Where it listens is read from the service's own
variables. A container engine runs this every few seconds: 0.1 s of CPU, where the settings classes and the platform's
own client would take 0.7.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]

TIMEOUT_S = 4.0
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "[::1]"}  # noqa: S104  asked, not listened on


class NotServing(Exception):
    """The service does not say that it lives; the text is one sentence that says why."""


def address(service: str, variables: Mapping[str, str], *, http: bool) -> tuple[str, int]:
    """Host and port to ask: of the plain-text health service where there is one, else of the service itself."""
    prefix = f"ATELIER_{service.upper()}_"
    apart = not http and f"{prefix}HEALTH_PORT" in variables
    host_name, port_name = ("METRICS_HOST", "HEALTH_PORT") if apart else ("HOST", "PORT")
    if f"{prefix}{port_name}" not in variables:
        raise NotServing(f"{prefix}{port_name} is not set")
    host = variables.get(f"{prefix}{host_name}", "127.0.0.1")
    return _EVERY_ADDRESS.get(host, host), int(variables[f"{prefix}{port_name}"])


def ask_grpc(host: str, port: int, name: str = "") -> None:
    """Return when the gRPC health service says SERVING under the name; NotServing otherwise."""
    with grpc.insecure_channel(f"{host}:{port}") as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        try:
            answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=TIMEOUT_S)
        except grpc.RpcError as error:
            raise NotServing(f"{host}:{port} answers {error.code().name}: {error.details()}") from error
    if answer.status != health_pb2.HealthCheckResponse.SERVING:
        status = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
        raise NotServing(f"{host}:{port} says {status}")


def ask_http(host: str, port: int, path: str) -> None:
    """Return when GET of the path is answered with 200; NotServing otherwise."""
    connection = HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise NotServing(f"{host}:{port} does not answer: {error}") from error
    finally:
        connection.close()
    if status != 200:
        raise NotServing(f"{host}:{port}{path} answers {status}")


def main(arguments: list[str], variables: Mapping[str, str]) -> None:
    """Ask as the command line says; SystemExit with the sentence where the service does not serve."""
    parser = argparse.ArgumentParser(
        prog="python -m atelierkit.probe", description="Ask a service whether it lives."
    )
    parser.add_argument("service", help="such as auth")
    parser.add_argument("--http", metavar="PATH", help="ask by HTTP and not by gRPC")
    parser.add_argument("--name", default="", help="a gRPC service's full name: ask whether it can work")
    asked = parser.parse_args(arguments)
    try:
        host, port = address(asked.service, variables, http=asked.http is not None)
        if asked.http is None:
            ask_grpc(host, port, asked.name)
        else:
            ask_http(host, port, asked.http)
    except NotServing as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    # Two numbers: a settings class takes longer to import than the question to answer.
    main(sys.argv[1:], os.environ)  # noqa: TID251
