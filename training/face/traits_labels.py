"""What the network of traits is asked, in the order of its answers, and where its pictures lie."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path("build/face_traits")
WORN = ("glasses", "eyesHidden", "hat")
SHOWN = ("frown", "raisedEyebrows", "squint")
EAR_ANSWERS = ("seen", "earring")
