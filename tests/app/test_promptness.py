"""What the app sends, it sends at once."""

import socket

from mediastore.view import promptness


def is_prompt(connection: socket.socket) -> bool:
    return bool(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_a_connection_that_is_accepted_later_does_not_hold_back_what_is_small():
    with socket.socket() as listening, socket.socket() as visitor:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        promptness.begin()
        visitor.connect(listening.getsockname())
        with listening.accept()[0] as accepted:
            assert is_prompt(accepted)
        assert not is_prompt(visitor), "a connection of somebody else is none of its business"
