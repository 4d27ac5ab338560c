"""An HTTP proxy in front of a server, which does to chosen requests what bad lines and servers do.

    with fault_proxy(to_port=8080) as proxy:
        proxy.on("POST", r"/import", answer_lost, nth=2)

A request goes to the server once or not at all, on a connection of its own: the proxy repeats nothing.
"""

import http.client
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from typing import Any

# What belongs to one line and not to the message; the length of an answer is told anew.
OF_THE_LINE = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
FOR_EVER = sys.maxsize


@dataclass(kw_only=True)
class Request:
    """One request that arrived, with the sizes of the two bodies in bytes.

    `status` is what its sender was told, None if nothing; `reached` is whether the server was given all.
    """

    method: str
    path: str
    n_sent: int
    reached: bool = False
    status: int | None = None
    n_received: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server, or a fault in its place, says."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


class Exchange(BaseHTTPRequestHandler):
    """A connection of a client; for each request on it a fault is given this, to do what it likes."""

    server: "FaultProxy"
    request_seen: Request
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def body(self) -> bytes:
        """Read the whole body; the client has then sent all."""
        body = self.rfile.read(self.request_seen.n_sent)
        if len(body) < self.request_seen.n_sent:
            raise ConnectionError("the client went away in the middle of the body")
        return body

    def forward(self, body: bytes) -> Answer:
        """Have the server do it, and give its answer."""
        upstream = self.server.upstream()
        try:
            self._send_head(upstream)
            upstream.send(body)
            self.request_seen.reached = True
            answer = upstream.getresponse()
            return Answer(status=answer.status, headers=answer.getheaders(), body=answer.read())
        finally:
            upstream.close()

    def forward_half(self) -> None:
        """Have the server wait for the second half of a body, and then find the line cut."""
        upstream = self.server.upstream()
        self._send_head(upstream)
        upstream.send(self.rfile.read(self.request_seen.n_sent // 2))
        upstream.close()

    def answer(self, answer: Answer) -> None:
        """Tell the client; it may have gone meanwhile."""
        self.request_seen.status = answer.status
        self.request_seen.n_received = len(answer.body)
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in OF_THE_LINE | {"content-length"}:
                self.send_header(name, value)
        if answer.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            self.send_header("Content-Length", str(len(answer.body)))
        try:
            self.end_headers()
            self.wfile.write(answer.body)
        except OSError:
            self.close_connection = True

    def cut(self) -> None:
        """End the connection without a word."""
        self.close_connection = True
        with suppress(OSError):  # it may be cut already
            self.connection.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the proxy ends."""
        self.server.ending.wait(seconds)

    def do_any(self) -> None:
        """Answer one request."""
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        length = int(self.headers.get("Content-Length", 0))
        self.request_seen = Request(method=self.command, path=self.path, n_sent=length)
        with self.server.under_way(self.request_seen) as fault:
            try:
                fault(self)
            except (OSError, http.client.HTTPException):  # the server is down, or cut the line itself
                self.cut()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_any  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing: `requests` holds what arrived."""

    def _send_head(self, upstream: http.client.HTTPConnection) -> None:
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in OF_THE_LINE:
                upstream.putheader(name, value)
        upstream.putheader("Connection", "close")
        upstream.endheaders()


Fault = Callable[[Exchange], None]


def pass_on(exchange: Exchange) -> None:
    """No fault."""
    exchange.answer(exchange.forward(exchange.body()))


def answers(status: int) -> Fault:
    """The server is not asked; the answer is this status."""

    def fault(exchange: Exchange) -> None:
        exchange.body()
        exchange.answer(Answer(status=status, headers=[("Content-Type", "text/plain")], body=b"a fault"))

    return fault


def answer_lost(exchange: Exchange) -> None:
    """The server does it; its answer does not arrive."""
    exchange.forward(exchange.body())
    exchange.cut()


def request_lost(exchange: Exchange) -> None:
    """The client sends everything, and the line is cut before the server hears of it."""
    exchange.body()
    exchange.cut()


def cut_in_body(exchange: Exchange) -> None:
    """The line is cut when half of the body is through."""
    exchange.forward_half()
    exchange.cut()


def answered_late(seconds: float) -> Fault:
    """The server does it at once; the answer takes its time, which the client may not have."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.forward(exchange.body())
        exchange.wait(seconds)
        exchange.answer(answer)

    return fault


def forwarded_late(seconds: float) -> Fault:
    """The line to the client is cut at once, and the server gets the request so much later all the same."""

    def fault(exchange: Exchange) -> None:
        body = exchange.body()
        exchange.cut()
        exchange.wait(seconds)
        exchange.forward(body)

    return fault


@dataclass(kw_only=True)
class Rule:
    """Which requests meet a fault: of those that match, `times` many from the `nth` on."""

    method: str
    path: re.Pattern[str]
    fault: Fault
    nth: int
    times: int
    n_matched: int = 0

    def meets(self, request: Request) -> bool:
        """Count the request if it matches; whether it is to meet the fault."""
        if request.method != self.method or not self.path.search(request.path):
            return False
        self.n_matched += 1
        return self.nth <= self.n_matched < self.nth + self.times


class FaultProxy(ThreadingHTTPServer):
    """The proxy; `requests` are in the order in which they arrived."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, to_port: int) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.requests: list[Request] = []
        self.ending = Event()
        self._to_port = to_port
        self._rules: list[Rule] = []
        self._change = Condition()
        self._n_under_way = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def on(self, method: str, path: str, fault: Fault, *, nth: int = 1, times: int = 1) -> None:
        """From now on, do this to `times` requests, from the `nth` whose path and query match."""
        with self._change:
            rule = Rule(method=method, path=re.compile(path), fault=fault, nth=nth, times=times)
            self._rules.append(rule)

    def matching(self, method: str, path: str) -> list[Request]:
        """The requests that arrived with this method and such a path."""
        with self._change:
            return [each for each in self.requests if each.method == method and re.search(path, each.path)]

    def wait_until_idle(self, timeout: float = 60) -> None:
        """Return once no request is under way, also none that is forwarded late."""
        with self._change:
            if not self._change.wait_for(lambda: not self._n_under_way, timeout):
                raise TimeoutError(f"{self._n_under_way} requests are still under way")

    def upstream(self) -> http.client.HTTPConnection:
        """A new connection to the server."""
        return http.client.HTTPConnection("127.0.0.1", self._to_port, timeout=300)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of a fault that is wrong itself; a client that went away is no news."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    @contextmanager
    def under_way(self, request: Request) -> Iterator[Fault]:
        """Note a request, give what is to be done with it, and know when that is over."""
        with self._change:
            self.requests.append(request)
            self._n_under_way += 1
            due = [rule.fault for rule in self._rules if rule.meets(request)]
        try:
            yield due[0] if due else pass_on
        finally:
            with self._change:
                self._n_under_way -= 1
                self._change.notify_all()


@contextmanager
def fault_proxy(to_port: int) -> Iterator[FaultProxy]:
    """Run a proxy on loopback in front of the server at this port of this machine."""
    with FaultProxy(to_port) as proxy:
        serving = Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield proxy
        finally:
            proxy.ending.set()
            proxy.wait_until_idle()
            proxy.shutdown()
            serving.join()
