"""What tells one content from another: of what was given, to store it once, and of the stored file, for its sidecar."""

import hashlib
from typing import Any

from blake3 import blake3

from mediastore.encode.encoded import Encoded
from mediastore.payload import Payload


def of_given(payload: Payload) -> str:
    """BLAKE3 of what was given, with dtype and shape for an array: as safe as SHA-256 at a third of its time."""
    if payload.path is not None:
        with payload.path.open("rb") as file:
            return hashlib.file_digest(file, blake3).hexdigest()
    if payload.array is None:
        return blake3(payload.content or b"").hexdigest()
    digest = blake3(f"{payload.array.dtype.str}{payload.array.shape}".encode())
    return digest.update(payload.array.reshape(-1).view("u1").data).hexdigest()


def size_and_sha256(encoded: Encoded) -> dict[str, Any]:
    """The sidecar's `bytes` and `sha256` of a media file. Raises OSError when it cannot be read."""
    if encoded.path is not None:
        with encoded.path.open("rb") as file:
            return {"bytes": encoded.path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    content = encoded.content or b""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
