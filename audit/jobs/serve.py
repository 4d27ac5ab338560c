"""Serve: runs the pages until they are interrupted."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from audit.errors import InputError, UnavailableError
from audit.review.locality import is_loopback

WORKSPACE_VARIABLE = "MASK_AUDIT_WORKSPACE"
SAMPLE_VARIABLE = "MASK_AUDIT_SAMPLE"
COMPARED_VARIABLE = "MASK_AUDIT_COMPARED"
"""The names of the two settings to compare, as a list in JSON; unset where masks are read."""
WITHOUT_SIGN_IN_VARIABLE = "MASK_AUDIT_WITHOUT_SIGN_IN"
"""The page asks for a sign-in unless this is set: started in any other way, it is closed."""

PAGE_FILE = Path(__file__).parents[2] / "streamlit_app.py"
"""The page lies beside the `audit` package, in a checkout and where it is installed."""

STARTING_SECONDS = 60
STOPPING_SECONDS = 10

MAX_MESSAGE_MEGABYTES = 64
"""Of one message to the browser: a large photo goes out in one piece."""

MAX_INCOMING_MEGABYTES = 25
"""Of one message from a browser; 500 verdicts with the longest notes fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeRequest:
    """Where to serve which review.

    Attributes:
        sample: None for the latest.
        compared: the two settings to compare; None where masks are read.
        port: 1 to 65535.
        behind_proxy: others come in through a proxy on this machine.
        provider_file: names who vouches for e-mail addresses; None where links let people in.
    """

    workspace: Path
    sample: str | None = None
    compared: tuple[str, str] | None = None
    host: str = "127.0.0.1"
    port: int = 8501
    behind_proxy: bool = False
    provider_file: Path | None = None

    @property
    def needs_sign_in(self) -> bool:
        """Whether anybody but the person at this machine can reach the page."""
        return self.behind_proxy or not is_loopback(self.host)

    @property
    def own_host(self) -> str:
        """By which this machine reaches the page."""
        is_any = self.host in ("0.0.0.0", "::")  # noqa: S104  (compared, not bound)
        return "127.0.0.1" if is_any else self.host

    @property
    def address(self) -> str:
        """What to open in a browser."""
        host = f"[{self.own_host}]" if ":" in self.own_host else self.own_host
        return f"http://{host}:{self.port}"


def review_command(request: ServeRequest) -> list[str]:
    """The command that serves the page; it needs `review_environment`."""
    options = {
        "server.address": request.host,
        "server.port": request.port,
        # Streamlit would otherwise ask the internet what this machine's address is, to print it.
        "browser.serverAddress": request.own_host,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": "false",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "logger.level": "warning",
        # Streamlit's own red would look like a warning beside verdicts.
        "theme.light.primaryColor": "#0072b2",
        "theme.dark.primaryColor": "#3d9be0",
        # Whoever may come from elsewhere finds no door but the page: no files, no uploads, no other programs.
        "server.enableStaticServing": "false",
        "server.enableAgentApi": "false",
        "server.enableCORS": "true",
        "server.enableXsrfProtection": "true",
        "server.xsrfCookieSameSite": "strict",
        "server.maxUploadSize": 1,
        "server.maxMessageSize": MAX_MESSAGE_MEGABYTES,
        "server.maxWidgetStateSize": MAX_INCOMING_MEGABYTES,
        # Proxies commonly cut a connection that is silent for a minute.
        "server.websocketPingInterval": 20,
    }
    if request.provider_file is not None:
        options["secrets.files"] = request.provider_file.resolve()
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(PAGE_FILE), *flags]


def review_environment(request: ServeRequest) -> dict[str, str]:
    """The environment in which the page finds its workspace and sample."""
    environment = {**os.environ, WORKSPACE_VARIABLE: str(request.workspace.resolve())}
    for name in (SAMPLE_VARIABLE, COMPARED_VARIABLE, WITHOUT_SIGN_IN_VARIABLE):
        environment.pop(name, None)
    if request.sample is not None:
        environment[SAMPLE_VARIABLE] = request.sample
    if request.compared is not None:
        environment[COMPARED_VARIABLE] = json.dumps(request.compared)
    if not request.needs_sign_in:
        environment[WITHOUT_SIGN_IN_VARIABLE] = "yes"
    return environment


def serve_review(request: ServeRequest, *, on_ready: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C or another signal to end; the server ends with this process.

    Args:
        request: what to serve, and where.
        on_ready: called once with the address as soon as the page answers.

    Raises:
        InputError: the port is taken, the host is not of this machine, or Streamlit is not installed.
        UnavailableError: the server ended by itself, or did not answer in time.
        KeyboardInterrupt: Ctrl-C, once the server has been stopped.
        SystemExit: SIGTERM or SIGHUP, likewise; the status is 128 + the signal's number.
    """
    _check_installed()
    check_port(request)
    with _ending_by_exit():
        server = subprocess.Popen(  # noqa: S603  (our own interpreter and file)
            review_command(request),
            env=review_environment(request),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until_it_answers(server, request)
            on_ready(request.address)
            if server.wait() != 0:
                raise UnavailableError(f"the page's server ended by itself with status {server.returncode}")
        finally:
            _stop(server)


def check_port(request: ServeRequest) -> None:
    """Raise InputError, in one sentence, unless the page can be served on that host and port now."""
    if not request.host.strip():
        raise InputError("--host is blank: give an address of this machine, such as 127.0.0.1")
    if not 1 <= request.port <= 65535:
        raise InputError(f"--port {request.port} is no port: give one from 1 to 65535")
    family = socket.AF_INET6 if ":" in request.host else socket.AF_INET
    try:
        with socket.create_server((request.host, request.port), family=family):
            pass
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that could be no host's
        why = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot serve on {request.host} port {request.port} ({why}): give another --port or --host"
        ) from error


def wait_until_it_answers(server: subprocess.Popen[bytes], request: ServeRequest) -> None:
    """Return as soon as a started server serves the page; raise UnavailableError where it never does."""
    give_up = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < give_up:
        if server.poll() is not None:
            raise UnavailableError(f"the page's server ended at once with status {server.returncode}")
        if _answers(request):
            return
        time.sleep(0.1)
    raise UnavailableError(f"the page's server did not answer within {STARTING_SECONDS} seconds")


def _check_installed() -> None:
    if find_spec("streamlit") is None:
        raise InputError("the reviewer's page needs Streamlit: install mask-audit[review]")


@contextmanager
def _ending_by_exit() -> Iterator[None]:
    """Turn the signals that would kill this process at once into SystemExit, so that what it started ends."""
    numbers = [number for number in (signal.SIGTERM, getattr(signal, "SIGHUP", None)) if number is not None]
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]  # nohup ignores
    before = {number: signal.signal(number, _exit) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, frame: FrameType | None) -> None:
    del frame
    raise SystemExit(128 + number)


def _answers(request: ServeRequest) -> bool:
    try:
        # Always http, on a host and port of this machine.
        with urlopen(f"{request.address}/_stcore/health", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOPPING_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
