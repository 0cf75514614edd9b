"""Sends what is small at once.

Streamlit opens its socket in a way by which asyncio does not know it for TCP and leaves Nagle's algorithm on. That
holds a message back until the browser has acknowledged the one before it, which systems put off by 40 ms.
"""

import gc
import socket


def begin() -> None:
    """Have every connection that this process accepts from now on send at once.

    To be called once the socket is open, and before its owner is hidden from the garbage collector (`tidying`).
    """
    for one in gc.get_objects():
        if isinstance(one, socket.socket) and _accepts(one):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)


def _accepts(one: socket.socket) -> bool:
    is_tcp = one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM
    try:
        return is_tcp and bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False
