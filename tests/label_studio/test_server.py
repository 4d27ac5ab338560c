"""The server of the tests lets its people in, keeps what they did over a restart, and is theirs alone."""

import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.label_studio.server import RunningServer, free_port, is_listening

pytestmark = pytest.mark.label_studio

CONFIG = """
<View>
  <Text name="text" value="$text"/>
  <Choices name="verdict" toName="text"><Choice value="Right" alias="right"/><Choice value="Wrong"/></Choices>
</View>
"""
RIGHT = {"from_name": "verdict", "to_name": "text", "type": "choices", "value": {"choices": ["right"]}}


def new_task(http: httpx.Client, title: str) -> int:
    """The id of the only task of a new project."""
    project = http.post("/api/projects/", json={"title": title, "label_config": CONFIG}).raise_for_status()
    address = f"/api/projects/{project.json()['id']}/import?return_task_ids=true"
    imported = http.post(address, json=[{"data": {"text": "whatever"}}]).raise_for_status()
    return int(imported.json()["task_ids"][0])


def test_the_token_of_the_server_lets_in_and_another_does_not(label_studio: RunningServer) -> None:
    with label_studio.http_as(label_studio.token) as http, label_studio.http_as("0" * 40) as stranger:
        assert http.get("/api/current-user/whoami").json()["email"] == label_studio.owner.email
        assert stranger.get("/api/current-user/whoami").status_code == httpx.codes.UNAUTHORIZED


def test_a_personal_access_token_gives_access_and_ends_the_one_before(label_studio: RunningServer) -> None:
    annotator = label_studio.add_annotator("tokens@example.com")

    first = label_studio.personal_access_token(annotator)
    second = label_studio.personal_access_token(annotator)

    def refreshed(token: str) -> httpx.Response:
        return httpx.post(f"{label_studio.url}/api/token/refresh/", json={"refresh": token}, trust_env=False)

    assert refreshed(first).status_code == httpx.codes.UNAUTHORIZED
    bearer = {"Authorization": f"Bearer {refreshed(second).raise_for_status().json()['access']}"}
    seen = httpx.get(f"{label_studio.url}/api/current-user/whoami", headers=bearer, trust_env=False)
    assert seen.json()["email"] == "tokens@example.com"


def test_a_second_annotator_answers_under_their_own_name(label_studio: RunningServer) -> None:
    second = label_studio.add_annotator("own-name@example.com")

    with label_studio.http_as(label_studio.token) as http, label_studio.http_as(second.token) as theirs:
        task = new_task(http, "second annotator")
        for client in (http, theirs):
            client.post(f"/api/tasks/{task}/annotations/", json={"result": [RIGHT]}).raise_for_status()
        annotations = http.get(f"/api/tasks/{task}/annotations/").raise_for_status().json()

    assert sorted(each["completed_by"] for each in annotations) == [
        label_studio.owner.user_id,
        second.user_id,
    ]


def test_who_is_not_invited_does_not_get_in(label_studio: RunningServer) -> None:
    with pytest.raises(RuntimeError, match="403"), label_studio._submitted("/user/signup/", "no@example.com"):
        pass


def test_what_was_stored_is_there_after_a_restart_on_the_same_port(label_studio: RunningServer) -> None:
    with label_studio.http_as(label_studio.token) as http:
        task = new_task(http, "restart")
        with label_studio.stopped():
            assert not is_listening(label_studio.port)
            with pytest.raises(httpx.ConnectError):
                http.get("/health")

        assert http.get(f"/api/tasks/{task}/").raise_for_status().json()["data"] == {"text": "whatever"}


def test_a_taken_port_is_an_error_and_not_another_port(label_studio: RunningServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = RunningServer(folder=tmp_path, port=taken.getsockname()[1], token="0" * 40)
        with pytest.raises(RuntimeError, match="is taken"):
            server.start()

    assert server.process is None


def test_a_file_of_the_local_folder_is_served(label_studio: RunningServer) -> None:
    folder = label_studio.files / "served"
    folder.mkdir()
    (folder / "one.txt").write_text("content", "utf-8")

    with label_studio.http_as(label_studio.token) as http:
        project = http.post("/api/projects/", json={"title": "local files"}).raise_for_status().json()["id"]
        storage = {"project": project, "path": str(folder), "use_blob_urls": True}
        http.post("/api/storages/localfiles/", json=storage).raise_for_status()

        assert http.get("/data/local-files/?d=served/one.txt").text == "content"


@pytest.mark.browser
def test_a_browser_that_signed_in_sees_the_projects(label_studio: RunningServer, chromium: Any) -> None:
    with label_studio.http_as(label_studio.token) as http:
        new_task(http, "seen in the browser")
    context = chromium.new_context()
    page = context.new_page()

    label_studio.sign_in(page, label_studio.owner)
    page.goto(f"{label_studio.url}/projects/")

    page.get_by_text("seen in the browser").wait_for(timeout=30_000)
    context.close()


@pytest.mark.usefixtures("label_studio")
def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    broken = RunningServer(folder=tmp_path, port=free_port(), token="0" * 40)
    (tmp_path / "data").write_text("a file where a folder should be", "utf-8")

    with pytest.raises(RuntimeError, match="(?s)does not answer: .*(NotADirectory|FileExists)"):
        broken.start()

    assert broken.process is None
