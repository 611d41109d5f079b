"""Nothing in the repository opens anything: no key, token or password of ours or of a well-known service."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from services.auth.adapters.sealing import new_key
from services.auth.domain.api_keys import new_text
from services.auth.domain.model import new_secret
from tests.arch.source_tree import ROOT
from tests.unit.auth.world import SIGNING_KEY

SHAPES = {
    "an API key of ours": r"\batk_[0-9a-f]{32}_[0-9A-Za-z]{49}\b",
    "a ring of sealing keys": r"\b[A-Za-z0-9-]{1,32}:[A-Za-z0-9+/]{43}=",
    "a private JWK": r"\"d\"\s*:\s*\"[A-Za-z0-9_-]{43,}\"",
    "a signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
    "a webhook's secret": r"\bwhsec_[A-Za-z0-9+/=]{24,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}",
    "an AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "an AWS secret": r"(?i)aws_?secret[\w ]*[=:]\s*[\"']?[A-Za-z0-9/+]{40}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})",
    "a GitLab token": r"\bglpat-[\w-]{20}",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "a Google key": r"\bAIza[\w-]{35}\b",
    "a Stripe key": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{20,}",
    "a key of a model's vendor": r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}",
    "a PyPI or npm token": r"\b(?:pypi-[\w-]{50,}|npm_[A-Za-z0-9]{36})",
    "a password in a URL": r"\b[a-z+]+://[\w.-]+:[A-Za-z0-9_-]{12,}@",
}
MADE_UP = {("tests/unit/atelierkit/test_logs.py", "a password in a URL")}
"""What a test shows to a filter of secrets."""
PUBLISHED = ("whsec" + "_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",)
"""The example of the Standard Webhooks specification, which opens nothing; in two parts, or it would be found here."""
LONGEST_FILE = 2_000_000
"""Bytes; what is longer is a model or a picture."""


def found(text: str) -> set[str]:
    """What the text holds, by its shape; never the thing itself, for it would end in a log."""
    for example in PUBLISHED:
        text = text.replace(example, "")
    return {what for what, shape in SHAPES.items() if re.search(shape, text)}


def tracked() -> Iterator[Path]:
    """Every file that a clone brings along."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    for name in names.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.stat().st_size <= LONGEST_FILE:
            yield path


@pytest.mark.attack("A60")
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")
def test_the_repository_holds_no_secret() -> None:
    seen, leaks = 0, set()
    for path in tracked():
        data = path.read_bytes()
        if b"\0" in data:
            continue
        seen += 1
        leaks |= {(str(path.relative_to(ROOT)), what) for what in found(data.decode("utf-8", "replace"))}
    assert seen > 500
    assert leaks == MADE_UP


def leaked() -> dict[str, str]:
    """Of each shape one that opens nothing, put together here so that this file holds none."""
    letters, digits = "Abc3" * 20, "0123456789" * 2
    return {
        "an API key of ours": new_text(UUID(int=7)),
        "a ring of sealing keys": new_key("old"),
        "a private JWK": f'{{"d": "{SIGNING_KEY["d"]}"}}',
        "a signed token": ".".join(["eyJ" + letters[:20], "eyJ" + letters[:20], letters[:43]]),
        "a webhook's secret": "whsec" + "_" + letters[:32],
        "a private key": "-----BEGIN EC " + "PRIVATE KEY-----\n" + letters,
        "an AWS key": "AKIA" + digits[:16],
        "an AWS secret": "AWS_SECRET_ACCESS_KEY=" + letters[:40],
        "a GitHub token": "ghp" + "_" + letters[:36],
        "a GitLab token": "glpat" + "-" + letters[:20],
        "a Slack token": "xoxb" + "-" + digits,
        "a Google key": "AIza" + letters[:35],
        "a Stripe key": "sk" + "_live_" + letters[:24],
        "a key of a model's vendor": "sk" + "-" + letters[:48],
        "a Hugging Face token": "hf" + "_" + letters[:34],
        "a PyPI or npm token": "npm" + "_" + letters[:36],
        "a password in a URL": f"postgresql+psycopg://auth:{new_secret()}@postgres/atelier",
    }


@pytest.mark.attack("A60")
@pytest.mark.parametrize("what", SHAPES)
def test_a_leaked_one_is_seen(what: str) -> None:
    assert what in found(f"key = '{leaked()[what]}'\n")
