"""One palette for labels and for runs: the same colour on every page and in both themes.

Found by search over sRGB: every two colours lie at least 10 apart in CIEDE2000 for normal sight and under simulated
deuteranopia and protanopia (Machado, Oliveira and Fernandes 2009), the first ones furthest; each keeps a contrast of
2.3 on light paper and 3 on dark, so that it reads over photographs with the halo that overlays draw.
"""

from collections.abc import Iterable

PALETTE = (
    "#007896",
    "#c3a500",
    "#a54b3c",
    "#b478ff",
    "#3cb4a5",
    "#d29678",
    "#b46900",
    "#0f7869",
    "#c32d69",
    "#e17896",
    "#783cff",
    "#69a5c3",
)


def by_first_appearance(names: Iterable[str]) -> dict[str, str]:
    """A colour for every distinct name, in the order given: names that come later never change the earlier ones."""
    return {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(dict.fromkeys(names))}


def with_alpha(color: str, alpha: float) -> str:
    """`#rrggbb` as CSS `rgba(…)` with an opacity in 0..1."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def is_dark(color: str) -> bool:
    """Whether white reads better on `#rrggbb` than black does. Source: relative luminance of WCAG 2.2."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] <= 0.18
