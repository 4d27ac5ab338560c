"""What a mask counts as where its reviewers disagree, and how many such masks there are."""

from reports.blocks import Section
from reports.content import ReportContent
from reports.numbers import count_text, counted_text
from reports.review_findings import Settling
from sampling.reviewers.settlement import Settlement

POLICIES = {
    Settlement.MAJORITY: (
        "A mask on which reviewers disagree counts as what most of them say; without a majority it is unsure"
        " until a lead settles it (policy “majority”)."
    ),
    Settlement.UNANIMOUS: (
        "A mask on which reviewers disagree is unsure until a lead settles it (policy “unanimous”)."
    ),
    Settlement.ADJUDICATED: (
        "A mask on which reviewers disagree is pending until a lead settles it (policy “adjudicated”)."
    ),
    Settlement.DAWID_SKENE: (
        "A mask that was read more than once counts as what is likeliest by Dawid and Skene's model of each"
        " reviewer's errors; where two verdicts are as likely, it is unsure until a lead settles it (policy"
        " “dawid-skene”)."
    ),
}
LEADS = "A lead's verdict settles a mask under every policy; of several leads' the latest counts."

LIKELIEST_IS_NO_ESTIMATE = (
    "Masks that were read more than once count as what Dawid and Skene's model finds likeliest. It tells"
    " which reviewers err and which masks a lead should look at; an accuracy made of its labels can be"
    " further off than one made of the majority's: quote the corrected figures, or name another policy."
)


def settlement(content: ReportContent) -> Section:
    """The policy, and what became of the masks on which reviewers disagree."""
    found = content.settling
    texts = (POLICIES[found.policy], LEADS, disagreement_text(found), lead_text(found))
    return Section(title="Where reviewers disagree", paragraphs=(" ".join(text for text in texts if text),))


def disagreement_text(found: Settling) -> str:
    """How many masks reviewers disagree on, and what settled them; empty where there is none."""
    if not found.n_disagreed:
        return ""
    return (
        f"Masks that reviewers disagree on: {count_text(found.n_disagreed)}, of which a lead settled"
        f" {count_text(found.n_settled_by_lead)} and the policy {count_text(found.n_settled_by_policy)}."
    )


def lead_text(found: Settling) -> str:
    """What a lead is to settle; empty where there is nothing."""
    kinds = (("disputed", found.n_disputed), ("flagged", found.n_flagged))
    left = [f"{count_text(n)} {kind}" for kind, n in kinds if n]
    to_settle = f"Masks to settle on the lead's page: {', '.join(left)}" if left else ""
    sentences = (to_settle, not_shown_text(found.n_not_to_settle))
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def not_shown_text(n: int) -> str:
    """How many masks a lead would have to settle if they could be shown, as a clause; empty for none."""
    if not n:
        return ""
    masks = counted_text(n, "disputed or flagged mask")
    return f"{masks} cannot be shown, so no lead can settle {'it' if n == 1 else 'them'}"
