"""The zip of a bundle: the same bytes of the same files, and nothing taken from one that is not trusted."""

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.errors import InputError
from audit.jobs.evidence.about import ABOUT_FILE
from audit.jobs.evidence.archive import is_member_name, pack, unpack
from audit.jobs.evidence.checksums import SUMS_FILE
from audit.jobs.progress import SILENT

FILES = {
    "a.txt": b"one\n" * 50,
    "rows/b.jsonl": b"{}\n",
    "report/gallery/c.jpg": bytes(range(256)),
    ABOUT_FILE: b"{}\n",
    SUMS_FILE: b"",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def a_zip(file: Path, *members: tuple[str | zipfile.ZipInfo, bytes], method: int = 0) -> Path:
    with zipfile.ZipFile(file, "w", compression=method) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return file


def test_what_is_packed_unpacks_to_the_same(source: Path, target: Path, tmp_path: Path) -> None:
    pack(source, tmp_path / "x.zip", progress=SILENT)
    assert unpack(tmp_path / "x.zip", target) == tuple(sorted(FILES))
    assert {name: (target / name).read_bytes() for name in FILES} == FILES


def test_the_same_files_give_the_same_bytes(source: Path, tmp_path: Path) -> None:
    pack(source, tmp_path / "x.zip", progress=SILENT)
    for name in reversed(FILES):
        os.utime(source / name, (1, 1))
        (source / name).chmod(0o600)
    pack(source, tmp_path / "y.zip", progress=SILENT)
    assert (tmp_path / "x.zip").read_bytes() == (tmp_path / "y.zip").read_bytes()


def test_what_is_no_bundle_is_not_replaced(source: Path, tmp_path: Path) -> None:
    (tmp_path / "audit.toml").write_text("seed = 1")
    with pytest.raises(InputError, match=r"audit.toml is there and is no bundle"):
        pack(source, tmp_path / "audit.toml", progress=SILENT)
    with pytest.raises(InputError, match="is a folder: name a file in it"):
        pack(source, source, progress=SILENT)
    with pytest.raises(InputError, match="is no folder; make it"):
        pack(source, tmp_path / "nowhere" / "x.zip", progress=SILENT)
    assert (tmp_path / "audit.toml").read_text() == "seed = 1"
    backup = a_zip(tmp_path / "backup.zip", ("backup.json", b"{}"), (SUMS_FILE, b""))
    before = backup.read_bytes()
    with pytest.raises(InputError, match=r"backup.zip is there and is no bundle"):
        pack(source, backup, progress=SILENT)
    assert backup.read_bytes() == before


def test_a_failure_leaves_what_was_there(source: Path, tmp_path: Path) -> None:
    pack(source, tmp_path / "x.zip", progress=SILENT)
    before = (tmp_path / "x.zip").read_bytes()

    def stop(n: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(source, tmp_path / "x.zip", progress=type(SILENT)(start=stop, advance=stop))
    assert (tmp_path / "x.zip").read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["source", "x.zip"]


@pytest.mark.parametrize(
    "name",
    [
        *("../out.txt", "/etc/x", "a/../../x", "a\\b", "C:x", "a//b", "a/./b", "a/b/c/d/e"),
        *(".hidden", "-rf", "ü", "a b", "", "x" * 201),
    ],
)
def test_a_name_that_no_bundle_has_is_refused(name: str, target: Path, tmp_path: Path) -> None:
    assert not is_member_name(name)
    file = a_zip(tmp_path / "x.zip", ("fine.txt", b""), (name or "/", b"x"))
    with pytest.raises(InputError, match="is a name that no bundle has"):
        unpack(file, target)
    assert list(target.iterdir()) == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a.txt", "A.TXT"])
def test_a_name_that_stands_twice_is_refused(second: str, target: Path, tmp_path: Path) -> None:
    file = a_zip(tmp_path / "x.zip", ("a.txt", b"1"), (second, b"2"))
    with pytest.raises(InputError, match="is in it twice"):
        unpack(file, target)


def test_a_file_named_as_a_folder_is_refused(target: Path, tmp_path: Path) -> None:
    file = a_zip(tmp_path / "x.zip", ("a", b"1"), ("a/b", b"2"))
    with pytest.raises(InputError, match="named as a folder"):
        unpack(file, target)


def test_a_link_is_refused(target: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("rows")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = a_zip(tmp_path / "x.zip", (link, b"/etc"))
    with pytest.raises(InputError, match="is a link or a device"):
        unpack(file, target)


def test_an_encrypted_file_is_refused(source: Path, target: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    content = bytearray(a_zip(file, ("a.txt", b"secret")).read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    file.write_bytes(content)
    with pytest.raises(InputError, match="is encrypted"):
        unpack(file, target)


def test_a_way_of_packing_that_no_bundle_uses_is_refused(target: Path, tmp_path: Path) -> None:
    file = a_zip(tmp_path / "x.zip", ("a.txt", b"1" * 99), method=zipfile.ZIP_LZMA)
    with pytest.raises(InputError, match="is packed in a way that no bundle uses"):
        unpack(file, target)


def test_a_bomb_is_refused_before_it_goes_off(target: Path, tmp_path: Path) -> None:
    bomb = a_zip(tmp_path / "x.zip", ("a.txt", bytes(80 * 1024**2)), method=zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < 100_000
    with pytest.raises(InputError, match=r"bytes would unpack to 83,886,080, as none does"):
        unpack(bomb, target)
    assert list(target.iterdir()) == []


def test_a_size_that_is_a_lie_is_found_out(target: Path, tmp_path: Path) -> None:
    """The directory says 5 bytes, and a million come."""
    file = tmp_path / "x.zip"
    content = bytearray(a_zip(file, ("a.txt", bytes(10**6)), method=zipfile.ZIP_DEFLATED).read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 5)
    file.write_bytes(content)
    with pytest.raises(InputError, match="cut short or damaged"):
        unpack(file, target)
    assert sum(each.stat().st_size for each in target.rglob("*")) <= 5


def test_too_many_files_are_refused(target: Path, tmp_path: Path) -> None:
    file = a_zip(tmp_path / "x.zip", *((f"{number}", b"") for number in range(20_001)))
    with pytest.raises(InputError, match="it holds 20,001 files"):
        unpack(file, target)


def test_what_is_no_file_or_no_zip_is_said_to_be_none(target: Path, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip at all")
    with pytest.raises(InputError, match=r"x.zip is no zip, or it is cut short or damaged"):
        unpack(tmp_path / "x.zip", target)
    for nothing in (tmp_path / "y.zip", tmp_path):
        with pytest.raises(InputError, match="is no file: name a bundle"):
            unpack(nothing, target)


def test_a_zip_whose_front_is_cut_off_is_damaged(target: Path, tmp_path: Path) -> None:
    whole = a_zip(tmp_path / "x.zip", *FILES.items())
    whole.write_bytes(whole.read_bytes()[100:])
    with pytest.raises(InputError, match=r"x.zip is no zip, or it is cut short or damaged \(its front"):
        unpack(whole, target)
    assert list(target.iterdir()) == []


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_zip_that_is_cut_short_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = tmp_path_factory.mktemp("cut")
    content = a_zip(place / "x.zip", *FILES.items(), method=zipfile.ZIP_DEFLATED).read_bytes()
    (place / "x.zip").write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(InputError):
        unpack(place / "x.zip", place / "target")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_byte_that_is_altered_is_noticed_or_alters_no_file(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = tmp_path_factory.mktemp("altered")
    content = bytearray(a_zip(place / "x.zip", *FILES.items(), method=zipfile.ZIP_DEFLATED).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    (place / "x.zip").write_bytes(content)
    (place / "target").mkdir()
    try:
        names = unpack(place / "x.zip", place / "target")
    except InputError:
        return
    found = {name: (place / "target" / name).read_bytes() for name in names}
    # A name that was altered is noticed by the checksums, which name every file.
    assert found == FILES or set(found) != set(FILES)
