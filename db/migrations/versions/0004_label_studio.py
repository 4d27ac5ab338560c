"""Label Studio projects, their tasks and annotations, and the journal entries that came of them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "label_studio_projects",
        sa.Column("project_id", _ID, nullable=False),
        sa.Column(
            "sample_id", _ID, comment="empty once the sample was removed: what was said of its masks stays"
        ),
        sa.Column("url", sa.Text(), nullable=False, comment="of the server; empty: files went to and fro"),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="the project's id on the server"),
        sa.Column(
            "config_hash",
            sa.String(length=64),
            nullable=False,
            comment="of the labeling config pushed; empty: none",
        ),
        sa.Column(
            "watermark", sa.DateTime(timezone=True), comment="latest change read, by the server's clock"
        ),
        sa.Column("pulled_at", sa.DateTime(timezone=True), comment="when it was last read to the end"),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["samples.sample_id"],
            name=op.f("fk_label_studio_projects_sample_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_label_studio_projects")),
        sa.UniqueConstraint("sample_id", "url", "number", name=op.f("uq_label_studio_projects_sample_id")),
        comment="Label Studio projects that hold the masks of a sample",
    )
    op.create_table(
        "label_studio_tasks",
        sa.Column("project_id", _ID, nullable=False),
        sa.Column("task_number", sa.BigInteger(), nullable=False, comment="the task's id on the server"),
        sa.Column("mask_id", sa.String(length=40), nullable=False),
        sa.Column(
            "data_hash",
            sa.String(length=64),
            nullable=False,
            comment="of what it showed when it was pushed",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["label_studio_projects.project_id"],
            name=op.f("fk_label_studio_tasks_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["mask_id"], ["masks.mask_id"], name=op.f("fk_label_studio_tasks_mask_id")),
        sa.PrimaryKeyConstraint("project_id", "task_number", name=op.f("pk_label_studio_tasks")),
        comment="The tasks of a Label Studio project, and the masks that they show",
    )
    op.create_table(
        "label_studio_annotations",
        sa.Column("project_id", _ID, nullable=False),
        sa.Column("annotation_number", sa.BigInteger(), nullable=False, comment="its id on the server"),
        sa.Column("task_number", sa.BigInteger(), nullable=False),
        sa.Column("mask_id", sa.String(length=40), comment="empty where its task shows none of the sample"),
        sa.Column(
            "annotator", sa.Text(), nullable=False, comment="whom it is by, as reviewers are named here"
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="by the server's clock"),
        sa.Column("verdict", sa.String(length=20), comment="empty: skipped or refused"),
        sa.Column("reasons", sa.Text(), nullable=False, comment="reason ids joined by ;"),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(precision=53), comment="the server's lead time"),
        sa.Column(
            "refusal", sa.Text(), nullable=False, comment="why nothing can be taken from it; empty: it can"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["label_studio_projects.project_id"],
            name=op.f("fk_label_studio_annotations_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mask_id"], ["masks.mask_id"], name=op.f("fk_label_studio_annotations_mask_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "annotation_number", name=op.f("pk_label_studio_annotations")),
        comment="What a Label Studio server held when it was last read; what is gone there is gone here",
    )
    op.create_index(
        "ix_label_studio_annotations_task", "label_studio_annotations", ["project_id", "task_number"]
    )
    op.create_table(
        "label_studio_reads",
        sa.Column("project_id", _ID, nullable=False),
        sa.Column("task_number", sa.BigInteger(), nullable=False, comment="the task's id on the server"),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="its latest change then, by the server's clock",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["label_studio_projects.project_id"],
            name=op.f("fk_label_studio_reads_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "task_number", name=op.f("pk_label_studio_reads")),
        comment="The tasks that a Label Studio server held when it was last read",
    )
