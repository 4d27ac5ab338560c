"""What a pull did, as people are told."""

from dataclasses import dataclass
from datetime import datetime

from db.records import HeldAnnotation


@dataclass(frozen=True, slots=True, kw_only=True)
class PullResult:
    """What a pull did, and what the project holds.

    Attributes:
        sample: its name.
        url: of the server; empty where only files go to and fro.
        project: its number on the server; 0 where it is not known.
        is_whole: whether every task of the project was read.
        n_tasks_read: tasks that were read.
        n_new: verdicts that came where none of the annotator stood.
        n_changed: verdicts that superseded others.
        n_withdrawn: verdicts taken back.
        n_judgements: masks × annotators with a verdict there.
        n_older: of these, passed over: the reviewer has decided otherwise since, elsewhere.
        n_skipped: annotations there that are skips.
        refused: annotations there from which nothing can be taken.
        n_gone: tasks that the project no longer holds.
        n_foreign: tasks read that were not pushed from here and show masks of the sample.
        n_outdated: tasks of a file that were left alone, because a newer state of them is known.
        is_elsewhere: whether a file is of another project than the sample was pushed to.
        new_reviewers: names made known.
        is_config_changed: whether the project's labeling config is not the one that was pushed.
        watermark: the latest change on the server that was read, by its clock.
    """

    sample: str
    url: str
    project: int
    is_whole: bool
    n_tasks_read: int
    n_new: int
    n_changed: int
    n_withdrawn: int
    n_judgements: int
    n_older: int
    n_skipped: int
    refused: tuple[HeldAnnotation, ...]
    n_gone: int
    n_foreign: int
    n_outdated: int
    is_elsewhere: bool
    new_reviewers: tuple[str, ...]
    is_config_changed: bool
    watermark: datetime | None

    @property
    def has_changed_journal(self) -> bool:
        """Whether anything was appended to the journal."""
        return self.n_new + self.n_changed + self.n_withdrawn > 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """What somebody should know besides the counts."""
        found = (
            (
                self.is_config_changed,
                "the project's labeling config is not the one that was pushed: what it knows and this "
                "program does not is refused",
            ),
            (self.n_gone, f"{self.n_gone:,} tasks were deleted there: what was said of them is withdrawn"),
            (
                self.n_foreign and self.url,
                f"{self.n_foreign:,} tasks were not pushed from here and show masks of the sample: taken",
            ),
            (
                self.n_older,
                f"{self.n_older:,} annotations are older than what the same reviewer decided elsewhere: "
                "passed over",
            ),
            (
                self.n_outdated,
                f"{self.n_outdated:,} tasks of the file are older than what is known of them: left alone",
            ),
            (
                self.is_elsewhere,
                f"the file is of project {self.project}, which the sample was not pushed to: taken",
            ),
            (self.new_reviewers, f"new reviewers: {', '.join(self.new_reviewers)}"),
        )
        return tuple(sentence for holds, sentence in found if holds)
