"""A page that tries every way out that a browser has, and another host that counts what arrives there."""

import json
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MARKUP = {
    "image": '<img src="{}">',
    "picture-set": '<img srcset="{} 1x">',
    "stylesheet": '<link rel="stylesheet" href="{}">',
    "css-import": '<style>@import url("{}");</style>',
    "css-url": '<p style="background: url({})">.</p>',
    "css-variable": "<style>p {{ --back: url({}); list-style-image: var(--back); display: list-item }}</style>",
    "font": '<style>@font-face {{ font-family: f; src: url("{}") }}</style><p style="font-family: f">words</p>',
    "script": '<script src="{}"></script>',
    "module": '<script type="module" src="{}"></script>',
    "prefetch": '<link rel="prefetch" href="{}">',
    "preload": '<link rel="preload" as="image" href="{}">',
    "modulepreload": '<link rel="modulepreload" href="{}">',
    "frame": '<iframe src="{}"></iframe>',
    "object": '<object data="{}"></object>',
    "embed": '<embed src="{}">',
    "audio": '<audio src="{}" autoplay></audio>',
    "video": '<video src="{}" autoplay muted></video>',
    "poster": '<video poster="{}"></video>',
    "svg": '<svg><image href="{}" width="9" height="9"/></svg>',
    "input": '<input type="image" src="{}">',
}
SCRIPTED = {
    "fetch": 'fetch("{}", {{ mode: "no-cors" }})',
    "fetch-kept": 'fetch("{}", {{ mode: "no-cors", keepalive: true, method: "POST" }})',
    "request": 'const it = new XMLHttpRequest(); it.open("POST", "{}"); it.send("x")',
    "beacon": 'navigator.sendBeacon("{}", "x")',
    "events": 'new EventSource("{}")',
    "import": 'import("{}")',
    "worker": 'new Worker(URL.createObjectURL(new Blob([`importScripts("{}")`])))',
    "shared-worker": 'new SharedWorker("{}")',
    "service-worker": 'navigator.serviceWorker.register("{}")',
    "form": 'send("post", "{}")',
    "form-get": 'send("get", "{}")',
    "ping": 'go("{}", {{ ping: "{}" }})',
    "link": 'go("{}", {{ target: "aside" }})',
    "popup": 'open("{}")',
    "popup-quiet": 'open("{}", "_blank", "noopener")',
    "nested": 'inner(`<img src="{}">`)',
    "nested-frame": 'inner(`<meta http-equiv="refresh" content="0; url={}">`)',
    "script-made": 'document.body.append(Object.assign(new Image(), {{ src: "{}" }}))',
}
SOCKET = 'new WebSocket("{}".replace("http", "ws"))'
PRECONNECT = '<link rel="preconnect" href="{}"><link rel="dns-prefetch" href="{}">'
WEBRTC = """(async () => {{
  const line = new RTCPeerConnection({{ iceServers: [{{ urls: "stun:127.0.0.1:{}" }}] }});
  line.createDataChannel("it");
  await line.setLocalDescription(await line.createOffer());
}})()"""
LAST = {
    "leave-top": 'top.location = "{}"',
    "leave-parent": 'parent.location = "{}"',
    "leave": 'location = "{}"',
}
PAGE = """<!doctype html><title>theirs</title><meta charset="utf-8">{preconnect}{markup}<iframe name="aside"></iframe>
<h1 id="said">static</h1><script>
const send = (method, action) => {{
  document.body.append(Object.assign(document.createElement("iframe"), {{ name: method }}));
  const form = Object.assign(document.createElement("form"), {{ method, action, target: method }});
  document.body.append(form); form.submit();
}};
const go = (href, more) => {{
  const link = Object.assign(document.createElement("a"), {{ href, target: "aside" }}, more);
  document.body.append(link); link.click();
}};
const inner = (srcdoc) => document.body.append(Object.assign(document.createElement("iframe"), {{ srcdoc }}));
const acts = {acts};
for (const act of acts) {{
  try {{ Promise.resolve((0, eval)(`(() => {{ ${{act}} }})()`)).catch(() => 0); }} catch {{ }}
}}
document.getElementById("said").textContent = "tried";
const last = (act) => {{ try {{ eval(act); }} catch {{ }} }};
window.leave = () => {last}.forEach((act, place) => setTimeout(last, 800 * place, act));
</script>"""


def page(address: str, preconnected: str, stun_port: int) -> str:
    """HTML that tries everything against these places; the way of each is the last part of its path."""

    def place(name: str) -> str:
        return f"{address}/{name}"

    acts = [act.format(*[place(name)] * 2) for name, act in SCRIPTED.items()]
    acts += [SOCKET.format(place("socket")), WEBRTC.format(stun_port)]
    return PAGE.format(
        preconnect=PRECONNECT.format(preconnected, preconnected),
        markup="".join(markup.format(place(name)) for name, markup in MARKUP.items()),
        acts=json.dumps(acts).replace("</", "<\\/"),
        last=json.dumps([act.format(place(name)) for name, act in LAST.items()]),
    )


class Elsewhere:
    """Another host: `arrived` names the ways on which something reached it, a bare connection or packet included."""

    def __init__(self) -> None:
        self.arrived: set[str] = set()
        self.shown = ""
        self.quiet, self.stun = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.stun.bind(("127.0.0.1", 0))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.html = page(self.address, f"http://127.0.0.1:{self.quiet.getsockname()[1]}", self.stun.getsockname()[1])

    def wait_for(self, ways: set[str], seconds: float = 30) -> None:
        """Until these have arrived, but no longer."""
        deadline = time.monotonic() + seconds
        while not ways <= self.arrived and time.monotonic() < deadline:
            time.sleep(0.05)

    def listen(self, until: threading.Event) -> None:
        """Take note of bare connections and packets."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.quiet, selectors.EVENT_READ, "preconnect")
            selector.register(self.stun, selectors.EVENT_READ, "webrtc")
            while not until.is_set():
                for key, _ in selector.select(0.1):
                    self.arrived.add(key.data)
                    if key.data == "webrtc":
                        self.stun.recv(2048)
                    else:
                        self.quiet.accept()[0].close()


def _answering(elsewhere: Elsewhere) -> type[BaseHTTPRequestHandler]:
    class Count(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            way = self.path.strip("/?").partition("?")[0]
            if way == "page":
                content = elsewhere.html.encode()
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return
            elsewhere.arrived.add(way)
            self.send_response(204)
            self.end_headers()

        do_POST = do_HEAD = do_OPTIONS = do_GET

        def log_message(self, *args: object) -> None:
            pass

    return Count


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Another host, for as long as it is looked at."""
    host, until = Elsewhere(), threading.Event()
    threads = [threading.Thread(target=host.server.serve_forever), threading.Thread(target=host.listen, args=[until])]
    for thread in threads:
        thread.start()
    try:
        yield host
    finally:
        until.set()
        host.server.shutdown()
        for thread in threads:
            thread.join()
        host.server.server_close()
        host.quiet.close()
        host.stun.close()
