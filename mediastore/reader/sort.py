"""Orders that the rows of items and annotations can have; ties are always broken by step, run, key and index."""

import re

from mediastore.errors import MediaStoreValueError

TIES = ("step", "project", "run", "key", "index")
ITEMS = ("step", "time", "key", "index", "kind", "caption", "sample", "bytes", "duration_s", "project", "run", "score")
ANNOTATIONS = ("step", "time", "key", "index", "label", "layer", "score", "frame", "track", "start_s", "project", "run")
_VALUE = re.compile(r"values\.(.+)", re.DOTALL)


def of_items(sort: str, descending: bool, values: dict[str, object]) -> str:
    """The order of items: by a column, by `score` (their best annotation's), or by `values.<name>`."""
    if found := _VALUE.fullmatch(sort):
        values["value_name"] = found[1]
        return _order("try_cast(json_extract_path_text(values, [$value_name])[1] as double)", descending, ())
    return _order(_known(sort, ITEMS), descending, ())


def of_annotations(sort: str, descending: bool) -> str:
    """The order of annotations, by a column."""
    return _order(_known(sort, ANNOTATIONS), descending, ("position",))


def _known(sort: str, accepted: tuple[str, ...]) -> str:
    if sort not in accepted:
        raise MediaStoreValueError(f"sort must be one of {', '.join(accepted)}, got {sort!r}; choose one of them")
    return sort


def _order(first: str, descending: bool, last: tuple[str, ...]) -> str:
    direction = "desc" if descending else "asc"
    return ", ".join([f"{first} {direction} nulls last", *(name for name in (*TIES, *last) if name != first)])
