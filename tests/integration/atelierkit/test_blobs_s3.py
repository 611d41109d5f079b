"""Blobs in S3, as moto plays it: configured by the standard variables alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from atelierkit import blobs
from atelierkit.blobs import Blobs
from atelierkit.errors import Unavailable
from tests.unit.atelierkit.blob_rules import DATA, BlobRules

_buckets = itertools.count()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket, and the environment that leads to it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    name = f"avatars-{next(_buckets)}"
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket=name)
    return name


class TestS3(BlobRules):
    @pytest.fixture
    def store(self, bucket: str) -> Blobs:
        return blobs.open(f"s3://{bucket}/platform")


async def test_objects_lie_below_the_prefix_with_their_media_type(bucket: str, endpoint: str) -> None:
    ref = await blobs.open(f"s3://{bucket}/platform").put(
        DATA, prefix="avatars", media_type="model/gltf-binary"
    )
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    [listed] = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert (listed["Key"], listed["Size"]) == (f"platform/{ref.key}", len(DATA))
    assert s3.head_object(Bucket=bucket, Key=listed["Key"])["ContentType"] == "model/gltf-binary"


async def test_a_bucket_that_is_not_there_is_unavailable(bucket: str) -> None:
    with pytest.raises(Unavailable):
        await blobs.open(f"s3://{bucket}-other").put(DATA, prefix="avatars", media_type="image/png")
