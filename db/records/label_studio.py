"""What was handed to a Label Studio server, and what it held when it was last read."""

from dataclasses import dataclass
from datetime import datetime

from db.records.verdicts import Reason, Source, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStudioProject:
    """A project that holds the masks of a sample.

    Attributes:
        project_id: this store's.
        sample_id: None once the sample was removed.
        url: of the server, without a slash at its end; empty where only files go to and fro.
        number: the project's id on the server; 0 where only files go to and fro and none is known.
        config_hash: of the labeling config that was pushed; empty where none was.
        watermark: the latest `updated_at` of a task that was read, by the server's clock, or None.
        pulled_at: when it was last read to the end, or None.
    """

    project_id: int
    sample_id: int | None
    url: str
    number: int
    config_hash: str
    watermark: datetime | None
    pulled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedTask:
    """A task of a project, and the mask that it shows.

    Attributes:
        task_number: the task's id on the server.
        data_hash: of what it showed when it was pushed.
    """

    task_number: int
    mask_id: str
    data_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnnotation:
    """An annotation as a server held it when it was last read.

    Attributes:
        annotation_number: its id on the server.
        mask_id: None where its task shows no mask of the sample.
        annotator: who is known here by that name; empty where the server names nobody.
        verdict: None where it was skipped or refused.
        seconds: the server's `lead_time`, or None.
        refusal: why nothing can be taken from it, as a clause; empty where something can, or it was skipped.
    """

    annotation_number: int
    task_number: int
    mask_id: str | None
    annotator: str
    updated_at: datetime
    verdict: Verdict | None
    reasons: tuple[Reason, ...] = ()
    comment: str = ""
    seconds: float | None = None
    refusal: str = ""

    @property
    def is_skip(self) -> bool:
        """Whether its annotator passed the mask over."""
        return self.verdict is None and not self.refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestEntry:
    """The newest reading of one reviewer on one mask, of all or of a part of the journal.

    Attributes:
        entry_id: in the journal.
        verdict: None where it took a verdict back.
        source: where it was given.
    """

    entry_id: int
    mask_id: str
    reviewer: str
    verdict: Verdict | None
    reasons: tuple[Reason, ...] = ()
    comment: str = ""
    flagged: bool = False
    seconds: float | None = None
    decided_at: datetime
    source: Source
    guideline_hash: str | None = None
    second_probability: float | None = None
