"""OpenID Connect with a real provider and a real browser."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from audit.jobs.serve import ServeRequest
from db.records import Role
from tests.browser.conftest import free_port
from tests.browser.driving import outbox_entries, press, wait_painted, wait_saved
from tests.browser.open_review import OpenReview, open_review, told

pytestmark = pytest.mark.browser

PEOPLE: dict[str, dict[str, object]] = {
    "ann": {"email": "Ann@Example.org", "email_verified": True},
    "ben": {"email": "ben@example.org", "email_verified": False},
    "cid": {"email": "cid@example.org"},
    "eve": {"email": "eve@example.org", "email_verified": True},
    "zoe": {},
}

PROVIDER = """
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "a secret of thirty-two characters"
client_id = "mask-audit"
client_secret = "another secret"
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_kwargs = {{ prompt = "login" }}
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of an OpenID provider that knows `PEOPLE`, as a process of its own."""
    if find_spec("oidc_provider_mock") is None:
        pytest.skip("oidc-provider-mock is not installed")
    port = free_port()
    users = [json.dumps({"sub": name, **claims}) for name, claims in PEOPLE.items()]
    words = [word for user in users for word in ("--user-claims", user)]
    with subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        address = f"http://127.0.0.1:{port}"
        wait_for(address)
        yield address
        process.kill()


def wait_for(address: str) -> None:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        try:
            urlopen(f"{address}/.well-known/openid-configuration", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the provider at {address} does not answer")


@pytest.fixture
def review(tmp_path: Path, provider: str) -> Iterator[OpenReview]:
    """A review whose people are known by that provider; Ann, Ben and Cid are invited."""
    folder = tmp_path / "review"
    file = folder / "oidc.toml"
    request = ServeRequest(workspace=folder, port=free_port(), behind_proxy=True, provider_file=file)
    with open_review(request, tmp_path / "server.log") as review:
        settings = folder / "audit.toml"
        settings.write_text(settings.read_text().replace('sign_in = "links"', 'sign_in = "oidc"'))
        file.write_text(PROVIDER.format(address=request.address, provider=provider))
        for name in ("ann", "ben", "cid"):
            assert review.add(f"{name}@example.org") is None
        yield review


def sign_in(page: Any, address: str, name: str) -> None:
    page.goto(address)
    page.click('button:has-text("Sign in")')
    page.click(f'button[value="{name}"]')
    page.wait_for_url(f"{address}/**")


def test_an_invited_person_signs_in_and_out(
    review: OpenReview, provider: str, person: Callable[[], Any]
) -> None:
    page = person()

    sign_in(page, review.address, "ann")
    press(page, "a")
    wait_saved(page)
    page.reload()
    wait_painted(page)

    assert review.reviewers() == {"ann@example.org"}
    page.goto(f"{review.address}/lead")
    assert "This page is for those who lead the review" in told(page)
    page.goto(f"{review.address}/sign-out")
    page.wait_for_url(f"{provider}/**")  # whose own page says the rest
    page.goto(review.address)
    assert "sign in with the e-mail address that was invited" in told(page)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ben", "does not confirm that the e-mail address is yours"),
        ("cid", "does not confirm that the e-mail address is yours"),
        ("zoe", "does not confirm that the e-mail address is yours"),
        ("eve", "This review does not know eve@example.org"),
    ],
)
def test_nobody_else_comes_in(
    review: OpenReview, provider: str, person: Callable[[], Any], name: str, why: str
) -> None:
    page = person()

    sign_in(page, review.address, name)

    assert why in told(page).replace("\u2060", ""), "an address is kept from becoming a link"
    page.click('button:has-text("Sign in as somebody else")')
    page.wait_for_url(f"{provider}/**")
    page.goto(review.address)
    assert "sign in with the e-mail address that was invited" in told(page)


def test_a_link_opens_nothing_where_a_provider_lets_people_in(
    review: OpenReview, person: Callable[[], Any]
) -> None:
    page = person()

    page.goto(f"{review.address}/?link={'A' * 43}")

    assert "sign in with the e-mail address that was invited" in told(page)


def test_a_server_that_knows_no_provider_says_so_without_its_paths(
    tmp_path: Path, person: Callable[[], Any]
) -> None:
    page = person()
    request = ServeRequest(workspace=tmp_path / "review", port=free_port(), behind_proxy=True)
    with open_review(request, tmp_path / "server.log") as review:
        settings = request.workspace / "audit.toml"
        settings.write_text(settings.read_text().replace('sign_in = "links"', 'sign_in = "oidc"'))

        page.goto(review.address)
        page.click('button:has-text("Sign in")')
        page.wait_for_selector("text=The server cannot do this now")

        assert page.locator('button:has-text("Sign in")').count() == 0
        assert "secrets.toml" not in page.content()
        assert "start it with `mask-audit review`" in review.log.read_text()


def test_who_is_shut_out_or_gets_another_role_loses_the_open_page(
    review: OpenReview, person: Callable[[], Any]
) -> None:
    page = person()
    sign_in(page, review.address, "ann")
    press(page, "a")
    wait_saved(page)

    review.add("ann@example.org", Role.LEAD)
    press(page, "x")
    page.wait_for_selector("text=what you may do here was changed")
    page.reload()
    wait_painted(page)
    wait_saved(page)
    assert len(review.sample.standing()) == 2

    review.disable("ann@example.org")
    press(page, "a")
    page.wait_for_selector("text=you no longer take part in this review")
    assert len(outbox_entries(page)) == 1
    page.reload()
    assert "You no longer take part in this review" in told(page)
