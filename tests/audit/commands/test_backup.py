"""A workspace is copied while it is used, and made again from the copy; a damaged copy makes nothing."""

import json
import shutil
import stat
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from audit.jobs.backup import BackupRequest, PopulationPart, back_up
from audit.jobs.ingest import IngestRequest, Strictness, run_ingest
from audit.jobs.progress import SILENT, Progress
from audit.settings import Settings, load_settings, write_settings
from db.population import Population
from db.samples import add_sample, load_sample, load_units, put_units
from db.store import Store
from db.tables import SCHEMA_REVISION
from tests.audit.commands.audited import exported_units, judge, report_of
from tests.builders import SOME_DAY, a_sample, a_unit
from tests.datasets import Run, a_dataset, an_annotation, rectangle, write_json
from tests.first_release_workspace import unpack_first_release
from tests.postgresql import empty_database


@pytest.fixture
def audited(run: Run, two_settings: Path, tmp_path: Path) -> Path:
    """A workspace with a sample and a verdict."""
    assert run("sample", "--size", 5, "-w", two_settings).status == 0
    first = exported_units(run, two_settings, tmp_path)[0]["annotation_id"]
    judge(run, two_settings, tmp_path, {(first, "A"): "correct"})
    return two_settings


@pytest.fixture
def archive(run: Run, audited: Path, tmp_path: Path) -> Path:
    """A backup of that workspace."""
    file = tmp_path / "backup.zip"
    assert run("backup", file, "-w", audited).status == 0
    return file


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.startswith(".") and ".sqlite" not in file.name
    }


def changed_archive(file: Path, target: Path, changes: dict[str, bytes | None]) -> Path:
    """The same archive with members put in another's place, added, or left out."""
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(target, "w") as after:
        members = {name: before.read(name) for name in before.namelist()} | changes
        for name, content in members.items():
            if content is not None:
                after.writestr(name, content)
    return target


def test_a_restored_workspace_reports_what_the_copied_one_reports(
    run: Run, audited: Path, archive: Path, tmp_path: Path
) -> None:
    made = run("restore", archive, tmp_path / "again")
    assert made.status == 0, made.err
    assert "next: mask-audit status" in made.out

    assert files_in(tmp_path / "again") == files_in(audited)
    said = [run("status", "--json", "-w", folder).json for folder in (audited, tmp_path / "again")]
    assert said[0] == said[1]
    for folder in (audited, tmp_path / "again"):
        assert run("verdicts", "export", tmp_path / f"{folder.name}.csv", "-w", folder).status == 0
        assert run("sample", "--extend", "--size", 6, "-w", folder).status == 0
    assert (tmp_path / "audit.csv").read_text() == (tmp_path / "again.csv").read_text()


def test_a_backup_is_for_its_owner_alone_and_says_what_may_be_secret(
    run: Run, audited: Path, tmp_path: Path
) -> None:
    (audited / "oidc.toml").write_text('[auth]\nclient_secret = "hush"\n')
    (audited / "rules.toml").write_text("")
    finished = run("backup", tmp_path / "b.zip", "-w", audited, "--json")
    assert finished.status == 0
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600
    assert finished.json["private"] == ["audit.toml", "oidc.toml", "rules.toml"]
    assert run("restore", tmp_path / "b.zip", tmp_path / "again").status == 0
    assert "hush" in (tmp_path / "again" / "oidc.toml").read_text()


def test_a_guideline_elsewhere_is_named_as_left_out(run: Run, audited: Path, tmp_path: Path) -> None:
    (tmp_path / "house.md").write_text("be strict")
    settings = (audited / "audit.toml").read_text()
    (audited / "audit.toml").write_text(settings.replace('"guideline.md"', '"../house.md"'))
    finished = run("backup", tmp_path / "b.zip", "-w", audited, "--json")
    assert finished.json["left_out"] == [str(tmp_path / "house.md")]


def test_running_it_again_replaces_a_backup_and_nothing_else(
    run: Run, audited: Path, archive: Path, tmp_path: Path
) -> None:
    assert "in place of an earlier backup" in run("backup", archive, "-w", audited).out
    (tmp_path / "thesis.zip").write_text("not to be lost")
    finished = run("backup", tmp_path / "thesis.zip", "-w", audited)
    assert finished.status == 2
    assert "is there and is no backup" in finished.err
    assert (tmp_path / "thesis.zip").read_text() == "not to be lost"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize("place", ["nowhere/b.zip", "elsewhere"])
def test_a_file_that_cannot_be_one_is_told_in_one_line(
    run: Run, audited: Path, tmp_path: Path, place: str
) -> None:
    finished = run("backup", tmp_path / place, "-w", audited)
    assert finished.status == 2
    assert finished.err.count("\n") == 1


def test_without_the_population_everything_but_its_masks_is_there(
    run: Run, audited: Path, tmp_path: Path
) -> None:
    finished = run("backup", tmp_path / "b.zip", "--without-population", "-w", audited)
    assert finished.status == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        names = archive.namelist()
    assert "population/manifest.json" in names
    assert [name for name in names if name.endswith(".parquet")] == []

    made = run("restore", tmp_path / "b.zip", tmp_path / "again")
    assert "ingest the files again" in made.out
    assert report_of(run, tmp_path / "again", tmp_path)["sample"]["n_units"] == 5
    again = run("ingest", tmp_path / "A.json", "--setting", "A", "-w", tmp_path / "again")
    assert again.status == 0
    assert "already" not in again.out


def test_files_that_an_ingest_replaces_meanwhile_are_copied_as_the_manifest_named_them(
    run: Run, audited: Path, tmp_path: Path
) -> None:
    """An ingest of other masks under the same name runs, and a second one sweeps, while files are written."""
    population = Population(audited / "population")
    before = files_in(audited)
    renewed = iter((1, 2))

    def ingest_anew(number: int) -> None:
        content = a_dataset([an_annotation(each, rectangle(number, 9, 9, 9)) for each in range(12)])
        file = write_json(tmp_path / "A.json", content)
        request = IngestRequest(
            files=(file,), setting="A", reference=None, model=None, split=None, images=None, base=None,
            id_key=None, match=None, match_iou=0.5, subset_of=None, strictness=Strictness.TOLERANT,
        )  # fmt: skip
        run_ingest(population, request, workers=1, progress=SILENT)

    def advance(n: int) -> None:
        if n and (number := next(renewed, None)):
            ingest_anew(number)

    starts: list[int] = []

    def late(n: int) -> None:
        if len(starts) == 2:  # the archive is being written
            advance(n)

    watched = Progress(start=starts.append, advance=late)
    request = BackupRequest(workspace=audited, file=tmp_path / "b.zip", population=PopulationPart.WHOLE)
    back_up(request, now=SOME_DAY, progress=watched)
    assert next(renewed, None) is None

    assert run("restore", tmp_path / "b.zip", tmp_path / "again").status == 0
    assert files_in(tmp_path / "again") == before
    with population.staging():
        pass
    folders = {source.folder for each in population.manifest().settings for source in each.sources}
    assert {each.name for each in population.folder.iterdir() if each.is_dir()} == folders


def test_masks_that_somebody_removed_are_named(run: Run, audited: Path, tmp_path: Path) -> None:
    source = Population(audited / "population").manifest().get("A").sources[0]
    shutil.rmtree(audited / "population" / source.folder)
    finished = run("backup", tmp_path / "b.zip", "-w", audited)
    assert finished.status == 2
    assert "holds masks of A.json, is not there" in finished.err
    assert not (tmp_path / "b.zip").exists()


def test_an_older_workspace_is_backed_up_and_restored_as_it_is(run: Run, tmp_path: Path) -> None:
    old = unpack_first_release(tmp_path / "first")
    assert run("backup", tmp_path / "b.zip", "-w", old).status == 0
    made = run("restore", tmp_path / "b.zip", tmp_path / "again")
    assert "next: mask-audit upgrade" in made.out
    assert run("upgrade", "-w", tmp_path / "again").status == 0
    assert run("status", "-w", tmp_path / "again").status == 0


def test_only_a_new_or_empty_folder_takes_a_workspace(run: Run, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    for folder in (tmp_path / "full", tmp_path / "full" / "mine.txt", tmp_path / "no" / "where"):
        finished = run("restore", archive, folder)
        assert finished.status == 2
    assert [each.name for each in (tmp_path / "full").iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert run("restore", archive, tmp_path / "empty").status == 0


@pytest.fixture(params=["changed", "cut", "lacking", "added", "text", "other-format", "no-sums"])
def harmed(request: pytest.FixtureRequest, archive: Path, tmp_path: Path) -> Iterator[Path]:
    target = tmp_path / "harmed.zip"
    match request.param:
        case "changed":
            yield changed_archive(archive, target, {"workspace/guideline.md": b"be lenient"})
        case "cut":
            target.write_bytes(archive.read_bytes()[:-400])
            yield target
        case "lacking":
            yield changed_archive(archive, target, {"workspace/guideline.md": None})
        case "added":
            yield changed_archive(archive, target, {"workspace/more.md": b"more"})
        case "text":
            target.write_text("no archive")
            yield target
        case "other-format":
            yield changed_archive(archive, target, {"backup.json": b'{"format": 2}'})
        case "no-sums":
            yield changed_archive(archive, target, {"SHA256SUMS": None})


def test_a_harmed_archive_makes_nothing(run: Run, harmed: Path, tmp_path: Path) -> None:
    finished = run("restore", harmed, tmp_path / "again")
    assert finished.status == 2
    assert "harmed.zip" in finished.err
    assert finished.err.count("\n") == 1
    assert not (tmp_path / "again").exists()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_an_archive_whose_front_is_cut_off_is_damaged(run: Run, archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(archive.read_bytes()[100:])
    finished = run("restore", archive, tmp_path / "again")
    assert finished.status == 2
    assert "backup.zip is no archive, or is cut short (its front is cut off)" in finished.err
    assert not (tmp_path / "again").exists()


def summed_archive(file: Path, target: Path, name: str, content: bytes) -> Path:
    """The same archive with another content of a member, whose sum is that content's."""
    with zipfile.ZipFile(file) as before:
        sums = before.read("SHA256SUMS").decode().splitlines()
    changed = [f"{sha256(content).hexdigest()}  {name}" if line[66:] == name else line for line in sums]
    new_sums = "".join(f"{line}\n" for line in changed).encode()
    return changed_archive(file, target, {name: content, "SHA256SUMS": new_sums})


def overwritten(content: bytes) -> bytes:
    return content[:5000] + bytes(range(250)) * 16 + content[9000:]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("backup.json", lambda _: b"[" * 100_000, "does not say what it is a backup of"),
        ("database.sqlite", lambda _: b"", "the database in it: it has no audit tables"),
        ("database.sqlite", overwritten, "is damaged (the database in it: "),
        ("database.sqlite", lambda _: b"no database at all " * 99, "is damaged (the database in it: "),
        (
            "backup.json",
            lambda content: content.replace(SCHEMA_REVISION.encode(), b"0001"),
            f"it has schema {SCHEMA_REVISION}, not schema 0001",
        ),
    ],
)
def test_a_backup_that_was_altered_with_its_sums_makes_nothing(
    run: Run, archive: Path, tmp_path: Path, name: str, change: Callable[[bytes], bytes], said: str
) -> None:
    with zipfile.ZipFile(archive) as members:
        content = members.read(name)
    harmed = summed_archive(archive, tmp_path / "harmed.zip", name, change(content))
    far = tmp_path / "far.sqlite"
    for words in ((), ("--database", f"sqlite:///{far}")):
        finished = run("restore", harmed, tmp_path / "again", *words)
        assert finished.status == 2
        assert said in finished.err
        assert "harmed.zip" in finished.err
        assert finished.err.count("\n") == 1
        assert not (tmp_path / "again").exists()
        assert list(tmp_path.glob("far*")) == []


def test_a_database_that_is_damaged_is_named_in_one_line(run: Run, audited: Path) -> None:
    database = audited / "audit.sqlite"
    database.write_bytes(b"no database at all " * 99)
    finished = run("status", "-w", audited)
    assert finished.status == 2
    assert "audit.sqlite is damaged (file is not a database)" in finished.err
    assert finished.err.count("\n") == 1


def test_a_flipped_byte_is_found(run: Run, archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as members:
        place = members.getinfo("population/manifest.json").header_offset + 150
    content = bytearray(archive.read_bytes())
    content[place] ^= 1
    archive.write_bytes(content)
    finished = run("restore", archive, tmp_path / "again")
    assert finished.status == 2
    assert "population/manifest.json is not what was written" in finished.err


@pytest.mark.parametrize(
    "name", ["../outside.md", "/etc/outside.md", "workspace/../../outside.md", "workspace\\..\\outside.md"]
)
def test_a_member_that_leads_out_of_the_folder_is_refused(
    run: Run, archive: Path, tmp_path: Path, name: str
) -> None:
    hostile = changed_archive(archive, tmp_path / "hostile.zip", {name: b"outside"})
    finished = run("restore", hostile, tmp_path / "again")
    assert finished.status == 2
    assert "would be written outside the folder" in finished.err
    assert list(tmp_path.rglob("outside.md")) == []
    assert not (tmp_path / "again").exists()


def test_a_database_may_lie_elsewhere_and_everything_else_in_the_settings_stays(
    run: Run, audited: Path, tmp_path: Path
) -> None:
    settings = (audited / "audit.toml").read_text()
    (audited / "audit.toml").write_text(f'{settings}\n[annotators]\n"a@b.org" = "ann"\ndatabase = "x"\n')
    assert run("backup", tmp_path / "b.zip", "-w", audited).status == 0
    url = f"sqlite:///{tmp_path}/far.sqlite"
    assert run("restore", tmp_path / "b.zip", tmp_path / "again", "--database", url).status == 0
    written, before = (
        tomllib.loads((folder / "audit.toml").read_text()) for folder in (tmp_path / "again", audited)
    )
    assert written == before | {"database": url}
    assert run("status", "-w", tmp_path / "again").status == 0
    finished = run("restore", tmp_path / "b.zip", tmp_path / "third", "--database", url)
    assert finished.status == 2
    assert "far.sqlite is there already" in finished.err


def test_a_backup_of_one_kind_of_database_does_not_become_another(
    run: Run, archive: Path, tmp_path: Path
) -> None:
    finished = run("restore", archive, tmp_path / "again", "--database", "postgresql://nobody@localhost/x")
    assert finished.status == 2
    assert "is of a workspace on SQLite" in finished.err


@pytest.mark.postgresql
def test_a_workspace_on_postgresql_is_restored_into_an_empty_database(
    run: Run, postgresql_url: str, tmp_path: Path
) -> None:
    with empty_database(postgresql_url) as url, empty_database(postgresql_url) as other:
        (tmp_path / "audit").mkdir()
        write_settings(Settings(folder=tmp_path / "audit", database=url))
        with closing(Store(url)) as store:
            store.create()
            with store.transaction() as transaction:
                sample = add_sample(transaction, a_sample())
                put_units(transaction, sample.sample_id, [a_unit("1"), a_unit("2")])
        assert run("backup", tmp_path / "b.zip", "-w", tmp_path / "audit").status == 0

        refused = run("restore", tmp_path / "b.zip", tmp_path / "again")
        assert refused.status == 2
        assert "name an empty database with --database" in refused.err
        refused = run("restore", tmp_path / "b.zip", tmp_path / "again", "--database", url)
        assert refused.status == 2
        assert "give one that is empty" in refused.err
        assert not (tmp_path / "again").exists()
        made = run("restore", tmp_path / "b.zip", tmp_path / "again", "--database", other)
        assert made.status == 0, made.err
        assert load_settings(tmp_path / "again", {}).database == other
        assert not (tmp_path / "again" / "database.dump").exists()
        units = []
        for each in (url, other):
            with closing(Store(each)) as store, store.reading() as transaction:
                units.append(load_units(transaction, load_sample(transaction, "main").sample_id))
        assert units[0] == units[1]
        assert len(units[0]) == 2


def test_about_says_what_a_backup_is_of(archive: Path) -> None:
    with zipfile.ZipFile(archive) as members:
        about = json.loads(members.read("backup.json"))
    assert about["format"] == 1
    assert (about["database"], about["population"]) == ("sqlite", "whole")
