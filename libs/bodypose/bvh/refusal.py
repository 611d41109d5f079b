"""What is wrong with a motion file."""

from __future__ import annotations


class MotionRefused(Exception):
    """No pose can be made of the file; `code` is for programs, the text for people."""

    def __init__(self, code: str, message: str, limit: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.limit = limit
        """What was wanted and is not there: bones, frames, or what BVH has in that place; empty where that says nothing."""


def unreadable(what: str) -> MotionRefused:
    """The refusal of a file that is not as BVH is written; `what` says where it is not."""
    return MotionRefused("motion_unreadable", f"This is no BVH file that can be read: {what}.", what)
