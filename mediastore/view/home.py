"""The first page has two addresses: the app's own, and its name, as every other page has."""

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from mediastore.view import links


def routes(base: str = "") -> list[Route]:
    """`/runs?…` leads to `/?…`; `base` is the app's base path."""
    prefix = f"/{base.strip('/')}" if base.strip("/") else ""
    return [Route(f"{prefix}/{links.HOME}", _to_home)]


def _to_home(request: Request) -> RedirectResponse:
    query = request.url.query
    return RedirectResponse(f"./?{query}" if query else "./")
