"""The data dictionary of the table of verdicts: its rows, its columns, and how accuracy follows."""

from reports.content import ReportContent
from reports.exports.columns import COLUMNS, Column
from reports.markdown import escaped
from reports.sentences import differing_text, provenance_text, status_text

ROWS = (
    "One row is one verdict on the mask that one setting made of one annotation. A mask that two settings"
    " made alike is read once and stands in a row of each. A unit that nobody has judged, or that has no"
    " mask, has one row without a verdict, so every unit of the sample is here under every setting. Comments"
    " stay in the workspace."
)

ACCURACY = (
    "The accuracy of each setting. Put `entity_weight` or `design_weight` in place of `mix_weight` to count"
    " every entity, or every annotation, once. A setting of which nothing is judged correct or"
    " incorrect, while some units are pending, unsure or unjudgable, has no accuracy: its missing masks alone"
    " would make it 0. Intervals are in the report: they need the design,"
    " not only the weights."
)

BY_RISK = (
    "This sample was drawn by risk. The report's figures also use what is known of all masks that were not"
    " drawn, so they differ from the weighted shares that follow."
)

PANDAS = """\
import pandas as pd
def has_accuracy(units):
    is_open = units["outcome"].isin(["pending", "unsure", "unjudgable"]).any()
    return units["outcome"].isin(["correct", "incorrect"]).any() or not is_open
units = pd.read_parquet({file}).drop_duplicates(["setting", "annotation_id"])
units = units.groupby("setting").filter(has_accuracy)
units = units[units["outcome"].isin(["correct", "incorrect", "missing"])]
right = units["mix_weight"].where(units["outcome"] == "correct", 0.0)
accuracy = right.groupby(units["setting"]).sum() / units.groupby("setting")["mix_weight"].sum()
"""

DUCKDB = """\
SELECT setting, sum(if(outcome = 'correct', mix_weight, 0)) / sum(mix_weight) AS accuracy
FROM (
    SELECT *, bool_or(outcome IN ('correct', 'incorrect')) OVER of_setting AS is_judged,
           bool_or(outcome IN ('pending', 'unsure', 'unjudgable')) OVER of_setting AS is_open
    FROM (SELECT DISTINCT setting, annotation_id, outcome, mix_weight FROM {file})
    WINDOW of_setting AS (PARTITION BY setting)
)
WHERE outcome IN ('correct', 'incorrect', 'missing') AND (is_judged OR NOT is_open)
GROUP BY setting ORDER BY setting
"""


def render_dictionary(content: ReportContent, file: str) -> str:
    """The dictionary as Markdown; `file` is how the recipes call the table."""
    remarks = (escaped(differing_text(content)), BY_RISK if content.design.is_by_risk else "")
    lines = [
        f"# Verdicts on the masks of sample {escaped(content.sample)}",
        "",
        f"**{escaped(status_text(content))}**",
        "",
        f"{escaped(provenance_text(content))}.",
        "",
        ROWS,
        "",
        "| Column | Type | Unit | Meaning |",
        "| :--- | :--- | :--- | :--- |",
        *map(_row, COLUMNS),
        "",
        "## Recompute the accuracy",
        "",
        *(line for text in (*remarks, ACCURACY) if text for line in (text, "")),
        "```python",
        f"{PANDAS.format(file=repr(file))}```",
        "",
        "```sql",
        f"{DUCKDB.format(file=_sql_text(file))}```",
        "",
    ]
    return "\n".join(lines)


def _row(column: Column) -> str:
    return f"| `{column.name}` | {column.type} | {column.unit} | {column.meaning} |"


def _sql_text(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
