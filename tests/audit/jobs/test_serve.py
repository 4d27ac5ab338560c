import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from audit.errors import InputError
from audit.jobs.serve import (
    PAGE_FILE,
    ServeRequest,
    check_port,
    review_command,
    review_environment,
    serve_review,
)
from tests.browser.review_workspace import create_workspace

ROOT = Path(__file__).parents[3]

SERVE = """
import sys
from pathlib import Path
from audit.jobs.serve import ServeRequest, serve_review
request = ServeRequest(workspace=Path(sys.argv[1]), port=int(sys.argv[2]))
try:
    serve_review(request, on_ready=lambda address: print(address, flush=True))
except BaseException as error:
    print(type(error).__name__, error, flush=True)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "told"),
    [
        (signal.SIGINT, "KeyboardInterrupt \n"),
        (signal.SIGTERM, "SystemExit 143\n"),
        (signal.SIGHUP, "SystemExit 129\n"),
    ],
)
def test_the_page_is_served_until_a_signal_ends_it(tmp_path: Path, number: signal.Signals, told: str) -> None:
    create_workspace(tmp_path).close()
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as serving:
        assert serving.stdout is not None
        assert serving.stderr is not None
        address = serving.stdout.readline().strip()
        assert address == f"http://127.0.0.1:{port}"
        with urlopen(address, timeout=10) as page:
            assert page.status == 200
        serving.send_signal(number)
        assert serving.stdout.read() == told
        assert serving.wait(20) == 0
        assert "Traceback" not in serving.stderr.read()
    with socket.create_server(("127.0.0.1", port)):
        pass  # the server is gone with its port


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        request = ServeRequest(workspace=tmp_path, port=listening.getsockname()[1])
        with pytest.raises(InputError, match=r"cannot serve on 127\.0\.0\.1 port \d+ .*give another --port"):
            serve_review(request, on_ready=print)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_told(tmp_path: Path, port: int) -> None:
    with pytest.raises(InputError, match="is no port"):
        serve_review(ServeRequest(workspace=tmp_path, port=port), on_ready=print)


@pytest.mark.parametrize("host", ["", " \t", "a" * 64 + ".example.org"])
def test_a_host_that_is_none_is_told(tmp_path: Path, host: str) -> None:
    with pytest.raises(InputError, match="--host"):
        serve_review(ServeRequest(workspace=tmp_path, host=host, port=free_port()), on_ready=print)


def test_streamlit_asks_nobody_what_this_machines_address_is(tmp_path: Path) -> None:
    for host, told in (("::", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("192.0.2.1", "192.0.2.1")):
        command = review_command(ServeRequest(workspace=tmp_path, host=host))
        assert f"--browser.serverAddress={told}" in command


def test_a_host_that_is_not_of_this_machine_is_told(tmp_path: Path) -> None:
    # 192.0.2.0/24 belongs to nobody: RFC 5737.
    with pytest.raises(InputError, match=r"cannot serve on 192\.0\.2\.1"):
        serve_review(ServeRequest(workspace=tmp_path, host="192.0.2.1", port=free_port()), on_ready=print)


def test_an_address_of_ip_version_6_stands_in_brackets(tmp_path: Path) -> None:
    def address(host: str) -> str:
        return ServeRequest(workspace=tmp_path, host=host, port=9000).address

    assert address("::1") == "http://[::1]:9000"  # RFC 3986, 3.2.2
    assert address("127.0.0.2") == "http://127.0.0.2:9000"
    assert address("::") == address("0.0.0.0") == "http://127.0.0.1:9000"


def test_a_port_is_checked_where_it_will_be_served(tmp_path: Path) -> None:
    if not socket.has_ipv6:
        pytest.skip("there is no IPv6")
    try:
        listening = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no IPv6 loopback")
    with listening:
        request = ServeRequest(workspace=tmp_path, host="::1", port=listening.getsockname()[1])
        with pytest.raises(InputError, match="cannot serve on ::1 port"):
            check_port(request)
    check_port(request)


def test_the_page_file_is_beside_the_package() -> None:
    assert PAGE_FILE.is_file()


def test_the_environment_names_workspace_and_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASK_AUDIT_SAMPLE", "of another review")
    monkeypatch.chdir(tmp_path)

    latest = review_environment(ServeRequest(workspace=Path()))
    named = review_environment(ServeRequest(workspace=Path(), sample="second"))

    assert latest["MASK_AUDIT_WORKSPACE"] == os.fspath(tmp_path.resolve())
    assert "MASK_AUDIT_SAMPLE" not in latest
    assert named["MASK_AUDIT_SAMPLE"] == "second"


def test_the_environment_names_the_settings_to_compare_whatever_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASK_AUDIT_COMPARED", '["of another", "review"]')
    names = ('box "tight", sam', "סוס/two\n")
    compared = review_environment(ServeRequest(workspace=tmp_path, compared=names))

    assert tuple(json.loads(compared["MASK_AUDIT_COMPARED"])) == names
    assert "MASK_AUDIT_COMPARED" not in review_environment(ServeRequest(workspace=tmp_path))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_this_machine_alone_needs_no_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.delenv("MASK_AUDIT_WITHOUT_SIGN_IN", raising=False)
    alone = ServeRequest(workspace=tmp_path, host=host)
    behind_proxy = ServeRequest(workspace=tmp_path, host=host, behind_proxy=True)

    assert not alone.needs_sign_in
    assert review_environment(alone)["MASK_AUDIT_WITHOUT_SIGN_IN"] == "yes"
    assert behind_proxy.needs_sign_in
    assert "MASK_AUDIT_WITHOUT_SIGN_IN" not in review_environment(behind_proxy)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "review.example.org"])
def test_every_other_host_needs_a_sign_in_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("MASK_AUDIT_WITHOUT_SIGN_IN", "yes")
    request = ServeRequest(workspace=tmp_path, host=host)

    assert request.needs_sign_in
    assert "MASK_AUDIT_WITHOUT_SIGN_IN" not in review_environment(request)


def test_the_command_opens_no_door_but_the_page(tmp_path: Path) -> None:
    command = review_command(ServeRequest(workspace=tmp_path, provider_file=tmp_path / "oidc.toml"))

    assert {
        "--server.enableStaticServing=false",
        "--server.enableAgentApi=false",
        "--server.enableCORS=true",
        "--server.enableXsrfProtection=true",
        "--server.maxUploadSize=1",
        f"--secrets.files={tmp_path / 'oidc.toml'}",
    } < set(command)


def test_the_command_keeps_streamlits_own_keys_and_statistics_away(tmp_path: Path) -> None:
    command = review_command(ServeRequest(workspace=tmp_path, host="0.0.0.0", port=9000))

    assert {"--client.toolbarMode=minimal", "--browser.gatherUsageStats=false", "--server.port=9000"} < set(
        command
    )
