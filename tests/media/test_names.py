"""The public names: what `__all__` says is there, and it costs nothing until it is used."""

import subprocess
import sys
import warnings

import pytest

import mediastore
from mediastore import plot


def test_all_is_flat_sorted_and_true() -> None:
    assert mediastore.__all__ == sorted(mediastore.__all__) and len(set(mediastore.__all__)) == len(mediastore.__all__)
    for name in mediastore.__all__:
        assert hasattr(mediastore, name), name
    assert set(dir(mediastore)) == {*mediastore.__all__, "__version__"}
    assert mediastore.plot is plot


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"has no Api; read runs with Store\(folder\)"):
        _ = mediastore.Api
    with pytest.raises(AttributeError, match=r"has no picture; see help"):
        _ = mediastore.picture
    assert mediastore.Error is mediastore.CommError is mediastore.MediaStoreError


def test_importing_is_free_of_what_is_heavy() -> None:
    heavy = "{'numpy', 'PIL', 'av', 'duckdb', 'pandas', 'plotly', 'streamlit', 'soundfile'}"
    code = f"import sys, mediastore; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_a_run_the_sentence_says_what_to_do() -> None:
    assert mediastore.run is None
    for call in (lambda: mediastore.log({"a": 1}), lambda: mediastore.config.lr, lambda: mediastore.summary["x"]):
        with pytest.raises(mediastore.MediaStoreError, match=r"call init\(project=…\) first"):
            call()
    mediastore.finish()


INIT = {
    "entity": "lab", "project": "p", "dir": None, "id": "one", "name": "n", "notes": "words", "tags": ["a"],
    "config": {"lr": 1, "seed": 2}, "config_exclude_keys": ["seed"], "config_include_keys": ["lr", "seed"],
    "allow_val_change": True, "group": "g", "job_type": "train", "mode": "offline", "force": False, "reinit": True,
    "resume": "allow", "resume_from": None, "fork_from": None, "save_code": False, "tensorboard": False,
    "sync_tensorboard": False, "monitor_gym": False, "settings": mediastore.Settings(silent=True), "anonymous": "never",
}  # fmt: skip
"""Every keyword of `init` in wandb 0.31."""


def test_every_keyword_of_init_is_taken_and_what_has_a_meaning_is_kept(root) -> None:
    with mediastore.init(**INIT | {"dir": root}) as run:
        assert (run.name, run.id, run.project, run.entity, run.group) == ("n", "one", "p", "lab", "g")
        assert (run.tags, run.notes, run.job_type, dict(run.config)) == (("a",), "words", "train", {"lr": 1})


def test_what_has_no_meaning_here_is_said_once(root, recwarn: pytest.WarningsRecorder) -> None:
    from mediastore.writer.once import warn_once

    warn_once.cache_clear()
    warnings.simplefilter("always")
    for _ in range(2):
        mediastore.init(dir=root, sync_tensorboard=True, anonymous="allow", force=False, reinit=True).finish()
    assert [str(warning.message).split(",")[0] for warning in recwarn] == ["sync_tensorboard must be left out"]
