"""How the masks were judged, in the words of the dataset card and of Croissant."""

from reports.content import ReportContent
from reports.settlement import LEADS, POLICIES

JUDGING = (
    "Reviewers see a photograph with one machine-made mask at a time, what the mask is to show and, where"
    " there is one, the question; not the model, the setting or what others said. They say correct, incorrect"
    " or unsure, and may give reasons."
)
IMPORTED = "Some verdicts were imported; how those were given is not known here."

_IMPORT = "import"


def judging_text(content: ReportContent) -> str:
    """What reviewers see and say, and what settles a mask on which they disagree."""
    imported = IMPORTED if _IMPORT in content.front_ends.counts else ""
    texts = (JUDGING, imported, POLICIES[content.settling.policy], LEADS)
    return " ".join(text for text in texts if text)
