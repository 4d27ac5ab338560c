from threading import Thread

from hypothesis import given
from hypothesis import strategies as st

from audit.review.throttle import OVERALL, PER_ADDRESS, PERIOD, Throttle, network

ANN = "192.0.2.1"  # RFC 5737
BEN = "192.0.2.2"


def fail(throttle: Throttle, address: str, seconds: float, n: int) -> None:
    for _ in range(n):
        throttle.count(address, seconds)


def test_an_address_is_refused_for_a_minute_after_too_many_failures() -> None:
    throttle = Throttle()

    fail(throttle, ANN, 0, PER_ADDRESS - 1)
    assert not throttle.refuses(ANN, 50)
    throttle.count(ANN, 50)

    assert throttle.refuses(ANN, 50)
    assert throttle.refuses(ANN, 50 + PERIOD - 0.1)
    assert not throttle.refuses(ANN, 50 + PERIOD)
    assert not throttle.refuses(BEN, 50)


def test_failures_a_minute_apart_never_add_up() -> None:
    throttle = Throttle()

    for minute in range(5 * PER_ADDRESS):
        throttle.count(ANN, minute * PERIOD)
        assert not throttle.refuses(ANN, minute * PERIOD)


def test_failures_from_many_addresses_refuse_everybody_for_a_minute() -> None:
    throttle = Throttle()

    for number in range(OVERALL):
        throttle.count(f"198.51.100.{number % 250}:{number // 250}", 1)

    assert throttle.refuses(ANN, 1)
    assert not throttle.refuses(ANN, 1 + PERIOD)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), min_size=1, max_size=200))
def test_everybody_is_let_through_again_a_minute_after_the_last_try(tries: list[tuple[int, int]]) -> None:
    throttle, seconds = Throttle(per_address=3, overall=8), 0
    addresses = [f"192.0.2.{number}" for number in range(4)]
    for which, wait in tries:
        seconds += wait
        if not throttle.refuses(addresses[which], seconds):
            throttle.count(addresses[which], seconds)

    assert not any(throttle.refuses(address, seconds + PERIOD) for address in addresses)


def test_what_is_remembered_stays_small() -> None:
    throttle, n_greatest = Throttle(), 0

    for number in range(20_000):
        seconds = number / 100
        address = f"2001:db8:{number:x}::1"
        if not throttle.refuses(address, seconds):
            throttle.count(address, seconds)
        n_greatest = max(n_greatest, throttle.n_remembered)

    assert n_greatest <= OVERALL + 1


def test_a_person_with_a_whole_network_counts_as_one() -> None:
    throttle = Throttle()

    for number in range(PER_ADDRESS):
        throttle.count(f"2001:db8::{number:x}", 0)

    assert throttle.refuses("2001:db8::ffff", 1)
    assert not throttle.refuses("2001:db8:0:1::1", 1)


def test_addresses_that_are_none_are_names() -> None:
    assert network("loopback") == "loopback"
    assert network("fe80::1%eth0") == "fe80::/64"


def test_threads_count_every_failure() -> None:
    throttle = Throttle(per_address=4 * 500, overall=10_000)
    threads = [Thread(target=fail, args=(throttle, ANN, 0, 500)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert throttle.refuses(ANN, 1)
