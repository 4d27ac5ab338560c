"""People who sign in, work shared out, gold masks, preferences."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("task_id", sa.String(length=80), nullable=False, comment="a mask, or a pair of masks"),
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sample_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False, comment="what its verdict is for"),
        sa.Column("position", sa.Integer(), nullable=False, comment="tasks given to the reviewer before"),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "lease_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="nobody else is given it until then",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.reviewer_id"], name=op.f("fk_assignments_reviewer_id")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["samples.sample_id"], name=op.f("fk_assignments_sample_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "reviewer_id", name=op.f("pk_assignments")),
        comment="Who was given what to judge",
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index("ix_assignments_lease", ["lease_until", "reviewer_id"], unique=False)
        batch_op.create_index("ix_assignments_sample", ["sample_id", "reviewer_id"], unique=False)

    op.create_table(
        "preferences",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="order of arrival",
        ),
        sa.Column("first_mask_id", sa.String(length=40), nullable=False, comment="the smaller id"),
        sa.Column("second_mask_id", sa.String(length=40), nullable=False, comment="the greater id"),
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "client_key", sa.Text(), nullable=False, comment="names the key press; a replay changes nothing"
        ),
        sa.Column(
            "preference",
            sa.String(length=20),
            nullable=True,
            comment="first, second or same is better; empty: withdrawn",
        ),
        sa.Column(
            "shown_left", sa.String(length=20), nullable=False, comment="first or second was at the left"
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column(
            "flagged", sa.Boolean(), server_default=sa.false(), nullable=False, comment="a lead is to look"
        ),
        sa.Column(
            "sequence", sa.BigInteger(), nullable=True, comment="place among the events of its browser"
        ),
        sa.Column(
            "seconds", sa.Float(precision=53), nullable=True, comment="from the pair painted to the decision"
        ),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "guideline_hash", sa.String(length=64), nullable=True, comment="SHA-256 of the guideline in force"
        ),
        sa.Column(
            "supersedes",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="this reviewer's entry before",
        ),
        sa.ForeignKeyConstraint(
            ["first_mask_id"], ["masks.mask_id"], name=op.f("fk_preferences_first_mask_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.reviewer_id"], name=op.f("fk_preferences_reviewer_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_mask_id"], ["masks.mask_id"], name=op.f("fk_preferences_second_mask_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["preferences.entry_id"], name=op.f("fk_preferences_supersedes")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_preferences")),
        sa.UniqueConstraint("reviewer_id", "client_key", name=op.f("uq_preferences_reviewer_id")),
        comment="Which of two masks is better, append-only; no verdict on either",
    )
    with op.batch_alter_table("preferences", schema=None) as batch_op:
        batch_op.create_index(
            "ix_preferences_standing",
            ["first_mask_id", "second_mask_id", "reviewer_id", "entry_id"],
            unique=False,
        )

    op.create_table(
        "synthetic_masks",
        sa.Column("mask_id", sa.String(length=40), nullable=False),
        sa.Column("made_from", sa.String(length=40), nullable=False, comment="adjudicated correct"),
        sa.Column("change", sa.String(length=20), nullable=False, comment="what was done to it"),
        sa.Column("iou", sa.Float(precision=53), nullable=False, comment="with what it was made from"),
        sa.ForeignKeyConstraint(["made_from"], ["masks.mask_id"], name=op.f("fk_synthetic_masks_made_from")),
        sa.ForeignKeyConstraint(["mask_id"], ["masks.mask_id"], name=op.f("fk_synthetic_masks_mask_id")),
        sa.PrimaryKeyConstraint("mask_id", name=op.f("pk_synthetic_masks")),
        comment="Masks made wrong on purpose, to be mixed in",
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "purpose",
                sa.String(length=20),
                server_default="reading",
                nullable=False,
                comment="what it is for",
            )
        )
        batch_op.add_column(
            sa.Column(
                "flagged",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="a lead is to look",
            )
        )
        batch_op.add_column(
            sa.Column(
                "sequence", sa.BigInteger(), nullable=True, comment="place among the events of its browser"
            )
        )
        batch_op.add_column(
            sa.Column(
                "second_probability",
                sa.Float(precision=53),
                nullable=True,
                comment="chance, fixed here, of a second reading",
            )
        )
        batch_op.drop_index("ix_journal_standing")
        batch_op.create_index(
            "ix_journal_standing", ["mask_id", "reviewer_id", "purpose", "entry_id"], unique=False
        )
        batch_op.create_index("ix_journal_recent", ["reviewer_id", "entry_id"], unique=False)

    with op.batch_alter_table("reviewers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "role",
                sa.String(length=20),
                server_default="reviewer",
                nullable=False,
                comment="reviewer or lead",
            )
        )
        batch_op.add_column(
            sa.Column(
                "link_hash",
                sa.String(length=64),
                nullable=True,
                comment="SHA-256 of the personal link's token; empty: no link",
            )
        )
        batch_op.add_column(
            sa.Column(
                "link_expires_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when the link ends; empty: never",
            )
        )
        batch_op.add_column(
            sa.Column(
                "disabled_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when the person was shut out",
            )
        )
        batch_op.add_column(
            sa.Column(
                "practised_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when the practice round was finished",
            )
        )
