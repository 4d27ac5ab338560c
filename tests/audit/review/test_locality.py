import pytest

from audit.review.locality import comes_from_here, is_loopback


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.9.8.7", "::1", "LOCALHOST", "app.localhost.", "::ffff:127.0.0.1"]
)
def test_this_machine_has_many_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "192.168.0.1", "localhost.evil.example", "127.0.0.1.evil.example", "127.1"]
)
def test_what_others_can_reach_is_not_this_machine(host: str) -> None:
    assert not is_loopback(host)


HERE = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}


@pytest.mark.parametrize("address", [None, "127.0.0.1", "::1"])
def test_a_browser_on_this_machine_comes_from_here(address: str | None) -> None:
    assert comes_from_here(address, HERE)
    assert comes_from_here(address, {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"})
    assert comes_from_here(address, {"Host": "127.0.0.1:8501"})


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.0.2.1", HERE),
        ("fe80::1%eth0", HERE),
        ("nonsense", HERE),
        (None, {**HERE, "Host": "review.example.org"}),
        (None, {**HERE, "Origin": "https://review.example.org"}),
        (None, {**HERE, "Origin": "null"}),
        (None, {**HERE, "Host": "[broken"}),
        (None, {**HERE, "X-Forwarded-For": "127.0.0.1"}),
        (None, {**HERE, "Forwarded": "for=127.0.0.1"}),
        (None, {**HERE, "X-Real-Ip": "127.0.0.1"}),
        (None, {**HERE, "Via": "1.1 proxy"}),
    ],
)
def test_nothing_else_does(address: str | None, headers: dict[str, str]) -> None:
    assert not comes_from_here(address, headers)
