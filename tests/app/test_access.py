"""What pages and routes may show and change: read only, several stores, who is known after a login."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

import mediastore
from mediastore import files, moves, serve, shown, trash
from mediastore.errors import MediaStoreError, MediaStoreValueError
from mediastore.reader.named import named_run
from mediastore.thumbnails import Thumbnails
from mediastore.view import access
from mediastore.view.launch import Serving

PICTURE = "demo/run-1/media/val/000000001-00-aa.png"


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch, root: Path) -> object:
    """The app's process on the test's store, read only."""
    monkeypatch.setenv("MEDIASTORE_DIR", str(root))
    monkeypatch.setenv("MEDIASTORE_READ_ONLY", "1")
    yield access.protect_stores
    files.protect()


def test_read_only_refuses_every_change_in_the_server_and_still_makes_indexes_and_thumbnails(
    write_run: Callable[..., str], root: Path, read_only: Callable[[], None]
) -> None:
    ref = write_run("one", steps=range(2))
    run = named_run(root, ref)
    read_only()
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    store = mediastore.Store(root)
    for change in (
        lambda: store.run(ref).update(tags=["x"]),
        lambda: trash.remove(root, run),
        lambda: moves.move(root, run, "other"),
        lambda: mediastore.init(project="new", dir=root),
        lambda: files.write(root / "views.json", b"{}"),
        lambda: files.write(root / "index" / "x" / "run.json", b"{}"),
        lambda: files.write(root / run.folder.name / "media/index/x.json", b"{}"),
        lambda: files.remove(root / run.folder.name / "index/../run.json"),
    ):
        with pytest.raises(MediaStoreError, match="read only"):
            change()
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    picture = Thumbnails().of(root / store.items(kind="image")["path"].iloc[0])
    assert picture.lasting
    assert list(root.glob("*/*/index/thumbs/*"))


def test_read_only_shows_no_path_of_the_machine(
    root: Path, read_only: Callable[[], None], app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    read_only()
    page = app()
    words = "\n".join([*(code.value for code in page.code), *(text.value for text in page.markdown)])
    assert "dir='store'" in words
    assert str(root.parent) not in words
    root.mkdir()
    (root / "mediastore.json").write_text('{"format": 9}')
    st.cache_resource.clear()
    said = "\n".join(text.value for text in app().text)
    assert "must have format 1" in said
    assert str(root.parent) not in said
    (root / "mediastore.json").unlink()


@pytest.mark.parametrize("page", ["runs", "gallery", "curves", "item", "sql", "predictions", "mistakes", "changed"])
def test_every_page_works_read_only(
    page: str, write_run: Callable[..., str], root: Path, read_only: Callable[[], None], app: Callable[..., AppTest]
) -> None:
    write_run("one", steps=range(2))
    read_only()
    shown_page = app(page)
    assert not shown_page.exception
    assert not {button.label for button in shown_page.button} & {"Save", "Forget"}
    assert str(root.parent) not in "\n".join(str(block.value) for block in [*shown_page.code, *shown_page.text])


def test_several_stores_have_names_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    roots = [tmp_path / "a/runs", tmp_path / "b/runs", tmp_path / "else"]
    monkeypatch.setenv("MEDIASTORE_STORES", json.dumps([str(root) for root in roots]))
    assert [(store.number, store.name) for store in shown.stores()] == [(0, "runs"), (1, "runs 2"), (2, "else")]


def test_the_sidebar_and_the_link_choose_the_store(
    write_run: Callable[..., str], app: Callable[..., AppTest], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run("here", steps=range(1))
    other = root.with_name("other")
    with mediastore.init(project="far", id="there", dir=other) as run:
        run.log({"loss": 1.0})
    monkeypatch.setenv("MEDIASTORE_STORES", json.dumps([str(root), str(other)]))
    page = app(store="other")
    assert page.selectbox(key="store").value == "other"
    assert "far/there" in runs_listed(page)
    page.selectbox(key="store").set_value("store").run()
    assert "far/there" not in runs_listed(page)
    assert app(store="nonsense").selectbox(key="store").value == "store"


def runs_listed(page: AppTest) -> str:
    return " ".join(str(found.proto) for found in page.get("bidi_component"))


def test_each_store_has_addresses_of_its_own(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    (other / PICTURE).parent.mkdir(parents=True)
    (other / PICTURE).write_bytes(b"other")
    (other / "demo/run-1/run.json").write_text("{}")
    client = TestClient(Starlette(routes=serve.routes([folder, other], Thumbnails().of)))
    first = client.get(serve.media_url(PICTURE)).content
    monkeypatch.setattr(shown.address, "store", lambda: shown.ShownStore(1, "other", other))
    assert serve.media_url(PICTURE) == f"/app/static/store/@1/{PICTURE}"
    assert client.get(serve.media_url(PICTURE)).content == b"other" != first
    for number in ("2", "-1", "x", "", "00", "9999999999999"):
        assert client.get(f"/app/static/store/@{number}/{PICTURE}").status_code == (200 if number == "00" else 404)


def test_addresses_are_below_the_base_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown.address, "base", "/lab")
    client = TestClient(Starlette(routes=serve.routes(folder, Thumbnails().of, base="lab")))
    for url in (serve.media_url(PICTURE), serve.thumb_url(PICTURE), serve.plotly_url()):
        assert url.startswith("/lab/app/static/")
        assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    ("base_url", "path", "is_open"),
    [
        ("", "", False),
        ("/", "", False),
        ("lab", "/lab", False),
        ("/lab/x/", "/lab/x", False),
        ("https://example.org/lab", "/lab", True),
        ("http://example.org:8080", "", True),
    ],
)
def test_a_base_url_is_a_path_or_a_whole_url(base_url: str, path: str, is_open: bool) -> None:
    serving = Serving(base_url=base_url)
    assert (serving.path, serving.is_open_to_others) == (path, is_open)
    assert ("--server.allowedHosts=example.org" in serving.flags(1)) == is_open


@pytest.mark.parametrize("base_url", ["ftp://x/y", "//evil", "https://", "/lab?x=1", "/lab#x"])
def test_any_other_base_url_is_refused(base_url: str) -> None:
    with pytest.raises(MediaStoreValueError, match="base_url must be a path or an http URL"):
        Serving(base_url=base_url)


def login(**person: object) -> dict[str, str]:
    told = json.dumps({"is_logged_in": True, "email": "ann@lab.example", "email_verified": True} | person)
    return {AUTH_COOKIE_NAME: create_signed_value(get_cookie_secret(), AUTH_COOKIE_NAME, told).decode()}


def test_a_visitor_is_known_by_the_cookie_that_the_login_signed() -> None:
    cookie = login()[AUTH_COOKIE_NAME]
    assert access.knows_visitor({AUTH_COOKIE_NAME: cookie})
    elsewhere = create_signed_value("another secret", AUTH_COOKIE_NAME, '{"is_logged_in": true}').decode()
    for forged in ("", "x", cookie[:-1], cookie + "x", cookie.swapcase(), elsewhere, '{"is_logged_in": true}'):
        assert not access.knows_visitor({AUTH_COOKIE_NAME: forged})
    assert not access.knows_visitor({})
    assert not access.knows_visitor(login(is_logged_in=False))


@pytest.mark.parametrize(
    ("users", "person", "may"),
    [
        ("", {}, True),
        ("Ann@lab.example", {}, True),
        ("bob@lab.example, @lab.example", {}, True),
        ("@lab.example", {"email_verified": False}, False),
        ("bob@lab.example", {}, False),
        ("@lab.example", {"email": "eve@evil.lab.example"}, False),
        ("@lab.example", {"email": None}, False),
        ("lab.example", {}, False),
    ],
)
def test_only_those_who_are_named_may_come_in(
    users: str, person: dict[str, object], may: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIASTORE_USERS", users)
    assert access.knows_visitor(login(**person)) == may
