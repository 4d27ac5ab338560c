"""Addresses as the user gives them: they are stored and printed, so nothing secret may be in them."""

from urllib.parse import urlsplit, urlunsplit

from audit.errors import InputError


def checked_address(option: str, given: str, example: str) -> str:
    """Give an address of the web as it is kept: one spelling of scheme and host, no slash at its end.

    >>> checked_address("--url", " HTTP://Host:8080/ls/ ", "http://HOST:PORT")
    'http://host:8080/ls'

    Args:
        option: that it was given with.
        given: the address.
        example: of what is needed.

    Raises:
        InputError: it is none, or holds more than an address.
    """
    address = given.strip()
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or any(map(str.isspace, address)):
        shown = "" if set("@?#") & set(address) else f" {address}"
        raise InputError(f"{option}{shown} is no address of a server: give {example}")
    if parts.username is not None or parts.query or parts.fragment:
        raise InputError(f"{option} holds more than an address: give {example}, and secrets by themselves")
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, "", "")).rstrip("/")
