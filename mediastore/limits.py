"""How much one address may ask of the app, so that one cannot starve the rest: beyond it, 429 and when to come again.

Each address has a bucket of tokens a kind of request: it is full at first, a request takes one, and it fills again at a
steady rate. This machine's own requests are not counted. An IPv6 address stands for its network of 64 bits.
"""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from math import ceil

from anyio import sleep
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mediastore.downloads import PREFIX as EXPORT_PREFIX
from mediastore.encode import thumbnail
from mediastore.serve import CROP_PREFIX, STORE_PREFIX, THUMB_PREFIX
from mediastore.zips import PREFIX as ZIP_PREFIX

SENTENCE = "There were very many requests from this address. Wait {seconds} s, then load again."
ADDRESSES_MAX = 4096
OPEN_MAX = 200
MEDIA, EXPORT, SESSION, MESSAGE = "media", "export", "session", "message"
PICTURES = (THUMB_PREFIX, CROP_PREFIX)
PLACES = {STORE_PREFIX: MEDIA, THUMB_PREFIX: MEDIA, CROP_PREFIX: MEDIA, EXPORT_PREFIX: EXPORT, ZIP_PREFIX: EXPORT}


@dataclass(frozen=True)
class Allowance:
    """So many at once, and so many a second after that."""

    at_once: float
    a_second: float

    def times(self, factor: float) -> "Allowance":
        """As many times as much."""
        return Allowance(self.at_once * factor, self.a_second * factor)


USUAL = {
    MEDIA: Allowance(3000, 200),
    EXPORT: Allowance(60, 1),
    SESSION: Allowance(120, 1),
    MESSAGE: Allowance(300, 20),
}
"""What an address may ask for: a room of people behind one router, not a program that never rests."""


class Buckets:
    """The tokens of every address, of those that came last: at most `most` are remembered."""

    def __init__(
        self,
        allowed: Mapping[str, Allowance],
        most: int = ADDRESSES_MAX,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowed, self._most, self._now = allowed, most, now
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, address: str, kind: str) -> float:
        """Take a token: 0 when there was one, else the seconds until there is; none is taken then."""
        allowed, now = self._allowed[kind], self._now()
        left, at = self._left.pop((address, kind), (allowed.at_once, now))
        left = min(allowed.at_once, left + (now - at) * allowed.a_second)
        enough = left >= 1
        self._left[address, kind] = (left - enough, now)
        while len(self._left) > self._most:
            self._left.popitem(last=False)
        return 0.0 if enough else (1 - left) / allowed.a_second


class RateLimit:
    """ASGI middleware: holds every address but this machine's to what is allowed.

    factor: that many times as much as USUAL. Media and exports beyond it are answered 429 with Retry-After; so are new
    sessions, which a page asks for again by itself. What comes through an open session waits for its turn.
    """

    def __init__(self, app: ASGIApp, base: str = "", factor: float = 1.0) -> None:
        self.app = app
        self._places = {f"{base}{prefix}": kind for prefix, kind in PLACES.items()}
        self._pictures = tuple(f"{base}{prefix}" for prefix in PICTURES)
        self._buckets = Buckets({kind: allowed.times(factor) for kind, allowed in USUAL.items()})
        self._open: Counter[str] = Counter()
        self._open_max = max(1, round(OPEN_MAX * factor))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = address_of(scope) if scope["type"] in ("http", "websocket") else None
        if address is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._session(address, scope, receive, send)
        elif (kind := self._kind(scope["path"])) and (wait_s := self._buckets.take(address, kind)):
            await _refusal(wait_s, scope["path"].startswith(self._pictures))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _kind(self, path: str) -> str | None:
        return next((kind for prefix, kind in self._places.items() if path.startswith(f"{prefix}/")), None)

    async def _session(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        wait_s = self._buckets.take(address, SESSION)
        if wait_s or self._open[address] >= self._open_max:
            await _refuse_session(wait_s, scope, receive, send)
            return

        async def receive_in_turn() -> Message:
            message = await receive()
            while message["type"] == "websocket.receive" and (wait_s := self._buckets.take(address, MESSAGE)):
                await sleep(wait_s)
            return message

        self._open[address] += 1
        try:
            await self.app(scope, receive_in_turn, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]


def address_of(scope: Scope) -> str | None:
    """Whom a request comes from: an IPv4 address, or a network of IPv6; None for this machine."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return None
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))


async def _refuse_session(wait_s: float, scope: Scope, receive: Receive, send: Send) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1013})
        return

    async def send_refusal(message: Message) -> None:
        await send(message | {"type": f"websocket.{message['type']}"})

    await _refusal(wait_s, is_picture=False)({**scope, "type": "http", "method": "GET"}, receive, send_refusal)


def _refusal(wait_s: float, is_picture: bool) -> Response:
    """A sentence; where a picture is awaited, a card with it."""
    seconds = max(1, ceil(wait_s))
    headers = {"retry-after": str(seconds), "cache-control": "no-store"}
    if is_picture:
        return Response(_card(), 429, headers, "image/webp")
    return Response(SENTENCE.format(seconds=seconds), 429, headers, "text/plain")


@cache
def _card() -> bytes:
    return thumbnail.card("too many requests", SENTENCE.format(seconds="a few"))
