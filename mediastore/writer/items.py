"""One item from snapshot to commit: media file, then sidecar, then journal line."""

import posixpath
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mediastore import encode, files, naming, sidecar
from mediastore.annotation import Annotation
from mediastore.annotations import Mask
from mediastore.encode.encoded import Encoded
from mediastore.errors import MediaStoreError
from mediastore.journal import Journal
from mediastore.payload import Payload, read_file
from mediastore.writer import digests
from mediastore.writer.faults import Faults
from mediastore.writer.stored import Stored, StoredFiles

DIGEST_CHARACTERS = 32


@dataclass(frozen=True)
class Snapshot:
    """One item as `log()` sees it; once it is held, nothing in it can be changed by the caller any more.

    digest: of what was given, where it is known already. stored: the file that holds this very content, in place of a
    payload.
    """

    key: str
    step: int
    index: int
    kind: str
    time: float
    payload: Payload | None
    options: dict[str, Any] = field(default_factory=dict)
    caption: str | None = None
    sample: str | None = None
    values: dict[str, Any] | None = None
    annotations: tuple[Annotation, ...] = ()
    reference: Path | None = None
    problem: str | None = None
    digest: str = ""
    stored: Stored | None = None

    @property
    def nbytes(self) -> int:
        masks = sum(mask.nbytes for mask in self.annotations if isinstance(mask, Mask))
        return (self.payload.nbytes if self.payload else 0) + masks + 1024


class ItemWriter:
    """Writes the items of one writing process. `write` may be called from several threads."""

    def __init__(self, folder: Path, identity: dict[str, Any], faults: Faults, *, durable: bool = False) -> None:
        self._media = folder / "media"
        self._folder = str(self._media)
        self._identity = identity
        self._faults = faults
        self._durable = durable
        self._journal = Journal(folder / "items", identity["writer"])
        self._stored = StoredFiles()
        self._reserved: set[str] = set()
        self._lock = threading.Lock()
        self.written = 0

    def hold(self, snapshot: Snapshot) -> Snapshot:
        """The same, out of the caller's reach: with a copy of its array, or without it where the content is stored.

        To look costs a digest before the copy, so only keys whose last item was stored already are looked up.
        """
        payload = snapshot.payload
        if payload is None or payload.array is None:
            return snapshot
        digest = ""
        if self._stored.repeats(snapshot.key):
            digest = digests.of_given(payload)
            stored = self._stored.get(_identity(digest, snapshot))
            if stored is not None:
                return replace(snapshot, payload=None, digest=digest, stored=stored)
        return replace(snapshot, payload=payload.private(), digest=digest)

    def write(self, snapshot: Snapshot) -> None:
        """Commit one item. Faults are noted, never raised."""
        try:
            self._write(snapshot)
        except (OSError, MediaStoreError) as error:
            self._faults.add("lost item", MediaStoreError(f"{snapshot.key} at step {snapshot.step} is lost: {error}"))
        except Exception as error:
            message = f"{snapshot.key} at step {snapshot.step} is lost: {type(error).__name__}: {error}"
            self._faults.add("lost item", MediaStoreError(message))

    def flush(self) -> None:
        """Try again what could not be written to the journal. Raises OSError."""
        self._journal.flush()

    def close(self) -> None:
        """Let the journal go."""
        self._journal.close()

    def _write(self, snapshot: Snapshot) -> None:
        key_path = naming.encode_key(snapshot.key)
        stem = self._reserve(key_path, snapshot)
        try:
            media = self._media_fields(snapshot, key_path, stem)
            size = (media["width"], media["height"]) if "width" in media and "height" in media else None
            annotations, problems = self._annotations(snapshot, size, key_path, stem)
            record = sidecar.ordered(
                self._identity
                | {
                    "key": snapshot.key,
                    "step": snapshot.step,
                    "index": snapshot.index,
                    "kind": snapshot.kind,
                    "time": snapshot.time,
                    "caption": snapshot.caption,
                    "sample": snapshot.sample,
                    "values": snapshot.values or None,
                    "annotations": annotations or None,
                    "problems": problems or None,
                }
                | media
            )
            line = sidecar.to_line(record)
            files.write(f"{self._folder}/{key_path}/{stem}.json", line, durable=self._durable)
        finally:
            self._release(snapshot, f"{key_path}/{stem}")
        self._journal.append(line)
        self.written += 1

    def _reserve(self, key_path: str, snapshot: Snapshot) -> str:
        """A stem that no other item of this writer has, even one logged twice at the same place."""
        occurrence = 1
        while True:
            stem = naming.item_stem(snapshot.step, snapshot.index, self._identity["writer"], occurrence)
            place = f"{key_path}/{stem}"
            with self._lock:
                if place not in self._reserved and not files.is_there(f"{self._folder}/{place}.json"):
                    self._reserved.add(place)
                    return stem
            occurrence += 1

    def _release(self, snapshot: Snapshot, place: str) -> None:
        with self._lock:
            self._reserved.discard(place)
        if snapshot.payload is not None and snapshot.payload.path is not None and snapshot.reference is None:
            files.remove(snapshot.payload.path)

    def _media_fields(self, snapshot: Snapshot, key_path: str, stem: str) -> dict[str, Any]:
        if snapshot.payload is None and snapshot.stored is None:
            self._note(snapshot, snapshot.kind, snapshot.problem or "nothing to store")
            return {"problem": snapshot.problem}
        digest = snapshot.digest or digests.of_given(snapshot.payload)
        stored = snapshot.stored or self._stored_once(_identity(digest, snapshot), snapshot, key_path, stem)
        fields = dict(stored.fields)
        if snapshot.reference is not None:
            fields["reference"] = snapshot.reference.resolve().as_uri()
        else:
            fields["file"] = _seen_from(key_path, stored.path)
        if "playable" in fields:
            beside = posixpath.join(posixpath.dirname(stored.path), fields["playable"])
            fields["playable"] = _seen_from(key_path, beside)
        if "problem" in fields:
            self._note(snapshot, f"{snapshot.kind} file", fields["problem"])
        return fields | ({} if snapshot.sample else {"sample": digest[:DIGEST_CHARACTERS]})

    def _note(self, snapshot: Snapshot, about: str, sentence: str) -> None:
        name = f", {snapshot.payload.name!r}" if snapshot.payload and snapshot.payload.name else ""
        fault = MediaStoreError(f"{snapshot.key} at step {snapshot.step}{name}: {sentence}")
        self._faults.add(about, fault, is_recorded=True)

    def _stored_once(self, identity: str, snapshot: Snapshot, key_path: str, stem: str) -> Stored:
        return self._stored.once(identity, snapshot.key, lambda: self._store(snapshot, key_path, stem))

    def _store(self, snapshot: Snapshot, key_path: str, stem: str) -> Stored:
        assert snapshot.payload is not None
        encoded = encode.encode(snapshot.kind, snapshot.payload, snapshot.options)
        place = f"{key_path}/{stem}.{encoded.extension}"
        fields: dict[str, Any] = {"media_type": encoded.media_type, **digests.size_and_sha256(encoded), **encoded.facts}
        if encoded.problem:
            fields["problem"] = encoded.problem
        if snapshot.reference is None:
            self._place(encoded, self._media / place)
            fields |= _playable_copy(encoded, self._media / place)
        return Stored(place, fields)

    def _place(self, encoded: Encoded, path: Path) -> None:
        if encoded.path is not None:
            files.move(encoded.path, path)
        else:
            files.write(path, encoded.content or b"", durable=self._durable)

    def _annotations(
        self, snapshot: Snapshot, size_wh: tuple[int, int] | None, key_path: str, stem: str
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        kept: list[dict[str, Any]] = []
        problems: list[dict[str, Any]] = []
        for position, given in enumerate(snapshot.annotations):
            annotation, fault = _readable(given, size_wh)
            if fault is None:
                kept.append(self._annotation_record(annotation, size_wh, key_path, f"{stem}-mask{position}"))
            sentence = fault or annotation.doubt(size_wh)
            if sentence:
                sentence = f"annotation {position}: {sentence}"
                self._note(snapshot, "annotation", sentence)
                problems.append({"problem": sentence, **_refused(annotation, fault)})
        return kept, problems

    def _annotation_record(
        self, annotation: Annotation, size_wh: tuple[int, int] | None, key_path: str, stem: str
    ) -> dict[str, Any]:
        record = annotation.record(size_wh)
        if isinstance(annotation, Mask) and annotation.is_label_map:
            payload = Payload(array=annotation.array())
            snapshot = Snapshot("", 0, 0, "label_map", 0.0, payload)
            stored = self._stored_once(f"{digests.of_given(payload)}label_map", snapshot, key_path, stem)
            record["mask_file"] = _seen_from(key_path, stored.path)
        return record


def _identity(digest: str, snapshot: Snapshot) -> str:
    """What tells one stored file from another: the content and how it is encoded."""
    return f"{digest}{snapshot.options or ''}{'' if snapshot.reference is None else 'reference'}"


def _seen_from(folder: str, path: str) -> str:
    """`posixpath.relpath`, at once for a file in the folder itself."""
    parent, _, name = path.rpartition("/")
    return name if parent == folder else posixpath.relpath(path, folder)


def _playable_copy(encoded: Encoded, path: Path) -> dict[str, Any]:
    """The fields of a copy that browsers play, made beside a film that they do not."""
    if encoded.unplayable is None:
        return {}
    copy = path.with_name(f"{path.stem}.playable.mp4")
    try:
        files.make(copy, lambda aside: encode.make_playable(path, aside))
    except MediaStoreError as error:
        return {"problem": f"{encoded.unplayable}; {error}"}
    return {"playable": copy.name, "playable_reason": encoded.unplayable}


def _readable(annotation: Annotation, size_wh: tuple[int, int] | None) -> tuple[Annotation, str | None]:
    """The annotation with a mask file read in, and its fault if it has one."""
    if isinstance(annotation, Mask) and annotation.path is not None:
        try:
            annotation = annotation.with_pixels(encode.decode_mask(read_file(Path(annotation.path), "mask")))
        except MediaStoreError as error:
            return annotation, str(error)
    return annotation, annotation.fault(size_wh)


def _refused(annotation: Annotation, fault: str | None) -> dict[str, Any]:
    """What a refused annotation said, as far as JSON can hold it; nothing for one that was kept."""
    if fault is None:
        return {}
    given = {} if isinstance(annotation, Mask) else annotation.record() | {"given": annotation.given}
    return {"annotation": sidecar.plain({"layer": annotation.layer, "type": annotation.type} | given)}
