"""The proxy that puts a server further away changes no byte and delays each by no less than it says."""

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from benchmarks.latency_proxy import farther


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that sends back what it gets, and ends when its peer does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            listening.accept()[0].close()  # the one that looks whether the proxy listens
            connection, _ = listening.accept()
            with connection:
                while content := connection.recv(65536):
                    connection.sendall(content)

        serving = Thread(target=serve)
        serving.start()
        yield listening.getsockname()[1]
        serving.join()


def test_what_passes_the_proxy_is_unchanged_and_late_by_both_ways(echo_port: int) -> None:
    content = bytes(range(256)) * 4000

    with (
        farther(echo_port, latency=30) as port,
        socket.create_connection(("127.0.0.1", port)) as connection,
    ):
        sent_at = time.monotonic()
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        received = connection.recv(65536)
        first_after = time.monotonic() - sent_at
        while more := connection.recv(65536):
            received += more

    assert received == content
    assert first_after >= 0.06
