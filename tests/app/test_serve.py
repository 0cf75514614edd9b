from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mediastore import serve
from mediastore.thumbnails import Thumbnails

PICTURE = "demo/run-1/media/val/000000001-00-aa.png"


@pytest.fixture
def client(folder: Path) -> TestClient:
    app = Starlette(routes=serve.routes(folder, Thumbnails().of), middleware=serve.middleware())
    return TestClient(app, base_url="http://127.0.0.1")


def test_a_picture_comes_whole_with_its_type_and_a_sandbox(client: TestClient, folder: Path) -> None:
    answer = client.get(serve.media_url(PICTURE))
    assert answer.status_code == 200
    assert answer.content == (folder / PICTURE).read_bytes()
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "content-disposition" not in answer.headers
    assert "max-age" in answer.headers["cache-control"]


def test_head_tells_the_length_and_sends_nothing(client: TestClient, folder: Path) -> None:
    answer = client.head(serve.media_url(PICTURE))
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == (folder / PICTURE).stat().st_size


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 10), ("bytes=10-19", 10, 20), ("bytes=-5", -5, None), ("bytes=100-", 100, None)],
)
def test_a_range_is_answered_with_just_those_bytes(
    client: TestClient, folder: Path, asked: str, first: int, last: int | None
) -> None:
    answer = client.get(serve.media_url(PICTURE), headers={"range": asked})
    assert answer.status_code == 206
    assert answer.content == (folder / PICTURE).read_bytes()[first:last]
    assert answer.headers["content-range"].endswith(f"/{(folder / PICTURE).stat().st_size}")


def test_a_range_beyond_the_end_is_refused(client: TestClient) -> None:
    assert client.get(serve.media_url(PICTURE), headers={"range": "bytes=99999999-"}).status_code == 416


@pytest.mark.parametrize("url", [serve.media_url(PICTURE), serve.thumb_url(PICTURE)])
def test_what_the_browser_has_is_not_sent_again(client: TestClient, url: str) -> None:
    first = client.get(url)
    again = client.get(url, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(url, headers={"if-none-match": '"another"'}).status_code == 200


@pytest.mark.parametrize("name", ["page.svg", "notes.html"])
def test_what_could_run_in_a_browser_is_a_download(client: TestClient, name: str) -> None:
    answer = client.get(serve.media_url(f"demo/run-1/media/val/{name}"))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_page_with_the_ending_of_a_picture_stays_a_picture(client: TestClient) -> None:
    answer = client.get(serve.media_url("demo/run-1/media/val/page.png"))
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_download_can_be_asked_for(client: TestClient) -> None:
    answer = client.get(serve.media_url(PICTURE) + "?download")
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''000000001-00-aa.png"


def test_the_code_of_a_run_is_a_download(client: TestClient) -> None:
    answer = client.get(serve.media_url("demo/run-1/code/train.py"))
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")


REFUSED = [
    "demo/run-1/run.json",
    "demo/run-1/items/aa-0001.jsonl",
    "mediastore.json",
    "",
    "demo/run-1/media",
    "demo/run-1/media/val",
    "demo/run-1/media/val/",
    "demo/run-1/media/val/missing.png",
    "demo/run-1/media/val/.hidden.png",
    "demo/run-1/media/val/link.png",
    "demo/run-1/media/val/inner.png",
    "demo/run-1/media/away/outside.png",
    "demo/run-1/media/../run.json",
    "demo/run-1/media/../../../../outside.png",
    "demo/run-1/media/%2e%2e/run.json",
    "demo/run-1/media/%2E%2E/%2e%2e/run-1/run.json",
    "demo/run-1/media/..%2frun.json",
    "demo/run-1/media/..%5crun.json",
    "demo/run-1/media/%252e%252e/run.json",
    "demo/run-1/media//val/000000001-00-aa.png",
    "/etc/passwd",
    "//etc/passwd",
    "%2fetc%2fpasswd",
    "demo/run-1/media/val/000000001-00-aa.png%00.png",
    "demo/run-1/media/val/" + "a" * 5000,
    "C:/windows/win.ini",
    "demo/run-1/media/%c0%ae%c0%ae/run.json",
]


@pytest.mark.parametrize("prefix", [serve.STORE_PREFIX, serve.THUMB_PREFIX])
@pytest.mark.parametrize("path", REFUSED)
def test_nothing_but_media_and_code_leaves_the_store(client: TestClient, prefix: str, path: str) -> None:
    answer = client.get(f"{prefix}/{path}")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


@pytest.mark.parametrize("path", [path for path in REFUSED if "%" not in path])
def test_a_path_is_refused_before_it_is_opened(folder: Path, path: str) -> None:
    assert serve.media_file(folder, path) is None


def test_a_store_that_does_not_exist_yet_serves_nothing(tmp_path: Path) -> None:
    assert serve.media_file(tmp_path / "not there", PICTURE) is None


def test_a_project_called_media_is_only_a_name(tmp_path: Path) -> None:
    run = tmp_path / "media/code"
    (run / "media").mkdir(parents=True)
    (run / "run.json").write_text("{}")
    (run / "media/x.png").write_bytes(b"x")
    assert serve.media_file(tmp_path, "media/code/media/x.png") == run.resolve() / "media/x.png"
    assert serve.media_file(tmp_path, "media/code/run.json") is None


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.0.7", ""])
def test_another_host_is_refused(client: TestClient, host: str) -> None:
    assert client.get(serve.media_url(PICTURE), headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "localhost:9000"])
def test_this_machine_is_welcome(client: TestClient, host: str) -> None:
    assert client.get(serve.media_url(PICTURE), headers={"host": host}).status_code == 200


def test_every_answer_may_not_be_framed_and_tells_no_referrer(client: TestClient) -> None:
    answer = client.get("/anything")
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_nothing_can_be_written_through_the_routes(client: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert client.request(method, serve.media_url(PICTURE)).status_code == 405


def test_names_with_spaces_and_signs_survive_the_url(folder: Path, client: TestClient) -> None:
    path = "demo/run-1/media/a b#c?d=1+2,[3] ~25.png"
    (folder / path).write_bytes((folder / PICTURE).read_bytes())
    assert client.get(serve.media_url(path)).status_code == 200


def test_a_base_path_is_part_of_the_routes(folder: Path) -> None:
    client = TestClient(Starlette(routes=serve.routes(folder, Thumbnails().of, base="lab")))
    assert client.get("/lab" + serve.media_url(PICTURE)).status_code == 200
    assert client.get(serve.media_url(PICTURE)).status_code == 404
