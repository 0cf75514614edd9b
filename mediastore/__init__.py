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
    from mediastore import plot
    from mediastore.adapters import from_coco, from_supervision, from_torchvision, from_ultralytics
    from mediastore.annotations import Box, Keypoints, Label, Mask, Polygon, Span
    from mediastore.documents import Html, Object3D, Plotly, Text
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
    from mediastore.tables import Histogram, Table
    from mediastore.wandb_dialect import Classes
    from mediastore.writer.artifact import Artifact
    from mediastore.writer.calls import (
        AlertLevel,
        Settings,
        alert,
        define_metric,
        finish,
        log,
        log_artifact,
        log_model,
        login,
        restore,
        save,
        setup,
        teardown,
        termerror,
        termlog,
        termwarn,
        unwatch,
        use_artifact,
        use_model,
        util,
        watch,
    )
    from mediastore.writer.run import Run
    from mediastore.writer.session import init
    from mediastore.writer.sweeps import agent, sweep

_HOMES = {
    "mediastore.adapters": ["from_coco", "from_supervision", "from_torchvision", "from_ultralytics"],
    "mediastore.annotations": ["Box", "Keypoints", "Label", "Mask", "Polygon", "Span"],
    "mediastore.documents": ["Html", "Object3D", "Plotly", "Text"],
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
    "mediastore.tables": ["Histogram", "Table"],
    "mediastore.wandb_dialect": ["Classes"],
    "mediastore.writer.artifact": ["Artifact"],
    "mediastore.writer.calls": [
        "AlertLevel",
        "Settings",
        "alert",
        "define_metric",
        "finish",
        "log",
        "log_artifact",
        "log_model",
        "login",
        "restore",
        "save",
        "setup",
        "teardown",
        "termerror",
        "termlog",
        "termwarn",
        "unwatch",
        "use_artifact",
        "use_model",
        "util",
        "watch",
    ],
    "mediastore.writer.run": ["Run"],
    "mediastore.writer.session": ["init"],
    "mediastore.writer.sweeps": ["agent", "sweep"],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AlertLevel",
    "Artifact",
    "Audio",
    "Box",
    "Classes",
    "Histogram",
    "Html",
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
    "Object3D",
    "Plotly",
    "Polygon",
    "QueryError",
    "Run",
    "Settings",
    "Span",
    "Store",
    "StoreFormatError",
    "Table",
    "Text",
    "Video",
    "agent",
    "alert",
    "config",
    "define_metric",
    "finish",
    "from_coco",
    "from_supervision",
    "from_torchvision",
    "from_ultralytics",
    "init",
    "log",
    "log_artifact",
    "log_model",
    "login",
    "plot",
    "restore",
    "run",
    "save",
    "setup",
    "summary",
    "sweep",
    "teardown",
    "termerror",
    "termlog",
    "termwarn",
    "unwatch",
    "use_artifact",
    "use_model",
    "util",
    "watch",
]


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        value = getattr(import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value
    if name == "plot":
        return import_module("mediastore.plot")
    if name == "run":
        return import_module("mediastore.writer.session").session.current
    if name in ("config", "summary"):
        return _of_open_run(name)
    if name in ("Error", "CommError", "UsageError"):
        return import_module("mediastore.errors").MediaStoreError
    remedy = import_module("mediastore.wandb_dialect").ABSENT.get(name, "see help(mediastore)")
    raise AttributeError(f"mediastore has no {name}; {remedy}")


def _of_open_run(name: str) -> Any:
    run = import_module("mediastore.writer.session").session.current
    return import_module("mediastore.writer.calls").OfOpenRun(name) if run is None else getattr(run, name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
