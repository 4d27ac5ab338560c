"""Samples that are drawn in waves, and the wave that drew each unit."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column(
        "samples",
        sa.Column(
            "waves",
            sa.JSON(none_as_null=True),
            comment="what each wave was; empty where all is one draw",
        ),
    )
    op.add_column(
        "units",
        sa.Column("wave", sa.Integer(), comment="that drew it, from 0; empty where all is one draw"),
    )
