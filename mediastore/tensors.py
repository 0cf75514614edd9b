"""Tensors of any framework as numpy arrays, by the methods that they all have; none is imported."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_array(data: Any) -> NDArray[Any]:
    """A numpy array of what numpy can read, sharing memory where it can.

    Tensors are detached and brought to the host; bfloat16 and the 8-bit floats, which numpy lacks, become float32.
    """
    if hasattr(data, "detach"):
        tensor = data.detach().cpu()
        is_narrow = any(name in str(tensor.dtype) for name in ("bfloat16", "float8"))
        return (tensor.float() if is_narrow else tensor).numpy()
    array = np.asarray(data)
    return array.astype(np.float32) if array.dtype.name.startswith(("bfloat16", "float8", "float4")) else array
