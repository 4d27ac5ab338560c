"""What a sample is to show, how its size was shared out, and the order of its blocks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "samples",
        sa.Column(
            "allocation_rule",
            sa.Text(),
            nullable=False,
            server_default="proportional",
            comment="shares a size",
        ),
    )
    op.add_column(
        "samples",
        sa.Column(
            "size_measure", sa.String(20), nullable=False, server_default="none", comment="none or sqrt"
        ),
    )
    op.add_column(
        "samples",
        sa.Column(
            "goal", sa.String(20), nullable=False, server_default="describe", comment="what it is to show"
        ),
    )
    op.add_column("samples", sa.Column("target", sa.Float(53), comment="accuracy to certify"))
    op.add_column("samples", sa.Column("margin", sa.Float(53), comment="half width to reach"))
    op.add_column(
        "samples",
        sa.Column(
            "contrast", sa.JSON(), comment="the two settings, where only their differing masks were drawn"
        ),
    )
    op.add_column(
        "strata",
        sa.Column(
            "n_first", sa.Integer(), nullable=False, server_default="0", comment="things drawn at first"
        ),
    )
    op.execute(
        "UPDATE strata SET n_first = CASE WHEN sample_id IN"
        " (SELECT sample_id FROM samples WHERE unit = 'annotation') THEN n_units ELSE n_entities_drawn END"
    )
    op.add_column(
        "units",
        sa.Column(
            "block", sa.Integer(), comment="its place in the stored order; empty where any order will do"
        ),
    )
