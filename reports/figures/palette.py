"""The colours of the report and its figures by role, for what cannot read the report's style sheet.

The names and values are those of the custom properties in `templates/page.css`.
"""

from collections.abc import Mapping
from enum import StrEnum

N_SERIES_COLOURS = 6


class Role(StrEnum):
    """What a colour is for; the values name custom properties of the page."""

    PAPER = "paper"
    INK = "ink"
    SOFT = "soft"
    FAINT = "faint"
    SERIES_0 = "m0"
    SERIES_1 = "m1"
    SERIES_2 = "m2"
    SERIES_3 = "m3"
    SERIES_4 = "m4"
    SERIES_5 = "m5"


LIGHT: Mapping[Role, str] = {
    Role.PAPER: "#ffffff",
    Role.INK: "#1c1f23",
    Role.SOFT: "#5b6068",
    Role.FAINT: "#e5e1d7",
    Role.SERIES_0: "#0c6b68",
    Role.SERIES_1: "#b1511f",
    Role.SERIES_2: "#4a55b0",
    Role.SERIES_3: "#8a6a12",
    Role.SERIES_4: "#7b3a78",
    Role.SERIES_5: "#3d6f1e",
}
"""On white paper, which is what figures are printed on."""

DARK: Mapping[Role, str] = {
    Role.PAPER: "#121518",
    Role.INK: "#e9e6df",
    Role.SOFT: "#a3a8ae",
    Role.FAINT: "#2d3338",
    Role.SERIES_0: "#56c7be",
    Role.SERIES_1: "#f29a6c",
    Role.SERIES_2: "#a3aef8",
    Role.SERIES_3: "#dcbc55",
    Role.SERIES_4: "#d99ad5",
    Role.SERIES_5: "#a5d17c",
}


EITHER: Mapping[Role, str] = {
    Role.SOFT: "#7d848c",
    Role.SERIES_0: "#23938e",
    Role.SERIES_1: "#cf6a35",
    Role.SERIES_2: "#7480d8",
    Role.SERIES_3: "#a8842a",
    Role.SERIES_4: "#b067ac",
    Role.SERIES_5: "#639440",
}
"""For what cannot know whether it stands on light or on dark paper."""


def series_role(number: int) -> Role:
    """The colour of the n-th series, from 0; after six they begin again.

    >>> series_role(7)
    <Role.SERIES_1: 'm1'>
    """
    return Role(f"m{number % N_SERIES_COLOURS}")
