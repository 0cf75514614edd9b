"""Who may see and who may change: the guards before the app, and what pages ask before they offer a change."""

import json
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from mediastore import files, shown
from mediastore.errors import MissingPackageError
from mediastore.guard import LoginGuard, PasswordGuard
from mediastore.limits import RateLimit
from mediastore.reader.store import Store

OUR_ROUTES = "/app/"

when_opened: Callable[[Store], object] | None = None
"""What the server does when it has opened a store, beside drawing pages; set where it starts."""


def protect_stores() -> None:
    """Where the app is read only, refuse every change of a store in this process, whoever asks for it."""
    if shown.is_read_only():
        files.protect(*(store.root for store in shown.stores()))


def can_change() -> bool:
    """Whether pages may offer changes; where not, they would be refused."""
    return not shown.is_read_only()


def guards(base: str = "") -> list[Middleware]:
    """What stands before all that is served: a password, or a login where secrets.toml holds `[auth]`, or nothing."""
    password = shown.password()
    if password is not None:
        return [Middleware(PasswordGuard, password=password, base=base)]
    if asks_for_login():
        if find_spec("authlib") is None:
            raise MissingPackageError(
                "the [auth] of secrets.toml must be served by the package Authlib, which is not installed; "
                "pip install 'mediastore[login]'"
            )
        return [Middleware(LoginGuard, knows=knows_visitor, prefixes=(f"{base}{OUR_ROUTES}",))]
    return []


def limits(base: str = "") -> list[Middleware]:
    """What holds each address to its share, where MEDIASTORE_LIMITS does not say 0."""
    factor = shown.limits()
    return [Middleware(RateLimit, base=base, factor=factor)] if factor else []


def asks_for_login() -> bool:
    """Whether secrets.toml names a provider of logins."""
    return bool(st.secrets.load_if_toml_exists() and st.secrets.get("auth"))


def knows_visitor(cookies: Mapping[str, str]) -> bool:
    """Whether a request carries the login of somebody who may come in: Streamlit's cookie, signed, not expired."""

    def signed(name: str) -> bytes | None:
        return decode_signed_value(get_cookie_secret(), name, cookies.get(name, ""))

    try:
        found = get_cookie_with_chunks(signed, AUTH_COOKIE_NAME)
        person = json.loads(found) if found else {}
    except ValueError:
        return False
    return may_come_in(person)


def may_come_in(person: Mapping[str, Any]) -> bool:
    """Whether somebody logged in and is one of `MEDIASTORE_USERS`, where that names anybody."""
    if not person.get("is_logged_in"):
        return False
    allowed = shown.users()
    mail = str(person.get("email") or "").lower()
    is_proved = person.get("email_verified", True) is not False
    return not allowed or (is_proved and (mail in allowed or f"@{mail.rpartition('@')[2]}" in allowed))


def wait_for_login() -> None:
    """Where a login is wanted, end the script run for whoever has not logged in or may not come in."""
    if shown.password() is not None or not asks_for_login() or may_come_in(st.user.to_dict()):
        return
    with st.container(horizontal_alignment="center", gap="medium"):
        st.title("mediastore", anchor=False, width="content")
        if st.user.is_logged_in:
            st.text("This account may not come in. Ask the owner of this app.", width="content")
            st.button("Use another account", on_click=st.logout)
        else:
            st.button("Log in", type="primary", on_click=st.login)
    st.stop()


def record_as_shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """A sidecar to read; where the app is read only, without the place of media that lie outside the store."""
    hidden = {"reference": "not shown here"} if shown.is_read_only() and "reference" in record else {}
    return dict(record) | hidden


def root_as_shown(store: Store) -> str:
    """The store's folder for people to copy; its last name alone where the app is read only."""
    return store.root.name if shown.is_read_only() else str(store.root)
