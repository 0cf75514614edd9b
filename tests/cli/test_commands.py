"""The commands as a user calls them: what is printed, where, and the exit code."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from mediastore import cli

RUN = "20261123-031200-brave-otter"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A store of one run, written by hand."""
    run = tmp_path / "store" / "demo" / RUN
    (run / "items").mkdir(parents=True)
    (run / "metrics").mkdir()
    (tmp_path / "store" / "mediastore.json").write_text('{"format": 1}')
    record = {"format": 1, "project": "demo", "run": RUN, "name": "brave-otter", "status": "finished"}
    record |= {"created": 1795403520.0, "updated": 1795403580.0, "config": {"lr": 0.1}, "summary": {"best": "NaN"}}
    (run / "run.json").write_text(json.dumps(record))
    boxes = [{"layer": "predictions", "type": "box", "label": "cat\x1b[31m\n", "score": 0.9, "box": [0, 0, 1, 1]}]
    item = {"format": 1, "project": "demo", "run": RUN, "writer": "k3f9", "key": "val", "step": 3, "index": 0}
    item |= {"kind": "image", "file": "a.png", "time": 1.0, "annotations": boxes}
    (run / "items" / "k3f9-0001.jsonl").write_text(json.dumps(item) + "\n")
    values = {"loss": "NaN", "gain": "Infinity", "lr": 0.5}
    (run / "metrics" / "k3f9-0001.jsonl").write_text(json.dumps({"step": 3, "time": 1.0, "values": values}) + "\n")
    return tmp_path / "store"


def test_query_prints_tabs_and_keeps_control_characters_out_of_the_terminal(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["query", "select label, score, null as gone from annotations", "--root", str(root)]) == 0
    assert capsys.readouterr().out == "label\tscore\tgone\ncat\\x1b[31m\\n\t0.9\t\n"


def test_query_prints_json_that_every_parser_takes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.main(["query", "select name, value, [1, 2] as l from metrics order by 1", "--json", "--root", str(root)])
        == 0
    )
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert [row["value"] for row in found] == ["Infinity", None, 0.5]
    assert found[0] == {"name": "gain", "value": "Infinity", "l": [1, 2]}


def test_query_prints_csv(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["query", "select key, 'a,\"b' as c from items", "--csv", "--root", str(root)]) == 0
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [["key", "c"], ["val", 'a,"b']]


def test_query_writes_parquet(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pandas as pd

    assert cli.main(["query", "from metrics", "--parquet", str(tmp_path / "m.parquet"), "--root", str(root)]) == 0
    assert sorted(pd.read_parquet(tmp_path / "m.parquet")["name"]) == ["gain", "loss", "lr"]
    assert capsys.readouterr().out == ""


def test_ls_lists_the_runs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ls", "--root", str(root)]) == 0
    header, line = capsys.readouterr().out.splitlines()
    assert dict(zip(header.split("\t"), line.split("\t"), strict=True)) == {
        "project": "demo",
        "run": RUN,
        "name": "brave-otter",
        "status": "finished",
        "created_utc": "2026-11-23 03:12",
        "items": "1",
        "last_step": "3",
    }


def test_ls_of_nothing_says_how_to_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ls", "--root", str(tmp_path / "none")]) == 0
    assert "mediastore.init(" in capsys.readouterr().err
    assert cli.main(["ls", "--root", str(tmp_path / "none"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("name", [RUN, f"demo/{RUN}", "brave-otter", "20261123"])
def test_show_tells_of_the_run_that_is_meant(root: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", name, "--root", str(root), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["run"], found["config"], found["media"][0]["items"]) == (RUN, {"lr": 0.1}, 1)
    assert cli.main(["show", name, "--root", str(root)]) == 0
    assert "lr\t0.1" in capsys.readouterr().out


def test_show_of_an_unknown_run_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", "nobody", "--root", str(root)]) == 1
    assert capsys.readouterr().err.startswith("mediastore: RUN must mean one run of the store, got 'nobody'")


def test_index_makes_the_index_and_begins_anew_when_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = root / "demo" / RUN / "index"
    assert cli.main(["index", "--root", str(root)]) == 0
    first = sorted(path.name for path in index.glob("*.parquet"))
    assert first
    assert cli.main(["index", "--root", str(root)]) == 0
    assert sorted(path.name for path in index.glob("*.parquet")) == first
    assert cli.main(["index", "--rebuild", "--root", str(root)]) == 0
    assert sorted(path.name for path in index.glob("*.parquet")) != first
    assert capsys.readouterr().out == f"demo/{RUN}\t2 lines\n" * 3


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["query", "selec 1"], 1, 'mediastore: Parser Error: syntax error at or near "selec"'),
        (["query", "drop view items"], 1, "mediastore: a query must be one select statement, got drop"),
        (["query", "select 1", "--root", __file__], 1, "mediastore: a store must be a folder"),
        (["query", "select 1", "--parquet", "/proc/nothing/x"], 1, "mediastore: "),
        (["query"], 2, "usage: mediastore query"),
        (["fly"], 2, "usage: mediastore"),
        ([], 2, "usage: mediastore"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_an_exit_code(
    root: Path, arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*arguments, "--root", str(root)] if arguments[:1] == ["query"] and "--root" not in arguments else arguments
    try:
        found = cli.main(given)
    except SystemExit as usage:
        found = usage.code
    error = capsys.readouterr().err
    assert found == code
    assert error.startswith(said)
    assert "Traceback" not in error


def test_the_root_comes_from_the_environment(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDIASTORE_DIR", str(root))
    assert cli.main(["query", "select count(*) as n from items"]) == 0
    assert capsys.readouterr().out == "n\n1\n"


def test_a_reader_that_leaves_early_is_no_error(root: Path) -> None:
    run = f"'{sys.executable}' -c 'import sys; from mediastore.cli import main; sys.exit(main())'"
    command = f"{run} query 'select range from range(200000)' --root '{root}' | head -1"
    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=True)
    assert (told.stdout, told.stderr) == ("range\n", "")


def test_the_command_line_is_light_until_asked() -> None:
    code = "import sys, mediastore.cli as c; c.parser(); print({'duckdb', 'pandas', 'streamlit'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert told.stdout == "set()\n"
