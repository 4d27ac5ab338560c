"""Hashed tickets: chance that anybody can recompute, the same for ever, in whatever order it is asked for."""

from hashlib import sha256


def ticket_of(*parts: object) -> str:
    """Give the ticket of what the parts name, as 64 hexadecimal digits: in their order masks come at random.

    The SHA-256 of `mask-audit/1` and the parts, a line each.

    >>> ticket_of("review", 7, "local", "m1")[:8]
    '1d369e54'
    """
    return sha256("\n".join(("mask-audit/1", *map(str, parts))).encode()).hexdigest()


def share_of(number: str) -> float:
    """Give a ticket as a number in [0, 1): its first 8 bytes over 2^64.

    Of these 64 bits the 53 that a float holds exactly; all of them could round up to 1.

    >>> share_of("8" + 63 * "0")
    0.5
    """
    return (int(number[:16], 16) >> 11) / 2**53
