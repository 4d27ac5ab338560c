"""The folder of a document: what is written, what an earlier run left, and what is refused."""

import os
import subprocess
from pathlib import Path

import pytest

from audit.errors import InputError, UnavailableError
from audit.jobs.document_files import check_folder, check_outside, write_document_files, written_text

FIRST = {"report.html": b"<p>1</p>", "tables/counts.csv": b"a,b\n", "gallery/mask-1.jpg": b"\xff\xd8"}


@pytest.fixture
def folder(tmp_path):
    write_document_files(tmp_path / "out", FIRST)
    return tmp_path / "out"


def names_in(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_the_sums_of_all_files_are_those_that_sha256sum_reads(folder):
    assert names_in(folder) == {*FIRST, "SHA256SUMS"}
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    assert checked.stdout == "gallery/mask-1.jpg: OK\nreport.html: OK\ntables/counts.csv: OK\n"


def test_what_the_run_before_wrote_and_this_one_does_not_is_removed(folder):
    written = write_document_files(folder, {"report.html": b"<p>2</p>"})

    assert names_in(folder) == {"report.html", "SHA256SUMS"}
    assert not (folder / "tables").exists()
    assert written.removed == (folder / "gallery/mask-1.jpg", folder / "tables/counts.csv")
    assert written.kept == ()


def test_what_somebody_changed_or_added_stays(folder):
    (folder / "tables/counts.csv").write_bytes(b"mine\n")
    (folder / "notes.txt").write_bytes(b"mine\n")

    written = write_document_files(folder, {"report.html": b"<p>2</p>"})

    assert names_in(folder) == {"report.html", "SHA256SUMS", "tables/counts.csv", "notes.txt"}
    assert written.kept == (folder / "tables/counts.csv",)
    assert (folder / "SHA256SUMS").read_text().endswith("  report.html\n")
    assert (folder / "SHA256SUMS").read_text().count("\n") == 1
    assert "left, as it was changed since it was written: tables/counts.csv" in written_text(written)


def test_what_somebody_changed_and_this_run_writes_again_is_replaced_and_named(folder):
    (folder / "report.html").write_bytes(b"<p>1</p> with a note")

    written = write_document_files(folder, FIRST)

    assert (folder / "report.html").read_bytes() == FIRST["report.html"]
    assert written_text(written)[1:] == ["replaced though changed: report.html"]


@pytest.mark.parametrize("name", ["report.html", "tables/counts.csv", "SHA256SUMS"])
def test_a_file_that_no_run_wrote_is_never_replaced(tmp_path, name):
    (tmp_path / "tables").mkdir()
    (tmp_path / name).write_bytes(b"hi\n")

    with pytest.raises(
        InputError, match=f"holds files that no earlier run wrote: {name}; move them, or name"
    ):
        write_document_files(tmp_path, FIRST)

    assert names_in(tmp_path) == {name}
    assert (tmp_path / name).read_bytes() == b"hi\n"


def test_a_file_that_somebody_put_beside_those_of_an_earlier_run_is_never_replaced(folder):
    (folder / "report.md").write_bytes(b"mine\n")

    with pytest.raises(InputError, match=r"no earlier run wrote: report\.md;"):
        write_document_files(folder, {**FIRST, "report.md": b""})

    assert (folder / "report.md").read_bytes() == b"mine\n"


def test_a_run_that_was_interrupted_can_be_run_again(folder):
    (folder / "report.html").unlink()

    assert written_text(write_document_files(folder, FIRST))[1:] == []


def test_sums_that_name_what_lies_elsewhere_remove_nothing(folder):
    elsewhere = folder.parent / "elsewhere.txt"
    elsewhere.write_bytes(b"")
    of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (folder / "link").symlink_to(folder.parent)
    (folder / "SHA256SUMS").write_text(
        (folder / "SHA256SUMS").read_text()
        + "".join(f"{of_nothing}  {name}\n" for name in ("../elsewhere.txt", elsewhere, "link/elsewhere.txt"))
    )

    write_document_files(folder, {"report.html": b"<p>2</p>"})

    assert elsewhere.exists()


@pytest.mark.parametrize("name", ["../x", "/x", "a/../x", "a//x", ".x", "a/.x", "a\\x", "a\nb", ""])
def test_no_name_leads_out_of_the_folder(name, tmp_path):
    with pytest.raises(ValueError, match="cannot name a file of a document"):
        write_document_files(tmp_path / "out", {name: b""})
    assert names_in(tmp_path) == set()


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "tables").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InputError, match="is a link that leads out of"):
        write_document_files(tmp_path / "out", FIRST)

    assert names_in(tmp_path / "elsewhere") == set()


def test_a_folder_that_holds_another_document_is_left_alone(folder):
    with pytest.raises(InputError, match=r"holds another document, report.html: name another folder"):
        write_document_files(folder, {"stats.html": b""})

    assert names_in(folder) == {*FIRST, "SHA256SUMS"}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").write_bytes(b"")

    with pytest.raises(InputError, match=r"out/deeper cannot be a folder: .*out is a file; name another"):
        check_folder(tmp_path / "out" / "deeper")


@pytest.mark.parametrize("leads_to", ["nowhere", "out"])
def test_a_link_that_leads_to_no_folder_is_refused(tmp_path, leads_to):
    (tmp_path / "out").symlink_to(tmp_path / leads_to)

    with pytest.raises(InputError, match="out is a link that leads to no folder"):
        check_folder(tmp_path / "out")


def test_a_place_in_the_population_is_refused_by_whatever_way_it_is_named(tmp_path):
    population = tmp_path / "population"
    population.mkdir()
    (tmp_path / "way").symlink_to(population)
    check_outside(tmp_path / "populations", population)

    for place in (
        population,
        population / "out",
        tmp_path / "way" / "out",
        tmp_path / "x" / ".." / "population",
    ):
        with pytest.raises(InputError, match="lies in the population: name a place outside of it"):
            check_outside(place, population)


def test_a_folder_in_the_place_of_a_file_is_refused_before_any_is_written(tmp_path):
    (tmp_path / "SHA256SUMS").mkdir()

    with pytest.raises(InputError, match="SHA256SUMS is a folder where a file is needed"):
        write_document_files(tmp_path, FIRST)

    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_file_in_the_place_of_one_of_its_folders_is_refused(tmp_path):
    (tmp_path / "tables").write_bytes(b"")

    with pytest.raises(InputError, match="tables is a file where a folder is needed"):
        write_document_files(tmp_path, FIRST)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_said(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(UnavailableError, match="cannot be made: Permission denied"):
        write_document_files(tmp_path / "out", FIRST)


def test_a_folder_on_what_is_no_disk_is_said():
    with pytest.raises(UnavailableError, match="/proc/out/tables cannot be made"):
        write_document_files(Path("/proc/out"), {"tables/counts.csv": b""})


def test_figures_without_a_browser_have_no_png_and_it_is_said_once(tmp_path, monkeypatch):
    monkeypatch.setenv("CHROME_PATH", "/nowhere/chrome")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>'

    written = write_document_files(tmp_path, {"figures/a.svg": svg, "figures/b.svg": svg, "report.md": b""})

    assert names_in(tmp_path) == {"figures/a.svg", "figures/b.svg", "report.md", "SHA256SUMS"}
    assert written_text(written) == [
        f"written: {tmp_path}/report.md, {tmp_path}/SHA256SUMS, {tmp_path}/figures (2)",
        "figures have no PNG: CHROME_PATH names /nowhere/chrome, which is no program: correct or unset it",
    ]


@pytest.mark.browser
def test_figures_have_a_png_each_where_a_browser_is(tmp_path, chromium_path, monkeypatch):
    monkeypatch.setenv("CHROME_PATH", str(chromium_path))
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>'

    written = write_document_files(tmp_path, {"figures/a.svg": svg, "figures/b.svg": svg})

    assert written.no_pictures is None
    assert tmp_path / "figures/b.png" in written.files
    assert (tmp_path / "figures/a.png").read_bytes().startswith(b"\x89PNG")
    assert "figures/a.png" in (tmp_path / "SHA256SUMS").read_text()


def test_the_summary_of_many_files_is_short(tmp_path):
    many = {f"tables/t{number}.csv": b"" for number in range(60)}

    written = write_document_files(tmp_path, {"report.html": b"", **many})
    cleared = write_document_files(tmp_path, {"report.html": b""})

    [line] = written_text(written)
    assert line == f"written: {tmp_path}/report.html, {tmp_path}/SHA256SUMS, {tmp_path}/tables (60)"
    assert written_text(cleared)[1] == (
        "removed from an earlier run: tables/t0.csv, tables/t1.csv, tables/t10.csv, and 57 more"
    )
