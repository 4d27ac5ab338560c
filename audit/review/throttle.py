"""Slows down whoever tries links that nobody has."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

PER_ADDRESS = 10
OVERALL = 300
PERIOD = 60.0
"""Seconds: how long failures are remembered, and how long an address is refused that had too many."""

_EVERYWHERE = ""


@dataclass(slots=True)
class _Failures:
    since: float
    n: int


class Throttle:
    """Counts failures by address and over all of them; safe to share between threads.

    At most `per_address` failures of one address, and `overall` in all, are let through in a minute. The one
    that is one too many starts a minute in which that address, or everybody, is refused. What is refused
    meanwhile is not counted, so the minute ends whatever is tried in it.

    >>> throttle = Throttle(per_address=2)
    >>> for second in (0, 1):
    ...     throttle.count("192.0.2.1", second)
    >>> throttle.refuses("192.0.2.1", 60), throttle.refuses("192.0.2.1", 61)
    (True, False)
    """

    def __init__(self, *, per_address: int = PER_ADDRESS, overall: int = OVERALL) -> None:
        self._per_address = per_address
        self._overall = overall
        self._failures: dict[str, _Failures] = {}
        self._lock = Lock()

    def refuses(self, address: str, seconds: float) -> bool:
        """Whether this address had its share of failures, so that another is one too many.

        Args:
            address: an IP address, or any other name of where it comes from.
            seconds: of a clock that only goes forward.
        """
        with self._lock:
            return self._is_full(_EVERYWHERE, seconds) or self._is_full(network(address), seconds)

    def count(self, address: str, seconds: float) -> None:
        """Note one failure of an address; see `refuses`."""
        with self._lock:
            self._forget(seconds)
            for name in (_EVERYWHERE, network(address)):
                failures = self._failures.setdefault(name, _Failures(since=seconds, n=0))
                failures.n += 1
                if failures.n >= self._limit(name):
                    failures.since = seconds

    @property
    def n_remembered(self) -> int:
        """How many addresses are remembered: hardly more than `overall`, as no more can fail in a minute."""
        return len(self._failures)

    def _is_full(self, name: str, seconds: float) -> bool:
        failures = self._failures.get(name)
        return failures is not None and failures.n >= self._limit(name) and seconds - failures.since < PERIOD

    def _limit(self, name: str) -> int:
        return self._overall if name == _EVERYWHERE else self._per_address

    def _forget(self, seconds: float) -> None:
        past = [name for name, each in self._failures.items() if seconds - each.since >= PERIOD]
        for name in past:
            del self._failures[name]


def network(address: str) -> str:
    """Give what one person may well hold all addresses of: an IPv4 address, the /64 of an IPv6 one.

    >>> network("2001:db8::1:2:3:4"), network("::ffff:192.0.2.1")
    ('2001:db8::/64', '192.0.2.1')
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((parsed, 64), strict=False))
    return str(parsed)
