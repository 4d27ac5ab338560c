"""Whatever goes wrong on a Label Studio server, or on the way there, as one sentence."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
from label_studio_sdk.core.api_error import ApiError
from pydantic import ValidationError

from audit.errors import InputError, UnavailableError

_AGAIN = {408, 409, 429}
_PERHAPS_AT_IT = {408, 502, 504}
"""Said by whoever stands before a server, which may still be at work."""


class UnansweredError(UnavailableError):
    """A server gave no answer, or failed: what it was asked to do may be done or not."""


class FailedError(UnansweredError):
    """A server said that it failed: it is no longer at what it was asked to do."""


class MissingError(InputError):
    """A server does not hold what was asked for."""


@contextmanager
def answering(url: str, missing: str = "") -> Iterator[None]:
    """Turn whatever a call to a server raises into one sentence; neither the token nor a header is in it.

    Args:
        url: of the server.
        missing: what to say where it holds nothing of what was asked for.

    Raises:
        InputError: the user must change something: the address, the token, a right.
        MissingError: what was asked for is not there.
        UnansweredError: the server gives no answer or fails.
    """
    try:
        yield
    except ApiError as error:
        raise _refusal(url, error, missing) from error
    except httpx.TimeoutException as error:
        raise UnansweredError(
            f"Label Studio at {url} gave no answer in time: see whether it is busy, and try again"
        ) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
        raise no_address(url) from error
    except httpx.HTTPError as error:
        raise UnansweredError(
            f"Label Studio at {url} does not answer ({_first_line(error)}): see whether it runs, "
            "and try again"
        ) from error
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unlike_label_studio(url) from error


def no_address(url: str) -> InputError:
    """Give what to say of an address that is none."""
    return InputError(f"--url {url} is no address of a server: give http://HOST:PORT")


def _unlike_label_studio(url: str) -> InputError:
    return InputError(f"--url {url} does not answer as Label Studio does: give the address of its first page")


def _refusal(url: str, error: ApiError, missing: str) -> InputError | UnansweredError:
    status, said = error.status_code or 0, _said(error.body)
    if status in (401, 403):
        return InputError(
            f"Label Studio at {url} does not accept the token ({said}): give a valid one in "
            "LABEL_STUDIO_API_KEY; a personal access token, or a legacy one where the server allows those"
        )
    if 300 <= status < 400:
        there = (error.headers or {}).get("location", "elsewhere")
        return InputError(f"--url {url} leads to {there}: give that address")
    if status == 404 and missing:
        return MissingError(missing)
    if 200 <= status < 300 or status == 404:
        return _unlike_label_studio(url)
    if status >= 500 or status in _AGAIN:
        kind = UnansweredError if status in _PERHAPS_AT_IT else FailedError
        return kind(f"Label Studio at {url} failed ({status}: {said}): try again")
    return InputError(f"Label Studio at {url} refused ({status}: {said})")


def _said(body: object) -> str:
    """What a server says of a refusal, in a line that is not too long."""
    if isinstance(body, Mapping):
        faults = body.get("validation_errors")
        body = f"{body.get('detail', '')} {json.dumps(faults) if faults else ''}"
    text = " ".join(str(body).split())
    return "no reason given" if not text or text.startswith("<") else text[:300]


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
