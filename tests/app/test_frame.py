"""What every page stands in: the empty store, the sick one, the runs in view and the colours."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.reader import fence
from mediastore.view import frame, links, welcome

PAGES = tuple(name for pages in links.SECTIONS.values() for name, _, _ in pages)
Open = Callable[..., AppTest]
Write = Callable[..., str]
Data = Callable[[AppTest, str], dict[str, Any]]


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_store_tells_on_every_page_how_to_write_the_first_run(app: Open, root: Path, page: str) -> None:
    test = app(page)
    assert not test.exception
    assert test.title[0].value == "Nothing logged yet"
    assert test.code[0].value.strip() == welcome.first_run(str(root)).strip()


def test_the_lines_of_the_empty_page_write_a_run_that_the_page_then_shows(app: Open, root: Path) -> None:
    test = app("runs")
    subprocess.run(
        [sys.executable, "-c", test.code[0].value], check=True, cwd=root.parent, env=os.environ, capture_output=True
    )
    test.run()
    assert test.title[0].value == "Runs"
    assert len(test.dataframe[0].value) == 1


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_a_store(app: Open, write_run: Write, page: str) -> None:
    write_run("first")
    test = app(page)
    assert not test.exception
    assert test.title


@pytest.mark.parametrize("page", PAGES)
def test_a_folder_that_is_no_store_is_said_with_the_remedy(
    app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    test = app(page)
    other = tmp_path / "holiday"
    other.mkdir()
    (other / "beach.jpg").write_bytes(b"sand")
    monkeypatch.setenv("MEDIASTORE_DIR", str(other))
    test.run()
    assert not test.exception
    assert test.title[0].value == "This store cannot be opened"
    assert "must hold mediastore.json" in test.text[0].value


def test_a_store_of_a_later_format_is_said_with_the_remedy(
    app: Open, sick_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick_root.mkdir()
    (sick_root / "mediastore.json").write_text('{"format": 7}')
    test = app("runs")
    monkeypatch.setenv("MEDIASTORE_DIR", str(sick_root))
    test.run()
    assert not test.exception
    assert "install a mediastore that reads format 7" in test.text[0].value


@pytest.mark.parametrize("page", PAGES)
def test_what_could_not_be_read_is_one_line_that_opens_the_list(
    app: Open, sick_root: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    with mediastore.init(project="cells", name="hurt", dir=sick_root) as run:
        for step in range(4):
            run.log({"loss": 1 / (step + 1)}, step=step)
    (journal,) = sick_root.glob("cells/*/metrics/*.jsonl")
    with journal.open("ab") as lines:
        lines.write(b'{"step": 9, "values": [broken\n{"step": 10, "val')
    monkeypatch.setenv("MEDIASTORE_DIR", str(sick_root))
    test = AppTest.from_file(str(Path(frame.__file__).with_name("main.py")), default_timeout=60).run()
    test.switch_page(f"../../pages/{page}.py").run()
    assert not test.exception
    test.button(key="unreadable").click().run()
    assert not test.exception
    listed = test.dataframe[-1].value
    assert f"{len(listed):,} thing" in test.button(key="unreadable").label
    assert set(listed.columns) == {"project", "run", "file", "problem"}


def test_a_healthy_store_says_nothing_of_trouble(app: Open, write_run: Write) -> None:
    write_run()
    assert "unreadable" not in [button.key for button in app("runs").button]


def test_the_newest_runs_are_in_view_until_others_are_chosen(app: Open, write_run: Write, component_data: Data) -> None:
    refs = [write_run(f"run {n}", steps=range(1)) for n in range(frame.NEWEST_RUNS + 2)]
    listed = component_data(app("runs"), "run_list")
    assert [one["ref"] for one in listed["runs"]] == refs[::-1]
    assert listed["selected"] == refs[::-1][: frame.NEWEST_RUNS]
    assert listed["explicit"] is False


def test_a_link_chooses_the_runs_on_every_page(app: Open, write_run: Write, component_data: Data) -> None:
    refs = [write_run(f"run {n}") for n in range(3)]
    test = app("runs", run=[refs[0], refs[2]])
    for page in PAGES:
        test.switch_page(f"../../pages/{page}.py").run()
        listed = component_data(test, "run_list")
        assert listed["selected"] == [refs[2], refs[0]]
        assert test.query_params["run"] == [refs[0], refs[2]]


def test_a_link_to_runs_that_are_gone_shows_the_newest(app: Open, write_run: Write, component_data: Data) -> None:
    ref = write_run()
    test = app("runs", run=["cells/long-gone", "<script>"])
    assert not test.exception
    assert component_data(test, "run_list")["selected"] == [ref]


def test_a_run_keeps_its_color_when_others_follow(app: Open, write_run: Write, component_data: Data) -> None:
    first = write_run("first")
    before = component_data(app("runs"), "run_list")["runs"]
    write_run("second")
    after = {one["ref"]: one["color"] for one in component_data(app("runs"), "run_list")["runs"]}
    assert after[first] == before[0]["color"]
    assert len(set(after.values())) == 2


def test_a_label_keeps_its_color_when_others_follow(root: Path, write_run: Write) -> None:
    write_run()
    store = mediastore.Store(root)
    before = frame.label_colors(store)
    with mediastore.init(project="a-project-that-sorts-first", dir=root) as run:
        spans = [mediastore.Span(0, 0.1, label="another")]
        run.log({"sound": mediastore.Audio([0.0] * 8000, sample_rate=8000, spans=spans)})
    store.refresh()
    after = frame.label_colors(store)
    assert list(before) == ["cell"]
    assert after["cell"] == before["cell"]
    assert set(after) == {"cell", "another"}


def test_runs_of_one_name_are_told_apart(root: Path, write_run: Write) -> None:
    twin, other, single = write_run("twin"), write_run("twin"), write_run("single")
    names = frame.run_names(mediastore.Store(root))
    assert names[single] == "single"
    assert names[twin] != names[other]
    assert names[twin].startswith("twin · ")


def test_a_run_that_begins_while_a_page_is_drawn_has_a_name_and_a_colour(root: Path, write_run: Write) -> None:
    first, store = write_run("one"), mediastore.Store(root)
    names, colors = frame.run_names(store), frame.run_colors(store)
    second = write_run("two")
    assert (names[first], names[second]) == ("one", second.rpartition("/")[2])
    store.refresh()
    assert colors[second] == frame.run_colors(store)[second] != colors[first]


def test_only_a_run_that_is_being_written_is_followed(app: Open, root: Path, write_run: Write) -> None:
    write_run("done")
    assert "live" not in [toggle.key for toggle in app("runs").toggle]
    with mediastore.init(project="cells", name="going", dir=root) as run:
        run.log({"loss": 1.0}, step=0)
        test = app("runs")
        assert test.toggle(key="live").value is True
        test.toggle(key="live").set_value(False).run()
        assert not test.exception
    assert "live" not in [toggle.key for toggle in app("runs").toggle]


@pytest.mark.parametrize("page", [name for name in PAGES if name != "sql"])
def test_no_page_asks_its_own_questions_where_strangers_ask_theirs(
    app: Open, write_run: Write, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run()
    begun: list[object] = []
    monkeypatch.setattr(fence.Fence, "ask", lambda *asked, **also: begun.append(asked))
    assert not app(page).exception
    assert begun == []
