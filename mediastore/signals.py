"""What pixels and samples measure: how bright, how sharp, how loud.

Sources: ITU-R BT.709-6 (2015), 3.2, for the luma of gamma-encoded red, green and blue; J. Pech-Pacheco, G. Cristóbal,
J. Chamorro-Martínez and J. Fernández-Valdivia, "Diatom autofocusing in brightfield microscopy: a comparative study",
ICPR 2000, for the variance of the Laplacian; AES17-2015 for decibels of full scale, except that 0 dBFS is here the RMS
of a full-scale square wave, as most meters have it, 3.01 dB above a sine's.
"""

import numpy as np
from numpy.typing import NDArray

LUMA = (0.2126, 0.7152, 0.0722)
SILENCE_DBFS = -120.0
"""What is more quiet than this, silence above all, counts as this."""


def luma(pixels: NDArray) -> NDArray[np.float64]:
    """Rec. 709 luma of pixels (height, width) or (height, width, channels), scaled as they are; alpha is left out."""
    values = pixels.astype(np.float64)
    if values.ndim == 2 or values.shape[2] < 3:
        return values if values.ndim == 2 else values[..., 0]
    return values[..., :3] @ np.array(LUMA)


def brightness(grey: NDArray) -> float:
    """Mean luma; 0 (black) to 1 (white) of luma in 0..1."""
    return float(np.mean(grey))


def sharpness(grey: NDArray) -> float:
    """Variance of the Laplacian of luma in 0..1, over its inner pixels; it depends on the size. 0 below 3 × 3."""
    if min(grey.shape) < 3:
        return 0.0
    inner = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float(np.var(around - 4 * inner))


def loudness(square_sum: float, count: int) -> float:
    """RMS in dBFS of `count` samples in -1..1 whose squares sum to `square_sum`; SILENCE_DBFS at least."""
    mean = square_sum / count if count else 0.0
    return max(SILENCE_DBFS, float(10 * np.log10(mean))) if mean > 0 else SILENCE_DBFS
