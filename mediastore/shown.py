"""What one app shows and how: its stores, its address, and whether anything may be changed. Set by the environment.

`mediastore app` sets the variables; `streamlit run app.py` reads the same.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT_VARIABLE = "MEDIASTORE_DIR"
STORES_VARIABLE = "MEDIASTORE_STORES"
READ_ONLY_VARIABLE = "MEDIASTORE_READ_ONLY"
ALLOW_CODE_VARIABLE = "MEDIASTORE_ALLOW_CODE"
LIMITS_VARIABLE = "MEDIASTORE_LIMITS"
PASSWORD_VARIABLE = "MEDIASTORE_PASSWORD"
USERS_VARIABLE = "MEDIASTORE_USERS"
SIGN_VARIABLE, SIGN_HEADER = "MEDIASTORE_SIGN", "X-Mediastore-Sign"
"""By which who starts an app knows its answers from those of another one at the same port."""
DEFAULT_ROOT = "mediastore-runs"
STORE_PARAM = "store"


@dataclass(frozen=True)
class ShownStore:
    """One store of the app. name: as people see it and links carry it; number: as media addresses carry it."""

    number: int
    name: str
    root: Path

    @property
    def part(self) -> str:
        """What stands between a route and a path of this store: "" for the first, `/@1` for the second."""
        return f"/@{self.number}" if self.number else ""


def stores() -> list[ShownStore]:
    """The stores that this process shows: those of MEDIASTORE_STORES (a JSON list), else the one of MEDIASTORE_DIR."""
    listed = json.loads(os.environ.get(STORES_VARIABLE) or "[]") or [os.environ.get(ROOT_VARIABLE) or DEFAULT_ROOT]
    roots = [Path(root).absolute() for root in listed]
    names: list[str] = []
    for root in roots:
        same = sum(name == root.name or name.startswith(f"{root.name} ") for name in names)
        names.append(f"{root.name} {same + 1}" if same else root.name)
    return [ShownStore(number, name, root) for number, (name, root) in enumerate(zip(names, roots, strict=True))]


def is_read_only() -> bool:
    """Whether nothing may be changed through this app and no path of the machine be shown."""
    return os.environ.get(READ_ONLY_VARIABLE, "").lower() not in ("", "0", "false", "no")


def runs_code() -> bool:
    """Whether renderers that came with runs may be run."""
    return os.environ.get(ALLOW_CODE_VARIABLE) == "1"


def limits() -> float:
    """How many times the usual one address may ask for (MEDIASTORE_LIMITS); 0 for no limit. Raises ValueError."""
    return float(os.environ.get(LIMITS_VARIABLE) or 1)


def password() -> str | None:
    """The password that opens the app, or None when it needs none."""
    return os.environ.get(PASSWORD_VARIABLE) or None


def users() -> list[str]:
    """Who may come in after a login, as e-mail addresses or `@domain`; none means everyone who can log in."""
    return [word.strip().lower() for word in os.environ.get(USERS_VARIABLE, "").split(",") if word.strip()]


def without_paths(sentence: str) -> str:
    """A sentence without the folders of this machine, where the app is read only."""
    if is_read_only():
        for root in (store.root for store in stores()):
            for spelled in {str(root.resolve()), str(root)}:
                sentence = sentence.replace(spelled, root.name)
        sentence = sentence.replace(str(Path.home()), "~")
    return sentence


class Address:
    """Where the app's own routes are. base: the path below which the app lives; store: which one is in view."""

    def __init__(self) -> None:
        self.base = ""
        self.store: Callable[[], ShownStore] = lambda: stores()[0]

    def below(self, base: str) -> str:
        """Live below `base` from now on; that path as a prefix, "" for none."""
        self.base = f"/{base.strip('/')}" if base.strip("/") else ""
        return self.base

    @property
    def part(self) -> str:
        """The place of the store in view below a route."""
        return self.store().part

    def in_link(self) -> dict[str, str]:
        """The parameter of a link that names the store in view, where there are several."""
        return {STORE_PARAM: self.store().name} if len(stores()) > 1 else {}


address = Address()
