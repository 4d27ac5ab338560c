"""The first schema: samples, masks, the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:

    op.create_table(
        "masks",
        sa.Column(
            "mask_id", sa.String(length=40), nullable=False, comment="hash of mention and pixels; opaque"
        ),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False, comment="compressed COCO counts of each part"),
        sa.Column("area", sa.BigInteger(), nullable=False, comment="pixels of the union"),
        sa.Column(
            "unjudgable", sa.Text(), nullable=True, comment="why it cannot be shown; empty where it can"
        ),
        sa.PrimaryKeyConstraint("mask_id", name=op.f("pk_masks")),
        comment="One distinct mask of one mention",
    )
    op.create_table(
        "reviewers",
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reviewer_id", name=op.f("pk_reviewers")),
        sa.UniqueConstraint("name", name=op.f("uq_reviewers_name")),
        comment="The people who judge",
    )
    op.create_table(
        "samples",
        sa.Column("sample_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="what commands call it"),
        sa.Column("seed", sa.BigInteger(), nullable=False, comment="of every ticket of this sample"),
        sa.Column(
            "unit", sa.String(length=20), nullable=False, comment="what was drawn: entity or annotation"
        ),
        sa.Column(
            "across",
            sa.String(length=20),
            nullable=False,
            comment="an entity is drawn once: splits or within-split",
        ),
        sa.Column("per_entity", sa.Integer(), nullable=False, comment="annotations taken of a drawn entity"),
        sa.Column("allocation", sa.Text(), nullable=False, comment="what was asked, in words"),
        sa.Column("fixed", sa.JSON(), nullable=False, comment="sizes fixed while the rest was shared out"),
        sa.Column("frame", sa.Text(), nullable=False, comment="the setting drawn from"),
        sa.Column(
            "population_fingerprint",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the frame's files",
        ),
        sa.Column(
            "frame_files", sa.JSON(), nullable=False, comment="the frame's files when the sample was drawn"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_samples")),
        sa.UniqueConstraint("name", name=op.f("uq_samples_name")),
        comment="One drawn sample and its design",
    )
    op.create_table(
        "journal",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="order of arrival",
        ),
        sa.Column("mask_id", sa.String(length=40), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "client_key", sa.Text(), nullable=False, comment="names the key press; a replay changes nothing"
        ),
        sa.Column(
            "verdict",
            sa.String(length=20),
            nullable=True,
            comment="correct, incorrect or unsure; empty: withdrawn",
        ),
        sa.Column("reasons", sa.Text(), nullable=False, comment="reason ids joined by ;"),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column(
            "seconds", sa.Float(precision=53), nullable=True, comment="from the mask painted to the verdict"
        ),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overlay_mode", sa.String(length=20), nullable=True),
        sa.Column(
            "guideline_hash", sa.String(length=64), nullable=True, comment="SHA-256 of the guideline in force"
        ),
        sa.Column("source", sa.String(length=20), nullable=False, comment="page, import or label-studio"),
        sa.Column(
            "supersedes",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="this reviewer's entry before, on this mask",
        ),
        sa.ForeignKeyConstraint(["mask_id"], ["masks.mask_id"], name=op.f("fk_journal_mask_id")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.reviewer_id"], name=op.f("fk_journal_reviewer_id")
        ),
        sa.ForeignKeyConstraint(["supersedes"], ["journal.entry_id"], name=op.f("fk_journal_supersedes")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_journal")),
        sa.UniqueConstraint("reviewer_id", "client_key", name=op.f("uq_journal_reviewer_id")),
        comment="Verdicts and their withdrawals, append-only",
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index("ix_journal_standing", ["mask_id", "reviewer_id", "entry_id"], unique=False)

    op.create_table(
        "sample_settings",
        sa.Column("sample_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True, comment="text reference; empty for an overall row"),
        sa.Column("model", sa.Text(), nullable=True, comment="segmentation model; empty for an overall row"),
        sa.Column(
            "is_subset", sa.Boolean(), nullable=False, comment="an absent mention is dropped, not missing"
        ),
        sa.Column("position", sa.Integer(), nullable=False, comment="order of ingestion"),
        sa.Column(
            "fingerprint",
            sa.String(length=64),
            nullable=False,
            comment="of its files when its masks were copied",
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["samples.sample_id"],
            name=op.f("fk_sample_settings_sample_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sample_id", "setting", name=op.f("pk_sample_settings")),
        comment="The settings whose masks a sample holds",
    )
    op.create_table(
        "strata",
        sa.Column("sample_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("split", sa.Text(), nullable=False, comment="the stratum"),
        sa.Column("n_units", sa.Integer(), nullable=False, comment="mentions drawn"),
        sa.Column("n_entities_drawn", sa.Integer(), nullable=False, comment="n_h of entity draws"),
        sa.Column(
            "n_entities", sa.BigInteger(), nullable=False, comment="M_h: entities that phase 1 put here"
        ),
        sa.Column(
            "n_annotations", sa.BigInteger(), nullable=False, comment="N_h: annotations of the frame here"
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["samples.sample_id"], name=op.f("fk_strata_sample_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sample_id", "split", name=op.f("pk_strata")),
        comment="The strata of a sample, as drawn",
    )
    op.create_table(
        "units",
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sample_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("annotation_id", sa.Text(), nullable=False),
        sa.Column(
            "mention_id", sa.Text(), nullable=False, comment="how every setting of the population knows it"
        ),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("entity_name", sa.Text(), nullable=True),
        sa.Column("stratum", sa.Text(), nullable=False, comment="the split its entity was drawn in"),
        sa.Column("category", sa.Text(), nullable=True, comment="entity category"),
        sa.Column("image_id", sa.Text(), nullable=False),
        sa.Column(
            "images_root", sa.Text(), nullable=True, comment="folder or URL that file_name is relative to"
        ),
        sa.Column("file_name", sa.Text(), nullable=True, comment="empty where no file lists the image"),
        sa.Column("question", sa.Text(), nullable=True, comment="the dataset's own question"),
        sa.Column("n_annotations_of_entity", sa.BigInteger(), nullable=False, comment="N_e"),
        sa.Column("n_entities_in_stratum", sa.BigInteger(), nullable=False, comment="M_h"),
        sa.Column(
            "inclusion_probability", sa.Float(precision=53), nullable=False, comment="conditional on phase 1"
        ),
        sa.Column(
            "design_weight", sa.Float(precision=53), nullable=False, comment="1 / inclusion probability"
        ),
        sa.Column("entity_weight", sa.Float(precision=53), nullable=False, comment="M_h / n_h"),
        sa.Column("annotation_ticket", sa.String(length=64), nullable=False),
        sa.Column("entity_ticket", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "inclusion_probability > 0 AND inclusion_probability <= 1", name=op.f("ck_units_probability")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["samples.sample_id"], name=op.f("fk_units_sample_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_units")),
        sa.UniqueConstraint("sample_id", "annotation_id", name=op.f("uq_units_sample_id")),
        comment="One sampled mention",
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_units_sample_id"), ["sample_id"], unique=False)

    op.create_table(
        "unit_masks",
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column(
            "state", sa.String(length=20), nullable=False, comment="present, missing, dropped or unreadable"
        ),
        sa.Column("mask_id", sa.String(length=40), nullable=True, comment="where the state is present"),
        sa.CheckConstraint(
            "(state = 'present') = (mask_id IS NOT NULL)", name=op.f("ck_unit_masks_mask_where_present")
        ),
        sa.ForeignKeyConstraint(["mask_id"], ["masks.mask_id"], name=op.f("fk_unit_masks_mask_id")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.unit_id"], name=op.f("fk_unit_masks_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("unit_id", "setting", name=op.f("pk_unit_masks")),
        comment="What each setting made of each unit",
    )
    with op.batch_alter_table("unit_masks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_masks_mask_id"), ["mask_id"], unique=False)
