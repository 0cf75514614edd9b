"""Log images, audio, video and metrics to a folder; query it with SQL; look at it in the browser.

import mediastore as wandb

run = wandb.init(project="cats")
run.log({"loss": 0.3, "val/detections": wandb.Image(array, boxes=[wandb.Box((0, 0, 9, 9), label="cat", score=0.9)])})
run.finish()
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mediastore.annotations import Box, Keypoints, Label, Mask, Polygon, Span
    from mediastore.errors import (
        MediaStoreError,
        MediaStoreTypeError,
        MediaStoreValueError,
        MediaStoreWarning,
        MissingPackageError,
        NotFoundError,
        QueryError,
        StoreFormatError,
    )
    from mediastore.media import Audio, Image, Video
    from mediastore.reader.store import Store
    from mediastore.wandb_dialect import Classes
    from mediastore.writer.run import Run
    from mediastore.writer.session import finish, init, log

_HOMES = {
    "mediastore.annotations": ["Box", "Keypoints", "Label", "Mask", "Polygon", "Span"],
    "mediastore.errors": [
        "MediaStoreError",
        "MediaStoreTypeError",
        "MediaStoreValueError",
        "MediaStoreWarning",
        "MissingPackageError",
        "NotFoundError",
        "QueryError",
        "StoreFormatError",
    ],
    "mediastore.media": ["Audio", "Image", "Video"],
    "mediastore.reader.store": ["Store"],
    "mediastore.wandb_dialect": ["Classes"],
    "mediastore.writer.run": ["Run"],
    "mediastore.writer.session": ["finish", "init", "log"],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Audio",
    "Box",
    "Classes",
    "Image",
    "Keypoints",
    "Label",
    "Mask",
    "MediaStoreError",
    "MediaStoreTypeError",
    "MediaStoreValueError",
    "MediaStoreWarning",
    "MissingPackageError",
    "NotFoundError",
    "Polygon",
    "QueryError",
    "Run",
    "Span",
    "Store",
    "StoreFormatError",
    "Video",
    "config",
    "finish",
    "init",
    "log",
    "run",
    "summary",
]


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        value = getattr(import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value
    if name in ("run", "config", "summary"):
        return _of_open_run(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _of_open_run(name: str) -> Any:
    session = import_module("mediastore.writer.session").session
    return session.run if name == "run" or session.run is None else getattr(session.run, name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
