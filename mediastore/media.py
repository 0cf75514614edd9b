"""The media that can be logged. Making one checks nothing and copies nothing; `log()` does both."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from mediastore import wandb_dialect
from mediastore.annotation import Annotation
from mediastore.annotations import Box, Keypoints, Label, Mask, Polygon, Span
from mediastore.payload import Payload, freeze


class Media:
    """What all media share.

    caption: free text on the item. sample: identity of the input across steps and runs, for before and after; by
    default the digest of its pixels or samples. values: numbers of this one item by name (its loss, its IoU).
    """

    kind: ClassVar[str]
    batch_ndim: ClassVar[int] = 0

    def __init__(
        self,
        data: Any,
        *,
        caption: str | None = None,
        sample: str | None = None,
        values: Mapping[str, float] | None = None,
        annotations: Iterable[Annotation] = (),
        reference: bool = False,
        **options: Any,
    ) -> None:
        source = data if isinstance(data, Media) else None
        self.data = source.data if source else data
        self.caption = caption if caption is not None or source is None else source.caption
        self.sample = sample if sample is not None or source is None else source.sample
        self.values = dict(values or (source.values if source else {}))
        self.annotations: tuple[Annotation, ...] = tuple(annotations) or (source.annotations if source else ())
        self.reference = reference
        self.companions: dict[str, Media] = {}
        given = {name: value for name, value in options.items() if value is not None}
        self.options: dict[str, Any] = (source.options if source else {}) | given

    def payloads(self) -> list[Payload]:
        """The content, one an item: several where an array holds a batch. Arrays may share memory with what was given.

        Raises MediaStoreError children that say what is wrong with what was given.
        """
        payload = freeze(self.data, self.kind)
        if payload.array is None or payload.array.ndim != self.batch_ndim:
            return [payload]
        return [Payload(array=entry) for entry in payload.array]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(caption={self.caption!r}, annotations={len(self.annotations)})"


class Image(Media):
    """A picture: a path, bytes, a Pillow image, a figure, or an array or tensor.

    Arrays have shape (height, width), (height, width, channels) or (channels, height, width), with 1, 3 or 4 channels;
    a further first axis makes several items. uint8 is taken as it is, bool as 0 and 255, uint16 keeps its 16 bits,
    floats must lie in 0..1; anything else needs `value_range=(low, high)`, whose ends become black and white.

    boxes, masks, polygons, keypoints, labels: lists of annotations, or wandb's dictionaries for boxes and masks;
    annotations: a list of any of them. mode: a Pillow mode to convert to ("L", "RGB").
    normalize=False: floats are levels 0..255, whatever their range. file_type: "png", "webp" or "jpg" for arrays; the
    default loses nothing. reference: leave a file where it is.
    """

    kind = "image"
    batch_ndim = 4

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Any = None,
        boxes: Iterable[Box] | Mapping[str, Any] | None = None,
        masks: Iterable[Mask] | Mapping[str, Any] | None = None,
        file_type: str | None = None,
        normalize: bool | None = None,
        *,
        polygons: Iterable[Polygon] | None = None,
        keypoints: Iterable[Keypoints] | None = None,
        labels: Iterable[Label | str] | None = None,
        annotations: Iterable[Annotation] | None = None,
        sample: str | None = None,
        values: Mapping[str, float] | None = None,
        value_range: tuple[float, float] | None = None,
        reference: bool = False,
    ) -> None:
        super().__init__(
            data_or_path,
            caption=caption,
            sample=sample,
            values=values,
            reference=reference,
            annotations=[
                *(wandb_dialect.boxes(boxes, classes) if isinstance(boxes, Mapping) else _given(boxes, Box)),
                *(wandb_dialect.masks(masks, classes) if isinstance(masks, Mapping) else _given(masks, Mask)),
                *_given(polygons, Polygon),
                *_given(keypoints, Keypoints),
                *_given(labels, Label),
                *_given(annotations, Annotation),
            ],
            mode=mode,
            file_type=file_type,
            value_range=value_range,
            is_unscaled=True if normalize is False else None,
        )


class Audio(Media):
    """A sound: a path, bytes, or an array of shape (samples,), (samples, channels) or (channels, samples).

    sample_rate: samples a second, needed with an array. Loudness is never changed: integers keep their depth, floats
    (full scale -1..1) are stored as 32-bit floats. spans: `Span(start_s, end_s, label=…, score=…)`.
    """

    kind = "audio"

    def __init__(
        self,
        data_or_path: Any,
        sample_rate: int | None = None,
        caption: str | None = None,
        *,
        spans: Iterable[Span] | None = None,
        labels: Iterable[Label | str] | None = None,
        sample: str | None = None,
        values: Mapping[str, float] | None = None,
        reference: bool = False,
    ) -> None:
        super().__init__(
            data_or_path,
            caption=caption,
            sample=sample,
            values=values,
            reference=reference,
            annotations=[*_given(spans, Span), *_given(labels, Label)],
            sample_rate=sample_rate,
        )


class Video(Media):
    """A film: a path, bytes, or an array of shape (time, height, width, channels) or (time, channels, height, width).

    A further first axis makes several items. fps: frames a second for an array, 4 by default. format: "mp4", "webm" or
    "gif" for an array. Boxes, polygons and keypoints name their `frame`, from 0, and may name a `track`.
    playable_copy: beside a file that browsers do not play, store a copy that they do.
    """

    kind = "video"
    batch_ndim = 5

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        fps: float | None = None,
        format: str | None = None,
        *,
        boxes: Iterable[Box] | None = None,
        polygons: Iterable[Polygon] | None = None,
        keypoints: Iterable[Keypoints] | None = None,
        spans: Iterable[Span] | None = None,
        labels: Iterable[Label | str] | None = None,
        annotations: Iterable[Annotation] | None = None,
        playable_copy: bool = True,
        sample: str | None = None,
        values: Mapping[str, float] | None = None,
        reference: bool = False,
    ) -> None:
        super().__init__(
            data_or_path,
            caption=caption,
            sample=sample,
            values=values,
            reference=reference,
            annotations=[
                *_given(boxes, Box),
                *_given(polygons, Polygon),
                *_given(keypoints, Keypoints),
                *_given(spans, Span),
                *_given(labels, Label),
                *_given(annotations, Annotation),
            ],
            fps=fps,
            format=format,
            playable_copy=None if playable_copy and not reference else False,
        )


def _given(annotations: Any, kind: type[Annotation]) -> list[Annotation]:
    """A list of `kind`: one annotation alone, and entries that are bare geometry or a bare label, are wrapped."""
    if annotations is None:
        return []
    if isinstance(annotations, (Annotation, str)) or not isinstance(annotations, Iterable):
        annotations = [annotations]
    return [entry if isinstance(entry, Annotation) else _wrapped(entry, kind) for entry in annotations]


def _wrapped(entry: Any, kind: type[Annotation]) -> Annotation:
    """An annotation of `kind`; where nothing of that kind can be made, one that will be refused with what was given."""
    return Box((), given=entry) if kind is Annotation else kind(entry)
