"""The page where sounds are heard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore

Open = Callable[..., AppTest]
Data = Callable[[AppTest, str], dict[str, Any]]
KEY = "audio-talk"


def log_talk(root: Path, rate: int = 8000) -> None:
    with mediastore.init(project="talks", name="first", dir=root) as run:
        samples = np.concatenate([np.zeros(rate), np.full(rate, 0.5), np.full(rate, -0.25)]).astype(np.float32)
        spans = [mediastore.Span(1, 2, label="speech", score=0.9, layer="vad")]
        run.log({"talk": mediastore.Audio(samples, sample_rate=rate, caption="three seconds", spans=spans)}, step=4)


def test_runs_without_sound_say_so(app: Open, root: Path) -> None:
    with mediastore.init(project="talks", dir=root) as run:
        run.log({"loss": 0.1, "view": mediastore.Image(np.zeros((4, 4, 3), np.uint8))})
    test = app("audio")
    assert not test.exception
    assert "no audio yet" in test.text[0].value


def test_a_sound_comes_with_its_waveform_spans_and_length(app: Open, root: Path, component_data: Data) -> None:
    log_talk(root)
    test = app("audio")
    assert not test.exception
    (sound,) = component_data(test, KEY)["items"]
    assert sound["duration"] == 3.0
    assert sound["src"].startswith("/app/static/store/talks/")
    assert sound["annotations"][0]["span"] == [1.0, 2.0]
    low, high = np.array(sound["peaks"][0]).reshape(-1, 2).T
    third = len(low) // 3
    assert (high[:third].max(), high[third + 5 : 2 * third - 5].min()) == (0, pytest.approx(64, abs=1))
    assert low[2 * third + 5 :].max() == pytest.approx(-32, abs=1)


def test_a_file_that_is_no_sound_is_a_card_with_its_problem(
    app: Open, root: Path, tmp_path: Path, component_data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDIASTORE_STRICT")
    (tmp_path / "false.wav").write_text("dummy audio content")
    with pytest.warns(UserWarning, match=r"false\.wav"), mediastore.init(project="talks", dir=root) as run:
        run.log({"talk": mediastore.Audio(str(tmp_path / "false.wav"), caption="broken")})
    (sound,) = component_data(app("audio"), KEY)["items"]
    assert sound["problem"]
    assert sound["peaks"] == []
    assert sound["src"]


def test_a_sound_that_vanished_is_listed_without_a_waveform(app: Open, root: Path, component_data: Data) -> None:
    log_talk(root)
    (file,) = root.rglob("*.wav")
    content = file.read_bytes()
    file.unlink()
    test = app("audio")
    assert not test.exception
    assert component_data(test, KEY)["items"][0]["peaks"] == []
    file.write_bytes(content)


def test_channels_are_drawn_apart_and_frequencies_are_named(app: Open, root: Path, component_data: Data) -> None:
    samples = np.stack([np.full(4000, 0.5), np.zeros(4000)], axis=1).astype(np.float32)
    with mediastore.init(project="talks", dir=root) as run:
        run.log({"talk": mediastore.Audio(samples, sample_rate=8000)}, step=1)
    (sound,) = component_data(app("audio"), KEY)["items"]
    left, right = (np.array(channel).reshape(-1, 2) for channel in sound["peaks"])
    assert (left.max(), right.max(), right.min()) == (64, 0, 0)
    assert sound["spectra"]["mel"].startswith("/app/static/thumb/talks/")
    assert sound["spectra"]["mel"].endswith("?way=mel")
    assert [name for _, name in sound["ticks"]["log"]] == ["100 Hz", "300 Hz", "1 kHz", "3 kHz"]
    assert sound["ticks"]["mel"][2][0] == pytest.approx(1000 / 2146, abs=0.01), "1 kHz is 1000 mel, 4 kHz is 2146"
    assert sound["name"] == f"talks/{run.id}/0"


def log_takes(root: Path) -> mediastore.Run:
    with mediastore.init(project="talks", dir=root) as run:
        for step in (0, 5, 9):
            samples = np.full(4000 + 400 * step, 0.1 * step, np.float32)
            run.log({"talk": mediastore.Audio(samples, sample_rate=8000, sample="one")}, step=step)
    return run


def test_a_sound_says_how_many_other_takes_of_its_sample_there_are(app: Open, root: Path, component_data: Data) -> None:
    log_takes(root)
    assert [sound["takes"] for sound in component_data(app("audio"), KEY)["items"]] == [2]


def test_a_link_sets_two_takes_beside_each_other(app: Open, root: Path, component_data: Data) -> None:
    ref = f"talks/{log_takes(root).id}"
    link = {"run_at": ref, "key_at": "talk", "step_at": "9", "index_at": "0"}
    test = app("audio", **link)
    assert not test.exception
    data = component_data(test, "takes")
    assert data["together"]
    assert [group["note"] for group in data["groups"]] == ["step 9", "step 5"], "the take before it, to begin with"
    test = app("audio", **link, other=f"{ref}@0/0")
    assert [item["duration"] for item in component_data(test, "takes")["items"]] == [0.95, 0.5]
    test.button[0].click().run()
    assert component_data(test, KEY)["items"][0]["duration"] == 0.95


def test_a_take_without_another_says_so(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="talks", dir=root) as run:
        run.log({"talk": mediastore.Audio(np.zeros(800, np.float32), sample_rate=8000, sample="one")}, step=1)
    test = app("audio", run_at=f"talks/{run.id}", key_at="talk", step_at="1", index_at="0")
    assert not test.exception
    assert "0 other takes of this sample" in " ".join(caption.value for caption in test.caption)
    assert len(component_data(test, "takes")["items"]) == 1
