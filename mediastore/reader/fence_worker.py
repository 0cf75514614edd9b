"""The process behind a fence: questions in by stdin, answers out by stdout; arguments are root and two bounds."""

import json
import os
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa

from mediastore.bounds import bound_memory
from mediastore.errors import MediaStoreError
from mediastore.reader.fence import FRAME, REFUSED, receive, send, too_large
from mediastore.reader.store import Store


def main(root: str, memory_bytes: int, answer_bytes: int) -> None:
    """Answer questions until the other side goes away."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    store = Store(Path(root))
    bound_memory(memory_bytes)
    send(answers, FRAME, b"")
    while (question := receive(sys.stdin.buffer)) is not None:
        try:
            store.refresh()
            kind, content = FRAME, _arrow(store.sql(**json.loads(question)))
        except MediaStoreError as error:
            kind, content = REFUSED, str(error).encode()
        except MemoryError:
            raise SystemExit(1) from None
        if len(content) > answer_bytes:
            kind, content = REFUSED, too_large(len(content), answer_bytes).encode()
        send(answers, kind, content)


def _arrow(frame: pd.DataFrame) -> bytes:
    out = pa.BufferOutputStream()
    table = _table(frame)
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return out.getvalue().to_pybytes()


def _table(frame: pd.DataFrame) -> pa.Table:
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        objects = {name: "str" for name in frame.columns if frame[name].dtype == object}
        return pa.Table.from_pandas(frame.astype(objects), preserve_index=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
