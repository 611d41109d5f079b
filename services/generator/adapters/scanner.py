"""Scans, reconstructed by the mesher service."""

from __future__ import annotations

from atelier.mesher.v1 import mesher_pb2 as pb
from atelier.mesher.v1 import mesher_pb2_grpc
from services.generator import convert
from services.generator.adapters.neighbours import calling
from services.generator.domain.model import StoredFile
from services.generator.domain.scan import CloudFormat, ScanBuild


class RemoteScanner:
    """Asks the mesher."""

    def __init__(self, stub: mesher_pb2_grpc.MesherServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s

    async def reconstruct(self, cloud: StoredFile, format: CloudFormat, *, register: bool) -> ScanBuild:
        request = pb.ReconstructScanRequest(
            cloud=convert.blob_ref(cloud), format=convert.cloud_format_message(format), register=register
        )
        with calling("mesher", "INVALID_CLOUD", "NOT_A_PERSON", "PAYLOAD_TOO_LARGE", "UNIMPLEMENTED"):
            answer = await self._stub.ReconstructScan(request, timeout=self._timeout_s)
        return convert.scan_build(answer)
