"""Each fault does what it says, once, to the request it was meant for; everything else passes unchanged."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.label_studio.fault_proxy import (
    FOR_EVER,
    FaultProxy,
    answer_lost,
    answered_late,
    answers,
    cut_in_body,
    fault_proxy,
    forwarded_late,
    request_lost,
)
from tests.label_studio.server import free_port


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent, and notes how much of each body came."""

    server: "EchoServer"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.arrived.append((time.monotonic(), self.path, body))
        self.send_response(201)
        self.send_header("Set-Cookie", "one=1")
        self.send_header("Set-Cookie", "two=2")
        self.send_header("X-Host", self.headers["Host"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"4\r\nin p\r\n5\r\nieces\r\n0\r\n\r\n")

    def do_DELETE(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class EchoServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Echo)
        self.arrived: list[tuple[float, str, bytes]] = []


@pytest.fixture
def echo() -> Iterator[EchoServer]:
    with EchoServer() as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        yield server
        server.shutdown()
        serving.join()


@pytest.fixture
def proxy(echo: EchoServer) -> Iterator[FaultProxy]:
    with fault_proxy(to_port=echo.server_port) as running:
        yield running


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy.url, timeout=30, trust_env=False) as made:
        yield made


def eventually(holds: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + 30
    while not holds() and time.monotonic() < give_up:
        time.sleep(0.01)
    return holds()


def test_what_meets_no_fault_passes_unchanged(client: httpx.Client, proxy: FaultProxy) -> None:
    body = bytes(range(256)) * 5000

    answer = client.post("/way?a=%20b&c=d", content=body)

    assert (answer.status_code, answer.content) == (201, body)
    assert answer.headers.get_list("Set-Cookie") == ["one=1", "two=2"]
    assert answer.headers["X-Host"] == proxy.url.removeprefix("http://")
    assert client.get("/").content == b"in pieces"
    assert client.delete("/").status_code == httpx.codes.NO_CONTENT


def test_one_connection_carries_request_after_request(proxy: FaultProxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.server_port, timeout=30)
    connection.connect()
    local_end = connection.sock.getsockname()

    for method, status in (("POST", 201), ("GET", 200), ("DELETE", 204), ("POST", 201)):
        connection.request(method, "/", body=b"x" * 1000)
        answer = connection.getresponse()
        assert answer.status == status
        answer.read()
        assert connection.sock.getsockname() == local_end
    connection.close()


def test_every_request_is_noted_with_its_sizes(client: httpx.Client, proxy: FaultProxy) -> None:
    proxy.on("POST", "/lost", request_lost)

    client.post("/one", content=b"12345")
    client.get("/two")
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/lost", content=b"123")

    noted = [
        (each.method, each.path, each.n_sent, each.n_received, each.status, each.reached)
        for each in proxy.requests
    ]
    assert noted == [
        ("POST", "/one", 5, 5, 201, True),
        ("GET", "/two", 0, 9, 200, True),
        ("POST", "/lost", 3, 0, None, False),
    ]
    assert proxy.matching("POST", "^/o") == proxy.requests[:1]


def test_an_error_is_answered_in_place_of_the_server(
    client: httpx.Client, proxy: FaultProxy, echo: EchoServer
) -> None:
    proxy.on("POST", "/import", answers(500))

    assert client.post("/import", content=b"work").status_code == 500
    assert echo.arrived == []
    assert client.post("/import", content=b"work").status_code == 201


def test_a_lost_answer_leaves_the_work_done(
    client: httpx.Client, proxy: FaultProxy, echo: EchoServer
) -> None:
    proxy.on("POST", "/import", answer_lost)

    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/import", content=b"work")

    assert [body for _, _, body in echo.arrived] == [b"work"]


def test_a_lost_request_never_reaches_the_server(
    client: httpx.Client, proxy: FaultProxy, echo: EchoServer
) -> None:
    proxy.on("POST", "/import", request_lost)

    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/import", content=b"work")

    assert echo.arrived == []


def test_a_cut_in_the_body_gives_the_server_half_of_it(
    client: httpx.Client, proxy: FaultProxy, echo: EchoServer
) -> None:
    proxy.on("POST", "/import", cut_in_body)

    with pytest.raises(httpx.TransportError):
        client.post("/import", content=b"x" * 4_000_000)

    assert eventually(lambda: [len(body) for _, _, body in echo.arrived] == [2_000_000])
    assert not proxy.requests[0].reached


def test_a_late_answer_is_for_work_done_at_once(
    client: httpx.Client, proxy: FaultProxy, echo: EchoServer
) -> None:
    proxy.on("POST", "/import", answered_late(0.3))

    answer = client.post("/import", content=b"work")

    assert time.monotonic() - echo.arrived[0][0] >= 0.3
    assert answer.content == b"work"


def test_a_client_that_gives_up_on_a_late_answer_leaves_the_work_done(
    client: httpx.Client, proxy: FaultProxy, echo: EchoServer
) -> None:
    proxy.on("POST", "/import", answered_late(1))

    with pytest.raises(httpx.ReadTimeout):
        client.post("/import", content=b"work", timeout=httpx.Timeout(30, read=0.2))

    proxy.wait_until_idle()
    assert len(echo.arrived) == 1


def test_a_request_forwarded_late_arrives_after_its_sender_has_gone(
    client: httpx.Client, proxy: FaultProxy, echo: EchoServer
) -> None:
    proxy.on("POST", "/import", forwarded_late(0.3))
    sent_at = time.monotonic()

    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/import", content=b"late")
    client.post("/import", content=b"repeated")
    proxy.wait_until_idle()

    arrived_at = {body: at for at, _, body in echo.arrived}
    assert arrived_at.keys() == {b"repeated", b"late"}
    assert arrived_at[b"late"] - sent_at >= 0.3


def test_a_fault_meets_the_requests_it_was_meant_for(client: httpx.Client, proxy: FaultProxy) -> None:
    proxy.on("POST", r"/import\?.*commit", answers(500), nth=2, times=2)

    told = [client.post("/import?commit=no").status_code for _ in range(4)]

    assert told == [201, 500, 500, 201]
    assert client.post("/import").status_code == 201
    assert client.get("/import?commit=no").status_code == 200


def test_a_fault_may_last(client: httpx.Client, proxy: FaultProxy) -> None:
    proxy.on("POST", "/", answers(503), nth=2, times=FOR_EVER)

    assert [client.post("/").status_code for _ in range(5)] == [201, 503, 503, 503, 503]


def test_a_server_that_is_down_is_a_cut_line() -> None:
    with fault_proxy(to_port=free_port()) as proxy, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(proxy.url, timeout=30, trust_env=False)

    assert [each.reached for each in proxy.requests] == [False]


def test_clients_side_by_side_do_not_mix(proxy: FaultProxy) -> None:
    answers_to: dict[int, bytes] = {}

    def ask(number: int) -> None:
        with httpx.Client(base_url=proxy.url, timeout=30, trust_env=False) as client:
            for turn in range(10):
                content = json.dumps([number, turn]).encode()
                answers_to[number, turn] = client.post("/", content=content).content == content

    threads = [Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers_to) == 80
    assert all(answers_to.values())
    assert len(proxy.requests) == 80
