"""Which places of the map are taken by names at one zoom."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

LABEL_PX = {"city": 18, "town": 14, "village": 12, "water": 12, "district": 13, "estate": 11, "street": 11}
MARGIN_PX = 6.0
REPEAT_PX = 320.0  # a street's name is written again after so many pixels


@dataclass(frozen=True)
class Text:
    """A name to be placed."""

    kind: str
    name: str
    name_en: str
    first_zoom: int

    @property
    def width_px(self) -> float:
        """What it takes along its line, margin included, in the wider of its languages."""
        return max(width_em(self.name), width_em(self.name_en)) * LABEL_PX[self.kind] + MARGIN_PX

    @property
    def height_px(self) -> float:
        """What it takes across, margin included."""
        return LABEL_PX[self.kind] + MARGIN_PX


@dataclass(frozen=True)
class Placed:
    """A name at a place: metres on the plane, degrees clockwise, the first zoom."""

    text: Text
    x_m: float
    y_m: float
    angle: float
    zoom: int


@dataclass
class Sheet:
    """What is taken at one zoom: each label as a chain of discs, kept by square."""

    m_per_px: float
    discs: dict[tuple[int, int], list[tuple[float, float, float]]] = field(default_factory=dict)
    centres: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    SQUARE_PX = 32.0

    def add(self, label: Placed) -> None:
        """Take the label's place."""
        for x, y, radius in self._chain(label):
            self.discs.setdefault(self._square(x, y), []).append((x, y, radius))
        self.centres.setdefault(label.text.name, []).append((label.x_m / self.m_per_px, label.y_m / self.m_per_px))

    def free(self, label: Placed) -> bool:
        """Say whether the label touches no other and the same name is not near."""
        x_px, y_px = label.x_m / self.m_per_px, label.y_m / self.m_per_px
        again = REPEAT_PX * 0.8
        if any(abs(x - x_px) < again and abs(y - y_px) < again for x, y in self.centres.get(label.text.name, [])):
            return False
        return not any(
            math.hypot(x - other_x, y - other_y) < radius + other_radius
            for x, y, radius in self._chain(label)
            for other_x, other_y, other_radius in self._near(x, y)
        )

    def _near(self, x: float, y: float) -> Iterator[tuple[float, float, float]]:
        column, row = self._square(x, y)
        for i in (column - 1, column, column + 1):
            for j in (row - 1, row, row + 1):
                yield from self.discs.get((i, j), ())

    def _chain(self, label: Placed) -> Iterator[tuple[float, float, float]]:
        radius = label.text.height_px / 2 * 1.1  # the discs' waist is as high as the text
        reach = max(0.0, label.text.width_px / 2 - label.text.height_px / 2)
        count = 1 + math.ceil(2 * reach / label.text.height_px * 1.3)
        east, north = math.cos(math.radians(label.angle)), -math.sin(math.radians(label.angle))
        for along in np.linspace(-reach, reach, count).tolist() if count > 1 else [0.0]:
            yield label.x_m / self.m_per_px + along * east, label.y_m / self.m_per_px + along * north, radius

    def _square(self, x: float, y: float) -> tuple[int, int]:
        return math.floor(x / self.SQUARE_PX), math.floor(y / self.SQUARE_PX)


def width_em(text: str) -> float:
    """Reckon a text's width in font heights.

    Examples
    --------
    >>> width_em("云溪"), width_em("Yunxi")
    (2.0, 3.0)
    """
    return sum(1.0 if ord(letter) >= 0x2E80 else 0.6 for letter in text)
