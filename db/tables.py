"""The SQL schema of the audit; private to `db`. Every column says what it holds.

Masks belong to mentions, not to samples: two samples that hold the same mention share its masks and their
verdicts. The journal is append-only: nothing in it is ever updated or deleted.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

SCHEMA_REVISION = "0006"
"""The Alembic revision that this schema is; a test holds it equal to the newest migration."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Id = BigInteger().with_variant(Integer, "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """Timezone-aware UTC in and out; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time in UTC; a time without a zone is refused."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"time {value.isoformat()} has no zone: hand in timezone-aware times")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time as timezone-aware UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


samples = Table(
    "samples",
    metadata,
    Column("sample_id", _Id, primary_key=True),
    Column("name", Text, nullable=False, comment="what commands call it"),
    Column("seed", BigInteger, nullable=False, comment="of every ticket of this sample"),
    Column("unit", String(20), nullable=False, comment="what was drawn: entity or annotation"),
    Column("across", String(20), nullable=False, comment="an entity is drawn once: splits or within-split"),
    Column("per_entity", Integer, nullable=False, comment="annotations taken of a drawn entity"),
    Column("allocation", Text, nullable=False, comment="what was asked, in words"),
    Column("fixed", JSON, nullable=False, comment="sizes fixed while the rest was shared out"),
    Column("frame", Text, nullable=False, comment="the setting drawn from"),
    Column("population_fingerprint", String(64), nullable=False, comment="SHA-256 of the frame's files"),
    Column("frame_files", JSON, nullable=False, comment="the frame's files when the sample was drawn"),
    Column("created_at", UtcTime, nullable=False),
    Column("allocation_rule", Text, nullable=False, server_default="proportional", comment="shares a size"),
    Column("size_measure", String(20), nullable=False, server_default="none", comment="none or sqrt"),
    Column("goal", String(20), nullable=False, server_default="describe", comment="what it is to show"),
    Column("target", Float(53), comment="accuracy to certify"),
    Column("margin", Float(53), comment="half width to reach"),
    Column("contrast", JSON, comment="the two settings, where only their differing masks were drawn"),
    Column("waves", JSON(none_as_null=True), comment="what each wave was; empty where all is one draw"),
    UniqueConstraint("name"),
    comment="One drawn sample and its design",
)

strata = Table(
    "strata",
    metadata,
    Column("sample_id", ForeignKey("samples.sample_id", ondelete="CASCADE"), primary_key=True),
    Column("split", Text, primary_key=True, comment="the stratum"),
    Column("n_units", Integer, nullable=False, comment="mentions drawn"),
    Column("n_entities_drawn", Integer, nullable=False, comment="n_h of entity draws"),
    Column("n_entities", BigInteger, nullable=False, comment="M_h: entities that phase 1 put here"),
    Column("n_annotations", BigInteger, nullable=False, comment="N_h: annotations of the frame here"),
    Column("n_first", Integer, nullable=False, server_default="0", comment="things drawn at first"),
    comment="The strata of a sample, as drawn",
)

sample_settings = Table(
    "sample_settings",
    metadata,
    Column("sample_id", ForeignKey("samples.sample_id", ondelete="CASCADE"), primary_key=True),
    Column("setting", Text, primary_key=True),
    Column("reference", Text, comment="text reference; empty for an overall row"),
    Column("model", Text, comment="segmentation model; empty for an overall row"),
    Column("is_subset", Boolean, nullable=False, comment="an absent mention is dropped, not missing"),
    Column("position", Integer, nullable=False, comment="order of ingestion"),
    Column("fingerprint", String(64), nullable=False, comment="of its files when its masks were copied"),
    comment="The settings whose masks a sample holds",
)

units = Table(
    "units",
    metadata,
    Column("unit_id", _Id, primary_key=True),
    Column("sample_id", ForeignKey("samples.sample_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("annotation_id", Text, nullable=False),
    Column("mention_id", Text, nullable=False, comment="how every setting of the population knows it"),
    Column("entity_id", Text, nullable=False),
    Column("entity_name", Text),
    Column("stratum", Text, nullable=False, comment="the split its entity was drawn in"),
    Column("category", Text, comment="entity category"),
    Column("source", Text, comment="dataset that the entity comes from"),
    Column("image_id", Text, nullable=False),
    Column("images_root", Text, comment="folder or URL that file_name is relative to"),
    Column("file_name", Text, comment="empty where no file lists the image"),
    Column("question", Text, comment="the dataset's own question"),
    Column("n_annotations_of_entity", BigInteger, nullable=False, comment="N_e"),
    Column("n_entities_in_stratum", BigInteger, nullable=False, comment="M_h"),
    Column("inclusion_probability", Float(53), nullable=False, comment="conditional on phase 1"),
    Column("design_weight", Float(53), nullable=False, comment="1 / inclusion probability"),
    Column("entity_weight", Float(53), nullable=False, comment="M_h / n_h"),
    Column("annotation_ticket", String(64), nullable=False),
    Column("entity_ticket", String(64), nullable=False),
    Column("block", Integer, comment="its place in the stored order; empty where any order will do"),
    Column("wave", Integer, comment="that drew it, from 0; empty where all is one draw"),
    UniqueConstraint("sample_id", "annotation_id"),
    CheckConstraint("inclusion_probability > 0 AND inclusion_probability <= 1", name="probability"),
    comment="One sampled mention",
)

masks = Table(
    "masks",
    metadata,
    Column("mask_id", String(40), primary_key=True, comment="hash of mention and pixels; opaque"),
    Column("height", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("parts", JSON, nullable=False, comment="compressed COCO counts of each part"),
    Column("area", BigInteger, nullable=False, comment="pixels of the union"),
    Column("unjudgable", Text, comment="why it cannot be shown; empty where it can"),
    comment="One distinct mask of one mention",
)

unit_masks = Table(
    "unit_masks",
    metadata,
    Column("unit_id", ForeignKey("units.unit_id", ondelete="CASCADE"), primary_key=True),
    Column("setting", Text, primary_key=True),
    Column("state", String(20), nullable=False, comment="present, missing, dropped or unreadable"),
    Column("mask_id", ForeignKey("masks.mask_id"), index=True, comment="where the state is present"),
    CheckConstraint("(state = 'present') = (mask_id IS NOT NULL)", name="mask_where_present"),
    comment="What each setting made of each unit",
)

reviewers = Table(
    "reviewers",
    metadata,
    Column("reviewer_id", _Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("role", String(20), nullable=False, server_default="reviewer", comment="reviewer or lead"),
    Column("link_hash", String(64), comment="SHA-256 of the personal link's token; empty: no link"),
    Column("link_expires_at", UtcTime, comment="when the link ends; empty: never"),
    Column("disabled_at", UtcTime, comment="when the person was shut out"),
    Column("practised_at", UtcTime, comment="when the practice round was finished"),
    UniqueConstraint("name"),
    comment="The people who judge",
)

assignments = Table(
    "assignments",
    metadata,
    Column("task_id", String(80), primary_key=True, comment="a mask, or a pair of masks"),
    Column("reviewer_id", ForeignKey("reviewers.reviewer_id"), primary_key=True),
    Column("sample_id", ForeignKey("samples.sample_id", ondelete="CASCADE"), nullable=False),
    Column("purpose", String(20), nullable=False, comment="what its verdict is for"),
    Column("position", Integer, nullable=False, comment="tasks given to the reviewer before"),
    Column("assigned_at", UtcTime, nullable=False),
    Column("lease_until", UtcTime, nullable=False, comment="nobody else is given it until then"),
    Index("ix_assignments_sample", "sample_id", "reviewer_id"),
    Index("ix_assignments_lease", "lease_until", "reviewer_id"),
    comment="Who was given what to judge",
)

synthetic_masks = Table(
    "synthetic_masks",
    metadata,
    Column("mask_id", ForeignKey("masks.mask_id"), primary_key=True),
    Column("made_from", ForeignKey("masks.mask_id"), nullable=False, comment="adjudicated correct"),
    Column("change", String(20), nullable=False, comment="what was done to it"),
    Column("iou", Float(53), nullable=False, comment="with what it was made from"),
    comment="Masks made wrong on purpose, to be mixed in",
)

journal = Table(
    "journal",
    metadata,
    Column("entry_id", _Id, primary_key=True, comment="order of arrival"),
    Column("mask_id", ForeignKey("masks.mask_id"), nullable=False),
    Column("reviewer_id", ForeignKey("reviewers.reviewer_id"), nullable=False),
    Column("client_key", Text, nullable=False, comment="names the key press; a replay changes nothing"),
    Column("verdict", String(20), comment="correct, incorrect or unsure; empty: withdrawn"),
    Column("reasons", Text, nullable=False, comment="reason ids joined by ;"),
    Column("comment", Text, nullable=False),
    Column("seconds", Float(53), comment="from the mask painted to the verdict"),
    Column("shown_at", UtcTime),
    Column("decided_at", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("overlay_mode", String(20)),
    Column("guideline_hash", String(64), comment="SHA-256 of the guideline in force"),
    Column("source", String(20), nullable=False, comment="page, import or label-studio"),
    Column("purpose", String(20), nullable=False, server_default="reading", comment="what it is for"),
    Column("flagged", Boolean, nullable=False, server_default=false(), comment="a lead is to look"),
    Column("sequence", BigInteger, comment="place among the events of its browser"),
    Column("second_probability", Float(53), comment="chance, fixed here, of a second reading"),
    Column(
        "supersedes", ForeignKey("journal.entry_id"), comment="this reviewer's entry before, on this mask"
    ),
    UniqueConstraint("reviewer_id", "client_key"),
    Index("ix_journal_standing", "mask_id", "reviewer_id", "purpose", "entry_id"),
    Index("ix_journal_recent", "reviewer_id", "entry_id"),
    comment="Verdicts and their withdrawals, append-only",
)

preferences = Table(
    "preferences",
    metadata,
    Column("entry_id", _Id, primary_key=True, comment="order of arrival"),
    Column("first_mask_id", ForeignKey("masks.mask_id"), nullable=False, comment="the smaller id"),
    Column("second_mask_id", ForeignKey("masks.mask_id"), nullable=False, comment="the greater id"),
    Column("reviewer_id", ForeignKey("reviewers.reviewer_id"), nullable=False),
    Column("client_key", Text, nullable=False, comment="names the key press; a replay changes nothing"),
    Column("preference", String(20), comment="first, second or same is better; empty: withdrawn"),
    Column("shown_left", String(20), nullable=False, comment="first or second was at the left"),
    Column("comment", Text, nullable=False),
    Column("flagged", Boolean, nullable=False, server_default=false(), comment="a lead is to look"),
    Column("sequence", BigInteger, comment="place among the events of its browser"),
    Column("seconds", Float(53), comment="from the pair painted to the decision"),
    Column("shown_at", UtcTime),
    Column("decided_at", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("guideline_hash", String(64), comment="SHA-256 of the guideline in force"),
    Column("supersedes", ForeignKey("preferences.entry_id"), comment="this reviewer's entry before"),
    UniqueConstraint("reviewer_id", "client_key"),
    Index("ix_preferences_standing", "first_mask_id", "second_mask_id", "reviewer_id", "entry_id"),
    comment="Which of two masks is better, append-only; no verdict on either",
)

label_studio_projects = Table(
    "label_studio_projects",
    metadata,
    Column("project_id", _Id, primary_key=True),
    Column(
        "sample_id",
        ForeignKey("samples.sample_id", ondelete="SET NULL"),
        comment="empty once the sample was removed: what was said of its masks stays",
    ),
    Column("url", Text, nullable=False, comment="of the server; empty: files went to and fro"),
    Column("number", BigInteger, nullable=False, comment="the project's id on the server"),
    Column("config_hash", String(64), nullable=False, comment="of the labeling config pushed; empty: none"),
    Column("watermark", UtcTime, comment="latest change read, by the server's clock"),
    Column("pulled_at", UtcTime, comment="when it was last read to the end"),
    UniqueConstraint("sample_id", "url", "number"),
    comment="Label Studio projects that hold the masks of a sample",
)

label_studio_tasks = Table(
    "label_studio_tasks",
    metadata,
    Column(
        "project_id",
        ForeignKey("label_studio_projects.project_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("task_number", BigInteger, primary_key=True, comment="the task's id on the server"),
    Column("mask_id", ForeignKey("masks.mask_id"), nullable=False),
    Column("data_hash", String(64), nullable=False, comment="of what it showed when it was pushed"),
    comment="The tasks of a Label Studio project, and the masks that they show",
)

label_studio_annotations = Table(
    "label_studio_annotations",
    metadata,
    Column(
        "project_id",
        ForeignKey("label_studio_projects.project_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("annotation_number", BigInteger, primary_key=True, comment="its id on the server"),
    Column("task_number", BigInteger, nullable=False),
    Column("mask_id", ForeignKey("masks.mask_id"), comment="empty where its task shows none of the sample"),
    Column("annotator", Text, nullable=False, comment="whom it is by, as reviewers are named here"),
    Column("updated_at", UtcTime, nullable=False, comment="by the server's clock"),
    Column("verdict", String(20), comment="empty: skipped or refused"),
    Column("reasons", Text, nullable=False, comment="reason ids joined by ;"),
    Column("comment", Text, nullable=False),
    Column("seconds", Float(53), comment="the server's lead time"),
    Column("refusal", Text, nullable=False, comment="why nothing can be taken from it; empty: it can"),
    Index("ix_label_studio_annotations_task", "project_id", "task_number"),
    comment="What a Label Studio server held when it was last read; what is gone there is gone here",
)

label_studio_reads = Table(
    "label_studio_reads",
    metadata,
    Column(
        "project_id",
        ForeignKey("label_studio_projects.project_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("task_number", BigInteger, primary_key=True, comment="the task's id on the server"),
    Column("updated_at", UtcTime, nullable=False, comment="its latest change then, by the server's clock"),
    comment="The tasks that a Label Studio server held when it was last read",
)
