"""The dataset that the entity of each unit comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("units", sa.Column("source", sa.Text(), comment="dataset that the entity comes from"))
