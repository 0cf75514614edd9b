"""Who may come in: a password or a login before every page, medium, thumbnail and WebSocket of the app.

The cookie of a visit is `<expiry>.<random>.<signature>`: HMAC-SHA256 (RFC 2104) under a key that this process draws
when it starts, so no cookie outlives the process, and none can be made without it.
"""

import hashlib
import hmac
import html
import secrets
import time
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, quote, urlsplit

from anyio import move_on_after, sleep
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "mediastore_visit"
VISIT_S = 12 * 3600
FORM_BYTES_MAX = 8192
WRONG_S, WRONG_MAX, WRONG_WINDOW_S, WRONG_KEPT = 0.5, 10, 60.0, 4096
OPEN_TO_ALL = ("/_stcore/health",)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>mediastore</title>
<style>
:root {{ color-scheme: light dark; --back: #fbfaf7; --ink: #1d1c1a; --line: #8a857b; --tint: #0b6b75; --on: #fff }}
@media (prefers-color-scheme: dark) {{
  :root {{ --back: #15171a; --ink: #e9e7e2; --line: #7d8289; --tint: #4fb3bd; --on: #101214 }}
}}
body {{ background: var(--back); color: var(--ink); font: 15px/1.5 sans-serif; margin: 0 }}
form {{ width: min(18rem, 86vw); margin: 24vh auto 0 }}
h1 {{ font: 600 1.9rem serif; margin: 0 0 1rem }}
label {{ display: block; margin-bottom: .3rem }}
input, button {{ font: inherit; width: 100%; box-sizing: border-box; padding: .55rem .7rem; border-radius: 6px;
  border: 1px solid var(--line); background: transparent; color: inherit }}
button {{ margin-top: .8rem; background: var(--tint); border-color: var(--tint); color: var(--on); cursor: pointer }}
p {{ margin: .8rem 0 0; min-height: 1.5em }}
</style>
<form method="post"><h1>mediastore</h1><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button>Open</button><p role="alert">{said}</p></form></html>
"""

KnowsVisitor = Callable[[Mapping[str, str]], bool]


class PasswordGuard:
    """ASGI middleware: lets in who has typed the password within the last twelve hours; others get the form, or 401."""

    def __init__(self, app: ASGIApp, password: str, base: str = "") -> None:
        self.app = app
        self._base = f"/{base.strip('/')}" if base.strip("/") else ""
        self._password = _digest(password)
        self._key = secrets.token_bytes(32)
        self._wrong: dict[str, list[float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        path = scope["path"].removeprefix(self._base)
        left_s = self.left_s(asked.cookies.get(COOKIE, ""))
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, left_s)
        elif path in ("/login", "/logout"):
            await (await self._form(Request(scope, receive), path))(scope, receive, send)
        elif left_s > 0 or path in OPEN_TO_ALL:
            await self.app(scope, receive, send)
        else:
            await self._turned_away(asked)(scope, receive, send)

    def cookie(self, now: float | None = None) -> str:
        """A cookie for a visit that begins now."""
        said = f"{int((time.time() if now is None else now) + VISIT_S)}.{secrets.token_hex(8)}"
        return f"{said}.{self._signature(said)}"

    def left_s(self, cookie: str) -> float:
        """How many seconds are left of the visit that a cookie stands for; 0 for a forged or expired one."""
        said, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            return 0.0
        return max(0.0, int(said.partition(".")[0]) - time.time())

    def _signature(self, said: str) -> str:
        return hmac.new(self._key, said.encode(), hashlib.sha256).hexdigest()

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, left_s: float) -> None:
        """A connection ends with the visit that opened it."""
        if left_s <= 0:
            await send({"type": "websocket.close", "code": 1008})
            return
        ends, is_over = time.monotonic() + left_s, False

        async def receive_in_time() -> Message:
            nonlocal is_over
            with move_on_after(ends - time.monotonic()):
                return await receive()
            is_over = True
            await send({"type": "websocket.close", "code": 1008})
            return {"type": "websocket.disconnect", "code": 1008}

        async def send_in_time(message: Message) -> None:
            if not is_over:
                await send(message)

        await self.app(scope, receive_in_time, send_in_time)

    async def _form(self, asked: Request, path: str) -> Response:
        if path == "/logout":
            response = RedirectResponse(f"{self._base}/login", 303)
            response.delete_cookie(COOKIE, path=self._base or "/")
            return response
        if asked.method != "POST":
            return _page("", 200)
        return await self._answered(asked)

    async def _answered(self, asked: Request) -> Response:
        address = asked.client.host if asked.client else ""
        given = await _password(asked)
        # Nothing is awaited from here until a wrong one is counted, so that many at once count as many.
        recent = [at for at in self._wrong.get(address, ()) if time.monotonic() - at < WRONG_WINDOW_S]
        if len(recent) >= WRONG_MAX:
            return _page("Too many wrong passwords; wait a minute.", 429)
        if hmac.compare_digest(_digest(given), self._password):
            self._wrong.pop(address, None)
            return self._let_in(asked)
        if len(self._wrong) > WRONG_KEPT:
            self._wrong.clear()
        self._wrong[address] = [*recent, time.monotonic()]
        await sleep(WRONG_S)
        return _page("That is not the password.", 403)

    def _let_in(self, asked: Request) -> Response:
        onward = asked.query_params.get("next", "")
        parts = urlsplit(onward)
        is_ours = onward.startswith(f"{self._base}/") and not onward.startswith(("//", "/\\")) and not parts.netloc
        response = RedirectResponse(onward if is_ours else f"{self._base}/", 303)
        is_secure = "https" in (asked.url.scheme, asked.headers.get("x-forwarded-proto", ""))
        response.set_cookie(
            COOKIE,
            self.cookie(),
            max_age=VISIT_S,
            path=self._base or "/",
            secure=is_secure,
            httponly=True,
            samesite="lax",
        )
        return response

    def _turned_away(self, asked: HTTPConnection) -> Response:
        if "text/html" not in asked.headers.get("accept", ""):
            return Response("log in first", 401, media_type="text/plain", headers={"cache-control": "no-store"})
        onward = asked.url.path + (f"?{asked.url.query}" if asked.url.query else "")
        return RedirectResponse(f"{self._base}/login?next={quote(onward, safe='')}", 303)


class LoginGuard:
    """ASGI middleware for an app whose pages ask for a login: what lies below `prefixes` wants the same visitor."""

    def __init__(self, app: ASGIApp, knows: KnowsVisitor, prefixes: tuple[str, ...]) -> None:
        self.app = app
        self._knows = knows
        self._prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_guarded = scope["type"] == "http" and scope["path"].startswith(self._prefixes)
        if is_guarded and not self._knows(HTTPConnection(scope).cookies):
            refusal = Response("log in first", 401, media_type="text/plain", headers={"cache-control": "no-store"})
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def _password(asked: Request) -> str:
    content = b""
    async for chunk in asked.stream():
        content += chunk
        if len(content) > FORM_BYTES_MAX:
            return ""
    return parse_qs(content.decode("utf-8", "replace"), keep_blank_values=True).get("password", [""])[0]


def _digest(text: str) -> bytes:
    """Of one length whatever the text's, so that comparing tells nothing of it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _page(said: str, status: int) -> Response:
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    return HTMLResponse(PAGE.format(said=html.escape(said)), status, headers=headers)
