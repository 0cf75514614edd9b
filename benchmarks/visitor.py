"""A visitor of the app without a browser: asks for a page over the websocket, and reads what the server tells."""

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

TIMEOUT_S = 120
Asked = dict[str, str | Sequence[str]]


@dataclass
class Seen:
    """What one run of the script told: how long it took, the data of our components, and its exceptions."""

    took_s: float
    components: list[dict[str, Any]] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)

    @property
    def tiles(self) -> list[dict[str, Any]]:
        """The tiles of every component of the page."""
        return [tile for data in self.components for tile in data.get("tiles") or ()]

    def component(self, name: str) -> dict[str, Any]:
        """The data of the first component that has such a field."""
        return next(data for data in self.components if name in data)


class Visitor:
    """One session."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._steps: dict[str, tuple[str, str]] = {}

    def ask(self, page: str, asked: Asked) -> Seen:
        """Run the script as for this link, to its end: a step by its widget, where that has been shown before.

        Raises TimeoutError, and AssertionError for a page that is not found.
        """
        said = BackMsg()
        said.rerun_script.page_name = page
        said.rerun_script.query_string = urlencode(asked, doseq=True)
        said.rerun_script.context_info.timezone = "UTC"
        for param, (kind, identity) in self._steps.items():
            if param in asked:
                state = said.rerun_script.widget_states.widgets.add(id=identity)
                if kind == "slider":
                    state.string_array_value.data.append(str(asked[param]))
                else:
                    state.int_value = int(asked[param])
        seen = Seen(0.0)
        began = time.perf_counter()
        self._connection.send(said.SerializeToString())
        while True:
            told = ForwardMsg()
            told.ParseFromString(self._connection.recv(TIMEOUT_S))
            kind = told.WhichOneof("type")
            if kind == "script_finished" and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                seen.took_s = time.perf_counter() - began
                return seen
            assert kind != "page_not_found", page
            if kind == "delta":
                self._read(told.delta, seen)

    def _read(self, delta: Any, seen: Seen) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        element = getattr(delta.new_element, kind)
        if kind == "exception":
            seen.exceptions.append(element.message)
        elif kind == "bidi_component":
            if text := element.bytes:
                seen.components.append(json.loads(text))
        elif kind in ("slider", "number_input") and element.label == "Step" and element.query_param_key:
            self._steps[element.query_param_key] = kind, element.id


@contextlib.contextmanager
def visitor(url: str) -> Iterator[Visitor]:
    """A new session of the app at `url`."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(address, origin=url, subprotocols=["streamlit"], max_size=None, proxy=None) as connection:
        yield Visitor(connection)
