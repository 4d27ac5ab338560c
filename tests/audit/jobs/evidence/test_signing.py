"""Bundles are signed with real programs, and every other key, passphrase or file is refused in words."""

import shutil
import subprocess
from pathlib import Path

import pytest

from audit.errors import InputError
from audit.jobs.evidence.checksums import SUMS_FILE
from audit.jobs.evidence.signature_check import check_signature
from audit.jobs.evidence.signing import Signer, Signing, signer_of
from tests.audit.jobs.evidence.bundled import without_programs

needs_minisign = pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")
needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An unpacked bundle, as far as signatures go."""
    made = tmp_path / "bundle"
    made.mkdir()
    (made / SUMS_FILE).write_text(f"{'0' * 64}  bundle.json\n")
    return made


def minisign_key(place: Path, name: str, passphrase: str | None = None) -> Path:
    words = ["minisign", "-G", "-p", f"{name}.pub", "-s", f"{name}.key", *([] if passphrase else ["-W"])]
    typed = f"{passphrase}\n{passphrase}\n".encode() if passphrase else b""
    subprocess.run(words, cwd=place, input=typed, check=True, capture_output=True)
    return place / f"{name}.key"


def ssh_key(place: Path, name: str, passphrase: str = "") -> Path:
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", name]
    subprocess.run(words, cwd=place, check=True, capture_output=True)
    return place / name


def sign(key: Path, folder: Path) -> str:
    return signer_of(key, may_ask=False).sign(folder)


def trouble(folder: Path, signer: Path | str) -> str:
    """What is wrong with a signature; empty where nothing is."""
    found = check_signature(folder, str(signer))
    assert found.is_done
    return " ".join(each.what for each in found.differences)


@needs_minisign
def test_minisign_signs_and_only_its_key_is_trusted(folder: Path, tmp_path: Path) -> None:
    key, other = minisign_key(tmp_path, "team"), minisign_key(tmp_path, "other")
    assert sign(key, folder) == "minisign"
    assert trouble(folder, key.with_suffix(".pub")) == ""
    assert trouble(folder, key.with_suffix(".pub").read_text().splitlines()[1]) == ""
    assert "it is not the signature of" in trouble(folder, other.with_suffix(".pub"))
    (folder / SUMS_FILE).write_text(f"{'1' * 64}  bundle.json\n")
    assert "Signature verification failed" in trouble(folder, key.with_suffix(".pub"))


@needs_minisign
def test_what_minisign_signed_it_checks_without_this_program(folder: Path, tmp_path: Path) -> None:
    sign(minisign_key(tmp_path, "team"), folder)
    words = ["minisign", "-V", "-m", SUMS_FILE, "-p", str(tmp_path / "team.pub")]
    assert subprocess.run(words, cwd=folder, check=False, capture_output=True).returncode == 0


@needs_ssh
def test_ssh_signs_and_only_its_key_is_trusted(folder: Path, tmp_path: Path) -> None:
    key, other = ssh_key(tmp_path, "team"), ssh_key(tmp_path, "other")
    assert sign(key, folder) == "ssh-keygen"
    assert trouble(folder, key.with_suffix(".pub")) == ""
    assert "no principal" in trouble(folder, other.with_suffix(".pub")).lower()
    (folder / SUMS_FILE).write_text(f"{'1' * 64}  bundle.json\n")
    assert "verif" in trouble(folder, key.with_suffix(".pub"))


@needs_ssh
def test_a_file_of_allowed_signers_says_whom_to_trust(folder: Path, tmp_path: Path) -> None:
    sign(ssh_key(tmp_path, "team"), folder)
    ssh_key(tmp_path, "other")
    allowed = tmp_path / "allowed_signers"
    lines = [f"{name}@example.org {(tmp_path / f'{name}.pub').read_text()}" for name in ("other", "team")]
    allowed.write_text("".join(lines))
    assert trouble(folder, allowed) == ""
    allowed.write_text(lines[0])
    assert trouble(folder, allowed)


@needs_ssh
def test_a_signature_for_something_else_counts_for_nothing(folder: Path, tmp_path: Path) -> None:
    key = ssh_key(tmp_path, "team")
    words = ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", "git", SUMS_FILE]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    assert trouble(folder, key.with_suffix(".pub"))


@needs_minisign
@needs_ssh
@pytest.mark.slow
def test_a_passphrase_that_nobody_can_type_is_named(folder: Path, tmp_path: Path) -> None:
    for key in (minisign_key(tmp_path, "team", "secret"), ssh_key(tmp_path, "person", "secret")):
        with pytest.raises(InputError, match="the key has a passphrase, and there is no terminal"):
            signer_of(key, may_ask=False).refuse_unusable()
        with pytest.raises(InputError, match="did not sign"):
            sign(key, folder)
        assert [each.name for each in folder.iterdir()] == [SUMS_FILE]


@needs_ssh
def test_a_key_that_is_damaged_is_named(folder: Path, tmp_path: Path) -> None:
    key = ssh_key(tmp_path, "team")
    key.write_text(key.read_text().replace("AAAA", "AAAB", 1)[:200])
    with pytest.raises(InputError, match=r"--sign .*team: ssh-keygen did not sign"):
        sign(key, folder)


def test_what_is_no_key_is_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "key"
    with pytest.raises(InputError, match=r"cannot be read: name the file of a key"):
        signer_of(file, may_ask=False)
    file.write_text("hello")
    with pytest.raises(InputError, match="is no key: give a secret key of minisign"):
        signer_of(file, may_ask=False)
    file.write_text("untrusted comment: minisign public key\nRWTgRCbJbd4f\n")
    with pytest.raises(InputError, match="is no secret key of minisign"):
        signer_of(file, may_ask=False)


def test_who_is_no_signer_is_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "key"
    with pytest.raises(InputError, match="cannot be read: name the file of a public key"):
        check_signature(folder, str(file))
    file.write_text("hello")
    with pytest.raises(InputError, match="is neither a public key of minisign or SSH nor"):
        check_signature(folder, str(file))
    file.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    with pytest.raises(InputError, match="is a secret key: name the public one"):
        check_signature(folder, str(file))


def test_a_bundle_without_a_signature_is_not_signed_by_anybody(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text("ssh-ed25519 AAAA\n")
    assert trouble(folder, tmp_path / "key.pub") == "there is none of ssh-keygen"
    found = check_signature(folder, None)
    assert not found.is_done
    assert found.said == "it is not signed"


@needs_ssh
def test_a_signature_on_other_sums_is_a_difference_whoever_made_it(folder: Path, tmp_path: Path) -> None:
    sign(ssh_key(tmp_path, "team"), folder)
    found = check_signature(folder, None)
    assert found.said == "somebody signed it with ssh-keygen: say whom to trust, with --signer"
    assert not found.is_done
    assert found.differences == ()
    with without_programs():
        assert check_signature(folder, None).said.startswith("SHA256SUMS.sig was not checked: say whom")
    (folder / SUMS_FILE).write_text(f"{'1' * 64}  bundle.json\n")
    [stale] = check_signature(folder, None).differences
    assert stale.where == "SHA256SUMS.sig"
    (folder / "SHA256SUMS.sig").write_text("garbage")
    [garbage] = check_signature(folder, None).differences
    assert "it is nobody's signature on these sums" in garbage.what


@needs_minisign
def test_of_a_signature_of_minisign_only_its_shape_tells_without_a_key(folder: Path, tmp_path: Path) -> None:
    sign(minisign_key(tmp_path, "team"), folder)
    found = check_signature(folder, None)
    assert found.said == "SHA256SUMS.minisig was not checked: say whom to trust, with --signer"
    assert found.differences == ()
    file = folder / "SHA256SUMS.minisig"
    for text in ("x", file.read_text().replace("RU", "AA", 1), file.read_text() + "more\n"):
        file.write_text(text)
        [difference] = check_signature(folder, None).differences
        assert "it is no signature of minisign" in difference.what


@needs_ssh
def test_a_public_key_may_begin_with_a_comment(folder: Path, tmp_path: Path) -> None:
    sign(ssh_key(tmp_path, "team"), folder)
    file = tmp_path / "team.pub"
    file.write_text(f"# of the team, ssh-ed25519\n\n{file.read_text()}")
    assert trouble(folder, file) == ""


def test_a_program_that_is_absent_is_named(folder: Path, tmp_path: Path) -> None:
    with without_programs():
        for signing in Signing:
            with pytest.raises(InputError, match=f"{signing} is not on the PATH: install it"):
                Signer(key=tmp_path / "key", signing=signing, may_ask=False).sign(folder)
