"""An older database is brought to this version with everything that is in it."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from db.errors import ConflictError, NotFoundError
from db.migrations import configuration
from db.samples import load_sample, load_units
from db.store import Store
from db.tables import SCHEMA_REVISION

SAMPLE_OF_0001 = (
    "INSERT INTO samples (sample_id, name, seed, unit, across, per_entity, allocation, fixed, frame,"
    " population_fingerprint, frame_files, created_at) VALUES (1, 'main', 7, 'entity', 'splits', 1,"
    " 'query=2', '{}', 'A', 'f', '[]', '2026-11-23 09:30:00')"
)
STRATUM_OF_0001 = (
    "INSERT INTO strata (sample_id, split, n_units, n_entities_drawn, n_entities, n_annotations)"
    " VALUES (1, 'query', 2, 2, 4, 9)"
)

UNIT_OF_0001 = (
    "INSERT INTO units (sample_id, annotation_id, mention_id, entity_id, stratum, image_id,"
    " n_annotations_of_entity, n_entities_in_stratum, inclusion_probability, design_weight, entity_weight,"
    " annotation_ticket, entity_ticket) VALUES (1, 'a', 'a', 'Q1', 'query', 'i', 1, 4, 0.5, 2, 2, 't', 't')"
)


def lay_out(url: str, revision: str) -> None:
    engine = create_engine(url)
    config = configuration()
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_an_older_database_keeps_its_samples(store_url: str) -> None:
    lay_out(store_url, "0001")
    execute(store_url, SAMPLE_OF_0001, STRATUM_OF_0001, UNIT_OF_0001)
    store = Store(store_url)
    with pytest.raises(ConflictError, match="mask-audit upgrade"):
        store.check()

    assert store.upgrade() == ("0001", SCHEMA_REVISION)
    assert store.upgrade() == (SCHEMA_REVISION, SCHEMA_REVISION)

    store.check()
    with store.reading() as transaction:
        sample = load_sample(transaction, "main")
        [unit] = load_units(transaction, sample.sample_id)
    store.close()
    assert (unit.block, unit.wave, unit.source) == (None, None, None)
    assert (sample.goal, sample.allocation_rule, sample.size_measure) == ("describe", "proportional", "none")
    assert (sample.target, sample.margin, sample.contrast) == (None, None, None)
    assert [stratum.n_first for stratum in sample.strata] == [2]
    assert sample.waves == ()


def test_a_newer_database_is_not_touched(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/audit.sqlite"
    Store(url).create()
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConflictError, match="the version of mask-audit that made it"):
        Store(url).upgrade()


def test_a_database_without_tables_has_nothing_to_upgrade(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="mask-audit init"):
        Store(f"sqlite:///{tmp_path}/audit.sqlite").upgrade()
