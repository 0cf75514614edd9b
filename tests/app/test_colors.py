import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from mediastore.draw import colors

PAPER, NIGHT = "#fbfaf7", "#15171a"
SIGHTS = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}


def linear(color: str) -> np.ndarray:
    srgb = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def seen(color: str, sight: str) -> np.ndarray:
    light = np.clip(SIGHTS[sight] @ linear(color), 0, 1)
    return rgb2lab(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_there_are_twelve_colors_before_one_repeats() -> None:
    assert len(set(colors.PALETTE)) == 12


@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_colors_are_told_apart(sight: str) -> None:
    closest = min(
        float(deltaE_ciede2000(seen(one, sight), seen(other, sight))) for one, other in combinations(colors.PALETTE, 2)
    )
    assert closest > 10


@pytest.mark.parametrize("color", colors.PALETTE)
def test_every_color_reads_in_both_themes(color: str) -> None:
    assert contrast(color, PAPER) >= 2.3
    assert contrast(color, NIGHT) >= 2.9


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_accent_reach_wcag_aa_on_every_surface(theme: str) -> None:
    settings = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())["theme"][theme]
    surfaces = [settings["backgroundColor"], settings["secondaryBackgroundColor"]]
    surfaces += [settings["sidebar"]["backgroundColor"], settings["codeBackgroundColor"]]
    for surface in surfaces:
        assert contrast(settings["textColor"], surface) >= 7
        assert contrast(settings["primaryColor"], surface) >= 4.5
        assert contrast(settings["linkColor"], surface) >= 4.5


def test_a_label_keeps_its_color_as_labels_are_added() -> None:
    few = colors.by_first_appearance(["cat", "dog", "cat"])
    many = colors.by_first_appearance(["cat", "dog", *(f"label {n}" for n in range(40))])
    assert few == {"cat": colors.PALETTE[0], "dog": colors.PALETTE[1]}
    assert many.items() >= few.items()


def test_alpha_is_css() -> None:
    assert colors.with_alpha("#0f7869", 0.25) == "rgba(15,120,105,0.25)"
