"""A real Label Studio server as its own process, on data of its own, and the people who annotate on it."""

import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from tests.label_studio.installation import (
    installation_folder,
    label_studio_program,
    missing_for_label_studio,
    server_environment,
)

PASSWORD = "a-Pass-of-tests-1"
OWNER = "owner@example.com"
PATIENCE = 120.0  # seconds for a start; it takes three where nothing else runs
# Below the ports that systems give to outgoing connections, which could take ours while the server is down.
PORTS = range(20_000, 30_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """A user of the server. The e-mail and password sign in; the token is of the legacy kind."""

    user_id: int
    email: str
    password: str
    token: str


@dataclass(kw_only=True)
class RunningServer:
    """A server that a test may stop and start again, with the same port, data and people.

    `folder` holds its data, its log and `files`, the root of what it serves as local files.
    """

    folder: Path
    port: int
    token: str
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @cached_property
    def owner(self) -> Annotator:
        """The first user, who may do anything."""
        with self.http_as(self.token) as http:
            user_id = http.get("/api/current-user/whoami").raise_for_status().json()["id"]
        return Annotator(user_id=user_id, email=OWNER, password=PASSWORD, token=self.token)

    def start(self) -> None:
        """Start it, and return once it lets the owner in."""
        if is_listening(self.port):
            raise RuntimeError(f"port {self.port} is taken, and Label Studio would silently use another")
        command = [label_studio_program(), "start", "--no-browser", "--internal-host", "127.0.0.1"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self._wait_until_it_lets_the_owner_in(self.process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it, if it runs; what it was doing is cut off."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have it down for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def http_as(self, token: str) -> httpx.Client:
        """A client that repeats nothing, with a legacy token; close it."""
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Token {token}"}, timeout=60, trust_env=False
        )

    def add_annotator(self, email: str) -> Annotator:
        """A new user, who joins by the owner's invitation as anybody would."""
        with self.http_as(self.token) as http:
            invitation = http.get("/api/invite").raise_for_status().json()["invite_url"]
        with self._submitted(invitation, email) as visitor:
            user_id = visitor.get("/api/current-user/whoami").raise_for_status().json()["id"]
            token = visitor.get("/api/current-user/token").raise_for_status().json()["token"]
        return Annotator(user_id=user_id, email=email, password=PASSWORD, token=token)

    def personal_access_token(self, annotator: Annotator) -> str:
        """A new one; the one before it ends, for a user has one at most and cannot read it again."""
        with self.http_as(annotator.token) as http:
            for old in http.get("/api/token/").raise_for_status().json():
                http.post("/api/token/blacklist/", json={"refresh": old["token"]}).raise_for_status()
            return str(http.post("/api/token/").raise_for_status().json()["token"])

    def sign_in(self, page: Any, annotator: Annotator) -> None:
        """Let the browser of this Playwright page in as this user."""
        with self._submitted("/user/login/", annotator.email) as visitor:
            cookies = [
                {"name": name, "value": value, "url": self.url} for name, value in visitor.cookies.items()
            ]
        page.context.add_cookies(cookies)

    @contextmanager
    def _submitted(self, form: str, email: str) -> Iterator[httpx.Client]:
        """A visitor with the session that this form gives to whoever fills it in."""
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False) as visitor:
            visitor.get(form).raise_for_status()
            fields = {
                "csrfmiddlewaretoken": visitor.cookies["csrftoken"],
                "email": email,
                "password": PASSWORD,
            }
            answer = visitor.post(form, data=fields, headers={"Referer": self.url})
            if answer.status_code != httpx.codes.FOUND:
                raise RuntimeError(f"{form} let {email} not in: {answer.status_code} {answer.text}")
            yield visitor

    def _environment(self) -> dict[str, str]:
        return {
            **server_environment(self.folder / "data"),
            "LABEL_STUDIO_USERNAME": OWNER,
            "LABEL_STUDIO_PASSWORD": PASSWORD,
            "LABEL_STUDIO_USER_TOKEN": self.token,
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
            "LOCAL_FILES_SERVING_ENABLED": "true",
            "LOCAL_FILES_DOCUMENT_ROOT": str(self.files),
        }

    def _wait_until_it_lets_the_owner_in(self, process: subprocess.Popen[bytes]) -> None:
        """The token is this server's own, so no other one can answer for it."""
        give_up = time.monotonic() + PATIENCE
        with self.http_as(self.token) as http:
            while time.monotonic() < give_up and process.poll() is None:
                try:
                    if http.get("/api/current-user/whoami").is_success:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.1)
        raise RuntimeError(f"Label Studio does not answer: {self.log.read_text('utf-8', 'replace')[-2000:]}")


@contextmanager
def label_studio_server(folder: Path) -> Iterator[RunningServer]:
    """Run a server in this folder, which is made; it has one user, the owner, and no project."""
    missing = missing_for_label_studio()
    if missing:
        raise FileNotFoundError(missing)
    shutil.copytree(installation_folder() / "seed", folder / "data")
    server = RunningServer(folder=folder, port=free_port(), token=secrets.token_hex(20))
    server.files.mkdir()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to nobody by itself."""
    while is_listening(port := secrets.choice(PORTS)):
        pass
    return port


def is_listening(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
