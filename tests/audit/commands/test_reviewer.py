"""reviewer add, list and disable; review where people sign in."""

import signal
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from audit.jobs.sign_in_provider import provider_file
from audit.settings import load_settings
from tests.datasets import Finished, Run

ROOT = Path(__file__).parents[3]


def add(run: Run, workspace: Path, *words: object) -> Finished:
    return run("reviewer", "add", *words, "-w", workspace)


def people(run: Run, workspace: Path) -> dict[str, dict[str, object]]:
    finished = run("reviewer", "list", "--json", "-w", workspace)
    assert finished.status == 0
    return {each["name"]: each for each in finished.json["reviewers"]}


def token_of(link: str) -> str:
    [token] = parse_qs(urlsplit(link).query)["link"]
    return token


def link_hashes(workspace: Path) -> dict[str, str | None]:
    connection = sqlite3.connect(workspace / "audit.sqlite")
    rows = connection.execute("SELECT name, link_hash FROM reviewers").fetchall()
    connection.close()
    return dict(rows)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def use_provider(workspace: Path) -> None:
    file = workspace / "audit.toml"
    file.write_text(file.read_text().replace('sign_in = "links"', 'sign_in = "oidc"'))


def test_a_link_is_printed_once_and_kept_as_a_hash(run: Run, workspace: Path) -> None:
    finished = add(run, workspace, "Ann")

    assert finished.status == 0
    *lines, link = finished.out.splitlines()
    assert lines[0] == "Ann (reviewer) may review"
    assert lines[1].startswith("their personal link, shown this once, until ")
    assert link.startswith("http://127.0.0.1:8501/?link=")
    token = token_of(link)
    assert link_hashes(workspace) == {"Ann": sha256(token.encode()).hexdigest()}
    assert not [
        file for file in workspace.iterdir() if file.is_file() and token.encode() in file.read_bytes()
    ]
    assert token not in run("reviewer", "list", "-w", workspace).out


def test_the_json_says_what_the_lines_say(run: Run, workspace: Path) -> None:
    added = add(
        run, workspace, " Ann ", "--role", "lead", "--days", "7", "--url", "https://a.example/x/", "--json"
    ).json

    ends_at = datetime.fromisoformat(added.pop("expires_at"))
    assert timedelta(days=6, hours=23) < ends_at - datetime.now(UTC) <= timedelta(days=7)
    assert added.pop("link").startswith("https://a.example/x/?link=")
    assert added == {"name": "Ann", "role": "lead", "is_new": True, "old_link_ended": False}
    [listed] = people(run, workspace).values()
    assert datetime.fromisoformat(str(listed.pop("link_expires_at"))) == ends_at
    assert listed.pop("created_at")
    assert listed == {"name": "Ann", "role": "lead", "link": "valid", "n_verdicts": 0}


def test_adding_again_makes_a_new_link_and_says_that_the_old_one_ended(run: Run, workspace: Path) -> None:
    first = add(run, workspace, "Ann", "--role", "lead", "--json").json

    again = add(run, workspace, "Ann")

    assert again.status == 0
    assert again.out.splitlines()[:2] == [
        "Ann (lead) was known already",
        "their old link no longer works, also on pages that are open",
    ]
    assert token_of(again.out.splitlines()[-1]) != token_of(first["link"])
    assert list(people(run, workspace)) == ["Ann"]


def test_who_is_shut_out_is_listed_so_and_added_again(run: Run, workspace: Path) -> None:
    add(run, workspace, "Ann")

    shut_out = run("reviewer", "disable", "Ann", "-w", workspace)
    twice = run("reviewer", "disable", "Ann", "--json", "-w", workspace)

    assert (shut_out.status, shut_out.out) == (
        0,
        "Ann is shut out from now on; every verdict is kept\n",
    )
    assert twice.json == {"name": "Ann", "was_disabled": True}
    assert people(run, workspace)["Ann"]["link"] == "disabled"
    assert "Ann · reviewer · shut out" in run("reviewer", "list", "-w", workspace).out
    assert add(run, workspace, "Ann").out.startswith("Ann (reviewer) was shut out, and may review again\n")
    assert people(run, workspace)["Ann"]["link"] == "valid"


def test_nobody_is_told_so(run: Run, workspace: Path) -> None:
    assert run("reviewer", "list", "-w", workspace).out == (
        "nobody yet: add people with `mask-audit reviewer add NAME`\n"
    )
    assert people(run, workspace) == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["  "], "has no name"),
        (["An\x1bn"], "has control characters in its name"),
        (["A" * 201], "has a name of 201 characters"),
        (["local"], "needs no link"),
        (["Ann", "--role", "boss"], "'boss' is not one of"),
        (["Ann", "--days", "0"], "--days"),
        (["Ann", "--url", "review.example.org"], "--url 'review.example.org' is no address"),
        (["Ann", "--url", "https://a.example/?x=1"], "is no address to put a link behind"),
        (["Ann", "--url", "javascript:alert(1)"], "is no address"),
        (["Ann", "--url", "http://[broken"], "is no address"),
        (["Ann", "--url", "https://a.example/ x y"], "is no address"),
        (["Ann", "--url", "https://a.example/\u2003x"], "is no address"),
    ],
)
def test_what_will_not_do_is_one_line_and_changes_nothing(
    run: Run, workspace: Path, words: list[str], told: str
) -> None:
    finished = add(run, workspace, *words)

    assert (finished.status, finished.out) == (2, "")
    assert told in finished.err
    assert finished.err.count("\n") == 1
    assert people(run, workspace) == {}


def test_a_stranger_cannot_be_shut_out(run: Run, workspace: Path) -> None:
    finished = run("reviewer", "disable", "Eve", "--json", "-w", workspace)

    assert finished.status == 2
    assert finished.json == {
        "error": {
            "kind": "input",
            "message": "there is no reviewer 'Eve': `mask-audit reviewer list` names all",
        }
    }


def test_with_a_provider_people_are_addresses_and_get_no_link(run: Run, workspace: Path) -> None:
    use_provider(workspace)

    refused = add(run, workspace, "Ann")
    added = add(run, workspace, "Ann@Example.org")

    assert refused.status == 2
    assert "'ann' is no e-mail address, and sign_in is 'oidc'" in refused.err
    assert added.out.splitlines() == [
        "ann@example.org (reviewer) may review",
        "no link is needed: they sign in with that address",
    ]
    assert link_hashes(workspace) == {"ann@example.org": None}
    assert "link" not in add(run, workspace, "ann@example.org", "--json").json


def provider_with(**changes: str) -> str:
    """The file of a provider, sound but for these keys."""
    section = {
        "redirect_uri": "https://a.example/oauth2callback",
        "cookie_secret": "0123456789abcdef0123456789abcdef",
        "client_id": "x",
        "client_secret": "y",
        "server_metadata_url": "https://b.example/.well-known/openid-configuration",
    }
    return "[auth]\n" + "".join(f'{key} = "{value}"\n' for key, value in (section | changes).items())


HOST = ("review", "--host", "0.0.0.0", "--port", "1")


def test_a_page_for_others_is_not_served_before_anybody_may_sign_in(run: Run, two_settings: Path) -> None:
    run("sample", "--size", "4", "-w", two_settings)

    for words in (HOST, ("review", "--sign-in")):
        finished = run(*words, "-w", two_settings)
        assert finished.status == 2
        assert finished.err == (
            "mask-audit: nobody could sign in yet, and the page is not served without: add people with "
            "`mask-audit reviewer add NAME`\n"
        )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "oidc.toml is missing"),
        ("[auth", "cannot be read"),
        ("x = 1", "has no [auth]"),
        ("auth = 1", "has no [auth]"),
        ('[auth]\nclient_id = "x"\nclient_secret = 3', "lacks redirect_uri, cookie_secret, client_secret, "),
        (provider_with(cookie_secret="y"), "cookie_secret has fewer than 32 characters"),
        (provider_with(cookie_secret="a long random text"), "make one with `python -c 'import secrets; "),
        (provider_with(redirect_uri="x"), "redirect_uri 'x' is not the page's address"),
        (
            provider_with(redirect_uri="https://a.example/"),
            "write it as https://review.example.org/oauth2call",
        ),
        (provider_with(redirect_uri="ftp://a.example/oauth2callback"), "is not the page's address"),
        (provider_with(redirect_uri="https://[a/oauth2callback"), "is not the page's address"),
        (provider_with(server_metadata_url="x"), "server_metadata_url 'x' is no https address"),
        (provider_with(server_metadata_url="http://b.example/"), "is no https address"),
    ],
)
def test_a_provider_that_is_not_named_is_told_before_anything_is_served(
    run: Run, two_settings: Path, content: str | None, told: str
) -> None:
    run("sample", "--size", "4", "-w", two_settings)
    use_provider(two_settings)
    add(run, two_settings, "ann@example.org")
    if content is not None:
        (two_settings / "oidc.toml").write_text(content)

    finished = run(*HOST, "-w", two_settings)

    assert finished.status == 2
    assert told in finished.err
    assert finished.err.count("\n") == 1


@pytest.mark.parametrize("url", ["https://b.example/", "http://127.0.0.1:9400/", "http://localhost/x"])
def test_a_sound_provider_is_taken(workspace: Path, url: str) -> None:
    use_provider(workspace)
    (workspace / "oidc.toml").write_text(provider_with(server_metadata_url=url))

    assert provider_file(load_settings(workspace)) == workspace / "oidc.toml"


def test_a_url_that_will_not_do_leaves_the_old_link_as_it_is(run: Run, workspace: Path) -> None:
    add(run, workspace, "Ann")
    before = link_hashes(workspace)

    assert add(run, workspace, "Ann", "--url", "https://a.example/ x").status == 2

    assert link_hashes(workspace) == before


@pytest.mark.parametrize("host", ["", "  "])
def test_a_blank_host_is_told(run: Run, two_settings: Path, host: str) -> None:
    run("sample", "--size", "4", "-w", two_settings)
    add(run, two_settings, "Ann")

    finished = run("review", "--host", host, "-w", two_settings)

    assert finished.status == 2
    assert finished.err == "mask-audit: --host is blank: give an address of this machine, such as 127.0.0.1\n"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["reviewer"], "add, disable, list"),
        (["verdicts"], "export, import"),
        ([], "backup, bundle, compare, demo, doctor, entities, export, filter, "),
    ],
)
def test_a_group_alone_names_its_commands_in_one_line(run: Run, words: list[str], names: str) -> None:
    finished = run(*words)

    path = " ".join(["mask-audit", *words])
    assert (finished.status, finished.out) == (2, "")
    assert finished.err.startswith(f"mask-audit: `{path}` needs a command: {names}")
    assert finished.err.count("\n") == 1


@pytest.mark.slow
def test_a_page_for_others_says_how_people_come_in_and_what_is_not_encrypted(
    run: Run, two_settings: Path
) -> None:
    run("sample", "--size", "4", "-w", two_settings)
    add(run, two_settings, "Ann")
    port = free_port()
    words = ["review", "--sign-in", "--port", str(port), "-w", str(two_settings)]

    with subprocess.Popen(
        [sys.executable, "-c", "from audit.cli import main; main()", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as serving:
        assert serving.stdout is not None
        assert serving.stderr is not None
        said = serving.stdout.readline()
        serving.send_signal(signal.SIGINT)
        assert serving.wait(30) == 130
        assert "Traceback" not in serving.stderr.read()

    assert said == (
        f"people sign in on port {port} of this machine (from here: http://127.0.0.1:{port}); links and "
        "images travel unencrypted unless a proxy with TLS stands in front; Ctrl-C ends it\n"
    )
