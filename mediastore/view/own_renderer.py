"""A run's own picture of an item: drawn by code that came with the run, where both sides have said yes to that."""

from pathlib import Path

import streamlit as st

from mediastore import files, sealed, shown
from mediastore.draw.overlay import Record
from mediastore.errors import MediaStoreError
from mediastore.naming import encode_part
from mediastore.reader import run_record
from mediastore.reader.store import Store
from mediastore.serve import media_file
from mediastore.view.steps import plain

FILE = "code/renderer.py"


def show(store: Store, record: Record) -> None:
    """What `code/renderer.py` of the run makes of the item; a line where it is not run, nothing where there is none."""
    run = f"{encode_part(record['project'])}/{encode_part(record['run'])}"
    source = media_file(store.root, f"{run}/{FILE}")
    if source is None:
        return
    missing = _missing(store.root / run)
    if missing:
        st.caption(f"This run brings its own renderer, which is not run: {missing}.")
        return
    try:
        with st.spinner("Drawing by the run's own renderer"):
            drawn = _drawn(str(source), source.stat().st_mtime_ns, dict(record), str(store.root))
    except (MediaStoreError, OSError) as error:
        st.warning(plain(str(error)), icon=":material/warning:")
        return
    st.caption("Drawn by the run's own renderer")
    if drawn.png:
        st.image(drawn.png)
    else:
        st.text(drawn.text)


def _missing(run: Path) -> str:
    """Which of the two flags is missing, in words."""
    record, _ = run_record.read(run / run_record.FILE, run_record.FILE)
    if not shown.runs_code():
        return "the app was started without `--allow-code`"
    return "" if record.get("allow_code") is True else "the run was begun without `allow_code=True`"


@st.cache_data(show_spinner=False, max_entries=32)
def _drawn(source: str, changed_ns: int, record: dict, root: str) -> sealed.Drawn:
    media = media_file(Path(root), str(record.get("path") or ""))
    too_large = media is not None and media.stat().st_size > sealed.INPUT_BYTES_MAX
    content = b"" if media is None or too_large else media.read_bytes()
    return sealed.render(files.read_record(Path(source)), record, content)
