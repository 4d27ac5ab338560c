"""Whatever goes wrong on a Label Studio server, or on the way there, as one sentence."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
from label_studio_sdk.core.api_error import ApiError
from pydantic import ValidationError

from audit.errors import InputError, UnavailableError

_AGAIN = {408, 409, 429}
_PERHAPS_AT_IT = {408, 502, 504}
"""Said by whoever stands before a server, which may still be at work."""
_MAX_SHOWN = 300


class UnansweredError(UnavailableError):
    """A server gave no answer, or failed: what it was asked to do may be done or not."""


class FailedError(UnansweredError):
    """A server said that it failed: it is no longer at what it was asked to do."""


class MissingError(InputError):
    """A server does not hold what was asked for."""


class TooLargeError(InputError):
    """What stands before a server refuses a request for its size: nothing of it was done."""


class ServerFaults:
    """Turns whatever calls to one server raise into one sentence that holds no secret.

    Attributes:
        url: of the server.
        secrets: what is never shown, whoever repeats it: the token and what it was exchanged for.
        has_answered: whether the server has answered as Label Studio does. Before that the address may be
            wrong; afterwards whoever else answers in its place stands there for a while.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.secrets = {token}
        self.has_answered = False

    @contextmanager
    def told(self, missing: str = "") -> Iterator[None]:
        """Turn what is raised within into a sentence.

        Args:
            missing: what to say where the server holds nothing of what was asked for.

        Raises:
            InputError: the user must change something: the address, the token, a right.
            MissingError: what was asked for is not there.
            UnansweredError: the server gives no answer or fails.
        """
        try:
            yield
        except ApiError as error:
            raise self._refusal(error, missing) from error
        except httpx.TimeoutException as error:
            raise UnansweredError(
                f"Label Studio at {self.url} gave no answer in time: see whether it is busy, and try again"
            ) from error
        except UnicodeDecodeError as error:
            raise self._unlike_label_studio() from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
            raise no_address(self.url) from error
        except httpx.HTTPError as error:
            raise UnansweredError(
                f"Label Studio at {self.url} does not answer ({self._shown(_first_line(error))}): "
                "see whether it runs, and try again"
            ) from error
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unlike_label_studio() from error

    def too_large(self, n_bytes: int) -> TooLargeError:
        """Give what to say where a request of so many bytes was refused for its size."""
        return TooLargeError(
            f"what stands before Label Studio at {self.url} takes no request of {n_bytes / 1000**2:.3g} MB: "
            "raise its limit (nginx: client_max_body_size), and push again"
        )

    def _unlike_label_studio(self) -> InputError | UnansweredError:
        if self.has_answered:
            return UnansweredError(
                f"{self.url} does not answer as Label Studio does just now: see what stands before it, "
                "and try again"
            )
        return InputError(
            f"--url {self.url} does not answer as Label Studio does: give the address of its first page"
        )

    def _refusal(self, error: ApiError, missing: str) -> InputError | UnansweredError:
        status, said = error.status_code or 0, self._shown(_said(error.body))
        if status in (401, 403):
            return InputError(
                f"Label Studio at {self.url} does not accept the token ({said}): give a valid one in "
                "LABEL_STUDIO_API_KEY; a personal access token, or a legacy one where the server allows those"
            )
        if 300 <= status < 400:
            return self._led_away((error.headers or {}).get("location", ""))
        if status == 404 and missing and isinstance(error.body, Mapping):
            return MissingError(missing)
        if 200 <= status < 300 or status == 404:
            return self._unlike_label_studio()
        if may_pass(error):
            kind = UnansweredError if status in _PERHAPS_AT_IT else FailedError
            return kind(f"Label Studio at {self.url} failed ({status}: {said}): try again")
        return InputError(f"Label Studio at {self.url} refused ({status}: {said})")

    def _led_away(self, location: str) -> InputError | UnansweredError:
        there = self._shown(_bare_address(f"{self.url}/", location))
        if self.has_answered:
            return UnansweredError(f"{self.url} leads to {there} just now: try again")
        return InputError(f"--url {self.url} leads to {there}: give that address")

    def _shown(self, text: str) -> str:
        """Give a text on one line that is not too long and holds no secret."""
        line = " ".join(text.split())
        for secret in filter(None, self.secrets):
            line = line.replace(secret, "…")
        return line[:_MAX_SHOWN]


def may_pass(error: Exception) -> bool:
    """Whether the same question may be answered a little later; a time-out was wait enough."""
    if isinstance(error, ApiError):
        status = error.status_code or 0
        return status >= 500 or status in _AGAIN
    return isinstance(error, httpx.TransportError) and not isinstance(error, httpx.TimeoutException)


def no_address(url: str) -> InputError:
    """Give what to say of an address that is none."""
    return InputError(f"--url {url} is no address of a server: give http://HOST:PORT")


def _bare_address(start: str, location: str) -> str:
    """Give where a redirect leads, without whatever may be secret in it.

    >>> _bare_address("http://host/", "https://me:word@host:8/login?token=1#2")
    'https://host:8/login'
    """
    try:
        parts = urlsplit(urljoin(start, location))
    except ValueError:
        return "elsewhere"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _said(body: object) -> str:
    """What a server says of a refusal."""
    if isinstance(body, Mapping):
        faults = body.get("validation_errors")
        body = f"{body.get('detail', '')} {json.dumps(faults) if faults else ''}"
    text = str(body).strip()
    return "no reason given" if not text or text.startswith("<") else text


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
