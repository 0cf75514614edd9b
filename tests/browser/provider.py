"""A provider of logins by OpenID Connect, as small as one can be: everybody who comes is `ann@lab.example`."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

PERSON = {"sub": "ann", "email": "ann@lab.example", "email_verified": True, "name": "Ann"}


@contextmanager
def provider(port: int) -> Iterator[str]:
    """The provider's URL while it runs."""
    url = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(_application(url), host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(10)


def _application(url: str) -> Starlette:
    key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    nonces: dict[str, str] = {}

    async def configuration(request: Request) -> JSONResponse:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        told = {name: f"{url}/{place}" for name, place in places.items()}
        supported = {"id_token_signing_alg_values_supported": ["RS256"], "response_types_supported": ["code"]}
        return JSONResponse({"issuer": url, "subject_types_supported": ["public"]} | told | supported)

    async def authorize(request: Request) -> RedirectResponse:
        asked, code = request.query_params, secrets.token_hex(8)
        nonces[code] = asked.get("nonce", "")
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def token(request: Request) -> JSONResponse:
        code = str((await request.form())["code"])
        now = int(time.time())
        claims = PERSON | {"iss": url, "aud": "mediastore", "iat": now, "exp": now + 600, "nonce": nonces.pop(code)}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": signed})

    async def keys(request: Request) -> JSONResponse:
        return JSONResponse({"keys": [key.as_dict(private=False)]})

    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", configuration),
            Route("/authorize", authorize),
            Route("/token", token, methods=["POST"]),
            Route("/keys", keys),
        ]
    )
