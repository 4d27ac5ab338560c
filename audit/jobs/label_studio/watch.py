"""Pulls again and again, and tells only what changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from audit.errors import UnavailableError
from audit.jobs.label_studio.pull import PullRequest, pull_verdicts
from audit.jobs.label_studio.pulled import PullResult
from audit.jobs.workspace import Workspace
from audit.review.label_studio.server import LabelStudioServer
from db.errors import BusyError, UnreachableError

Failure = UnavailableError | BusyError | UnreachableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a server is asked.

    Attributes:
        seconds: from one pull to the next.
        longest: of the pauses, which double while the server does not answer.
    """

    seconds: float = field(default=10.0)
    longest: float = field(default=300.0)


def watch_verdicts(
    workspace: Workspace,
    request: PullRequest,
    server: LabelStudioServer,
    rhythm: Rhythm,
    *,
    now: Callable[[], datetime],
    pause: Callable[[float], object],
) -> Iterator[PullResult | Failure]:
    """Pull until it is interrupted; every pull stands by itself, so it may end anywhere.

    Gives the first result, later ones where something changed, a failure when the server stops answering, and
    the result with which it answers again.

    Args:
        workspace: the audit's.
        request: what is pulled; everything is read the first time only.
        server: from where.
        rhythm: how often.
        now: tells the time.
        pause: waits for so many seconds.

    Raises:
        InputError: the user must change something.
    """
    last: PullResult | Failure | None = None
    seconds = rhythm.seconds
    try:
        while True:
            outcome = _outcome(workspace, request, server, now())
            if _is_news(outcome, last):
                yield outcome
            if isinstance(outcome, PullResult):
                seconds, request = rhythm.seconds, replace(request, is_full=False)
            else:
                seconds = min(2 * seconds, rhythm.longest)
            last = outcome
            pause(seconds)
    except KeyboardInterrupt:
        return


def _outcome(
    workspace: Workspace, request: PullRequest, server: LabelStudioServer, now: datetime
) -> PullResult | Failure:
    try:
        return pull_verdicts(workspace, request, server, now)
    except (UnavailableError, BusyError, UnreachableError) as error:
        return error


def _is_news(outcome: PullResult | Failure, last: PullResult | Failure | None) -> bool:
    if not isinstance(outcome, PullResult) or not isinstance(last, PullResult):
        return type(outcome) is not type(last)
    return outcome.has_changed_journal or _told(outcome) != _told(last)


def _told(result: PullResult) -> tuple[object, ...]:
    return result.refused, result.n_skipped, result.n_older, result.is_config_changed
