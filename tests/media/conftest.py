"""One item logged and read back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mediastore

Record = dict[str, Any]


@pytest.fixture
def logged(root: Path) -> Callable[..., list[Record]]:
    """`logged(value)`: the records of what one `log` of it wrote, each with its file's path as `at`."""

    def log(value: Any, *, strict: bool = True) -> list[Record]:
        with mediastore.init(project="p", dir=root, strict=strict) as run:
            run.log({"k": value})
        found = mediastore.Store(root).records(run=run.id)
        return [record | {"at": root / record["path"]} for record in found]

    return log
