"""Run the whole platform until Ctrl-C: `python -m deploy.local`, which is what `make run` does."""

from __future__ import annotations

import signal
import sys

from deploy.local.platform import Platform, PlatformFailed
from deploy.local.settings import LocalSettings


def main() -> None:
    platform = Platform(LocalSettings())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: platform.interrupt())
    try:
        with platform:
            print(
                f"\nAtelier is ready: {platform.url}   (API: {platform.url}/docs, Ctrl-C stops it)\n",
                flush=True,
            )
            platform.wait()
            print("Stopping.", flush=True)
    except PlatformFailed as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
