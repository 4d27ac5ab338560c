"""How the masks were reviewed: by which policy, and how fast."""

from reports.blocks import Cell, Section, Table
from reports.content import ReportContent
from reports.numbers import ABSENT, count_text, counted_text, exact_percent_text, hours_number, seconds_number
from reports.review_findings import ReviewerPace, ReviewPolicy

BLIND = (
    "On the page, in a pack and in Label Studio a reviewer sees a photo, a name, a question and a mask, and"
    " neither which setting made the mask nor what others said of it. A mask that several settings made is"
    " judged once."
)
MEASURED = (
    "Seconds from the mask shown to the verdict given, of the verdicts that stand and were timed. The middle"
    " half of a reviewer's verdicts took between the two quartiles. Hours are the sum of the seconds, pauses"
    " before a mask included."
)


def reviewing(content: ReportContent) -> Section:
    """The policy by which masks are handed to reviewers."""
    title = "How the masks were reviewed"
    if content.policy is None:
        return Section(title=title)
    return Section(
        title=title, paragraphs=(BLIND,), points=(*_handed_out(content.policy), _guidelines(content.policy))
    )


def _handed_out(policy: ReviewPolicy) -> tuple[str, ...]:
    first = counted_text(policy.first_readings, "reviewer")
    drawn = ", drawn by chance" if policy.second_share else ""
    again = (
        "As soon as there are two reviewers, every incorrect or unsure first reading goes to another one, and"
        f" {_share(policy.second_share)} of the correct ones{drawn}."
    )
    return (
        f"As the workspace is set now, a mask is read by {first} at first. {again}",
        f"Masks of known answer: {_share(policy.gold_share)} of those shown, once a lead has settled some; a"
        f" new reviewer judges {count_text(policy.practice)} of them first, with the answers told.",
    )


def _share(share: float) -> str:
    return exact_percent_text(share) if share else "none"


def _guidelines(policy: ReviewPolicy) -> str:
    if not policy.guidelines:
        return "No verdict that stands names the guideline that it was given under."
    versions = "; ".join(
        f"SHA-256 {digest}, {counted_text(n, 'verdict')}" for digest, n in policy.guidelines.items()
    )
    return f"Guideline in force: {versions}."


def pace(content: ReportContent) -> Section:
    """Verdicts, seconds and hours of every reviewer."""
    title = "How fast reviewers were"
    if not content.paces:
        return Section(title=title)
    n_timed = sum(each.n_timed for each in content.paces)
    if not n_timed:
        return Section(title=title, points=("No verdict was timed.",))
    seconds = sum(each.seconds for each in content.paces)
    return Section(
        title=title,
        paragraphs=(
            MEASURED,
            f"In all {hours_number(seconds)} hours for {counted_text(n_timed, 'timed verdict')}.",
        ),
        table=Table(
            columns=("Reviewer", "Verdicts", "Timed", "Median (s)", "Quartiles (s)", "Hours"),
            rows=tuple(_row(each) for each in content.paces),
        ),
    )


def _row(found: ReviewerPace) -> tuple[Cell, ...]:
    counts = (
        Cell(text=found.reviewer),
        Cell(text=count_text(found.n_verdicts)),
        Cell(text=count_text(found.n_timed)),
    )
    if found.quartiles is None:
        return *counts, *[Cell(text=ABSENT)] * 3
    low, median, high = found.quartiles
    return (
        *counts,
        Cell(text=seconds_number(median)),
        Cell(text=f"{seconds_number(low)}–{seconds_number(high)}"),
        Cell(text=hours_number(found.seconds)),
    )
