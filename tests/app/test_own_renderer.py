"""Code that came with a run: run only where the run and the app have both said yes, and then sealed off."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore import shown
from mediastore.view import links
from mediastore.view.launch import Serving

DRAWS = "def render(item, media):\n    return f'{item[\"caption\"]} of {len(media)} bytes'\n"
READS = "def render(item, media):\n    return open('/etc/passwd').read()\n"


def item_of_run(root: Path, source: str, **init: bool) -> dict[str, str]:
    """A run with one picture and a renderer; the link to the picture."""
    with mediastore.init(project="cells", dir=root, **init) as run:
        run.log({"view": mediastore.Image(np.zeros((4, 4, 3), np.uint8), caption="a picture")}, step=0)
    (run.dir / "code").mkdir()
    (run.dir / "code/renderer.py").write_text(source)
    return links.item_link("cells", run.id, "view", 0, 0)


def said(test: AppTest) -> str:
    assert not test.exception
    return " ".join(one.value for one in [*test.text, *test.caption, *test.warning])


@pytest.mark.parametrize(
    ("init", "app_says", "missing"),
    [
        ({"allow_code": True}, "0", "the app was started without `--allow-code`"),
        ({}, "0", "the app was started without `--allow-code`"),
        ({}, "1", "the run was begun without `allow_code=True`"),
    ],
)
def test_a_line_says_which_flag_is_missing(
    app: Callable[..., AppTest], root: Path, monkeypatch: pytest.MonkeyPatch, init: dict, app_says: str, missing: str
) -> None:
    monkeypatch.setenv(shown.ALLOW_CODE_VARIABLE, app_says)
    test = app("item", **item_of_run(root, DRAWS, **init))
    assert missing in said(test)
    assert "bytes" not in said(test)


def test_with_both_flags_it_is_run(app: Callable[..., AppTest], root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shown.ALLOW_CODE_VARIABLE, "1")
    assert "a picture of" in said(app("item", **item_of_run(root, DRAWS, allow_code=True)))


def test_what_it_may_not_is_a_sentence(
    app: Callable[..., AppTest], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(shown.ALLOW_CODE_VARIABLE, "1")
    words = said(app("item", **item_of_run(root, READS, allow_code=True)))
    assert "Operation not permitted" in words
    assert "root:" not in words


def test_a_run_without_a_renderer_says_nothing(app: Callable[..., AppTest], write_run: Callable[..., str]) -> None:
    write_run(allow_code=True)
    assert "renderer" not in said(app("item"))


def test_the_flag_is_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shown.ALLOW_CODE_VARIABLE, "1")
    assert shown.ALLOW_CODE_VARIABLE not in Serving().environment([Path()])
    assert Serving(allow_code=True).environment([Path()])[shown.ALLOW_CODE_VARIABLE] == "1"
