"""The colours of every screen, in one place: pages, maps, charts and the phone page.

Crew colours are Okabe and Ito's, which stay apart for colour-blind eyes. Text on them is white or black, whichever
reads better; no text is ever put on the yellow one.

References
----------
M. Okabe, K. Ito (2008), Color Universal Design.
"""

from __future__ import annotations

ACCENT = "#0F5E9C"
BACKGROUND = "#F7F8FA"
SURFACE = "#FFFFFF"
TEXT = "#1C2430"
MUTED = "#5B6675"
LINE = "#D5DBE3"
GREY_DOT = "#7C8694"
GOOD, WARN, BAD = "#0B7A55", "#9A5B00", "#B3261E"

CREWS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000")

#: One-hue ramp for values on a map, light to dark, and the grey of "unknown".
RAMP = ("#E3EEF7", "#B9D6EA", "#86B8DA", "#4A93C3", "#1D6CA6", "#0B4576")
UNKNOWN = "#D9D9D6"


def crew_colour(number: int) -> str:
    """Give the colour of a crew by its number among the branch's crews, beginning again after the last.

    >>> crew_colour(0), crew_colour(8)
    ('#0072B2', '#0072B2')
    """
    return CREWS[number % len(CREWS)]


#: After eight crews the colours begin again: the shape of a stop's sign then tells crews of one colour apart.
SHAPES = ("round", "square", "diamond", "shield")


def crew_shape(number: int) -> str:
    """Give the shape of a crew's signs by its number: another one after each round of colours.

    >>> crew_shape(0), crew_shape(9), crew_shape(32)
    ('round', 'square', 'round')
    """
    return SHAPES[number // len(CREWS) % len(SHAPES)]


def luminance(colour: str) -> float:
    """Give the relative luminance of ``#RRGGBB``, 0 black to 1 white.

    References
    ----------
    Web Content Accessibility Guidelines 2.2, relative luminance.

    >>> round(luminance("#FFFFFF"), 3), luminance("#000000")
    (1.0, 0.0)
    """
    channels = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours, 1 to 21.

    >>> round(contrast("#000000", "#FFFFFF"), 1)
    21.0
    """
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: str) -> str:
    """Give white or black, whichever reads better on a colour.

    >>> ink_on("#0072B2"), ink_on("#F0E442")
    ('#FFFFFF', '#000000')
    """
    return max(("#FFFFFF", "#000000"), key=lambda ink: contrast(ink, colour))
