"""The network of `models/face_traits`: three small convolutional ones side by side."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from facemodel.features.cuts import EAR, EYES, HEAD, MARKS
from training.face.traits_labels import EAR_ANSWERS, SHOWN, WORN

_CHANNELS = (16, 24, 40, 48)


class Traits(nn.Module):  # type: ignore[misc]
    """Logits of what is worn and shown; every cut is centred by its own mean, so that exposure says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _Eye(HEAD, 32)
        self.eyes = _Eye(EYES, 48)
        self.ear = _Eye(EAR, 24)
        # Points differ by thousandths of their own size: each coordinate counts in its own deviations.
        self.scale = nn.BatchNorm1d(2 * MARKS, affine=False)
        self.marks = nn.Sequential(nn.Dropout(0.1), nn.Linear(2 * MARKS, 64), nn.ReLU())
        self.straight = nn.Linear(2 * MARKS, len(SHOWN))
        self.worn = nn.Linear(32 + 48, len(WORN))
        self.shown = nn.Sequential(nn.Linear(48 + 64, 32), nn.ReLU(), nn.Linear(32, len(SHOWN)))
        self.at_ear = nn.Linear(24, len(EAR_ANSWERS))

    def forward(
        self, head: Tensor, eyes: Tensor, ears: Tensor, marks: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs of `facemodel.features.cuts.tensors` -> (N, 3) worn, (N, 3) shown, (N, 2, 2) at the ears."""
        close = self.eyes(eyes)
        worn = self.worn(torch.cat([self.head(head), close], dim=1))
        places = self.scale(marks.flatten(1))
        shown = self.shown(torch.cat([close, self.marks(places)], dim=1)) + self.straight(places)
        right, left = (self.at_ear(self.ear(ears[:, side])) for side in (0, 1))
        return worn, shown, torch.stack([right, left], dim=1)


class _Eye(nn.Module):  # type: ignore[misc]
    """One square picture to a few numbers."""

    def __init__(self, pixels: int, out: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for channels in _CHANNELS:
            layers += [
                nn.Conv2d(before, channels, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(),
            ]
            before, pixels = channels, (pixels + 1) // 2
        self.layers = nn.Sequential(*layers)
        self.last = nn.Sequential(nn.Dropout(0.2), nn.Linear(before * pixels * pixels, out), nn.ReLU())

    def forward(self, picture: Tensor) -> Tensor:
        centred = picture - picture.mean(dim=(2, 3), keepdim=True)
        spread = centred.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        return self.last(self.layers(centred / (spread + 0.02)).flatten(1))
