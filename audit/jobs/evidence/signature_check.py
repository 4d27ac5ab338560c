"""Checks who signed the sums of a bundle."""

import base64
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from audit.errors import InputError
from audit.jobs.evidence.checksums import SUMS_FILE
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.signing import NAMESPACE, Signing
from audit.jobs.evidence.signing_programs import run_program

_NAME = "signature"
_ANYBODY = "signer"


def check_signature(folder: Path, signer: str | None) -> Check:
    """Tell whether somebody signed a bundle who is trusted to.

    Args:
        folder: of the unpacked bundle.
        signer: the file of a public key of minisign or the key itself, the file of a public key of SSH, or a
            file of allowed signers of SSH; None where nobody said whom to trust.

    Raises:
        InputError: `signer` is none of them, or the program that checks is not there.
    """
    signed = [each for each in Signing if (folder / each.file).is_file()]
    if signer is None:
        return _anybodys(folder, signed)
    asked = _signing_of(signer)
    if asked not in signed:
        what = f"there is none of {asked}"
        return Check(name=_NAME, said=what, differences=(Difference(where=asked.file, what=what),))
    fault = _minisign_fault(folder, signer) if asked is Signing.MINISIGN else _ssh_fault(folder, Path(signer))
    if fault is None:
        return Check(name=_NAME, said=f"{SUMS_FILE} is signed by {signer}")
    what = f"it is not the signature of {signer} on these sums ({fault})"
    return Check(name=_NAME, said=what, differences=(Difference(where=asked.file, what=what),))


def _anybodys(folder: Path, signed: Sequence[Signing]) -> Check:
    """Tell of signatures where nobody said whom to trust: one that cannot be anybody's is a difference."""
    if not signed:
        return Check(name=_NAME, said="it is not signed", is_done=False)
    differences = []
    said = []
    for signing in signed:
        fault = _minisign_file_fault(folder) if signing is Signing.MINISIGN else _ssh_file_fault(folder)
        if fault is not None:
            what = f"it is nobody's signature on these sums ({fault})"
            differences.append(Difference(where=signing.file, what=what))
        is_checked = signing is Signing.SSH and which(signing) is not None
        said.append(f"somebody signed it with {signing}" if is_checked else f"{signing.file} was not checked")
    return Check(
        name=_NAME,
        said=f"{' and '.join(said)}: say whom to trust, with --signer"
        if not differences
        else "a signature is there that counts for nothing",
        is_done=False,
        differences=tuple(differences),
    )


def _ssh_file_fault(folder: Path) -> str | None:
    """Give why a signature of SSH is not on the sums, whoever made it; None where there is no program."""
    if which(Signing.SSH) is None:
        return None
    words = ["-Y", "check-novalidate", "-n", NAMESPACE, "-s", Signing.SSH.file]
    ending = run_program(Signing.SSH, words, folder=folder, fed=folder / SUMS_FILE)
    return ending.last_line if ending.status else None


def _minisign_file_fault(folder: Path) -> str | None:
    """Give why a file is no signature of minisign; whether it is on the sums, only a key tells.

    Source: jedisct1.github.io/minisign, "Signature format".
    """
    lines = (folder / Signing.MINISIGN.file).read_bytes().decode(errors="replace").splitlines()
    fine = (
        len(lines) == 4
        and lines[0].startswith("untrusted comment: ")
        and _base64(lines[1])[:2] in (b"Ed", b"ED")
        and len(_base64(lines[1])) == 74
        and lines[2].startswith("trusted comment: ")
        and len(_base64(lines[3])) == 64
    )
    return None if fine else "it is no signature of minisign"


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _signing_of(signer: str) -> Signing:
    if _is_minisign_key(signer):
        return Signing.MINISIGN
    try:
        text = Path(signer).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"--signer {signer} cannot be read: name the file of a public key") from error
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if any(_is_minisign_key(line) for line in lines):
        return Signing.MINISIGN
    if "PRIVATE KEY" in text or "secret key" in text:
        raise InputError(f"--signer {signer} is a secret key: name the public one")
    if any(" " in line and ("ssh-" in line or "ecdsa-" in line) for line in lines):
        return Signing.SSH
    raise InputError(
        f"--signer {signer} is neither a public key of minisign or SSH nor a file of allowed signers"
    )


def _is_minisign_key(text: str) -> bool:
    return len(text) == 56 and text.startswith("RW") and " " not in text


def _minisign_fault(folder: Path, signer: str) -> str | None:
    trusted = ["-P", signer] if _is_minisign_key(signer) else ["-p", str(Path(signer).absolute())]
    words = ["-V", "-m", SUMS_FILE, "-x", Signing.MINISIGN.file, *trusted]
    ending = run_program(Signing.MINISIGN, words, folder=folder)
    return ending.last_line if ending.status else None


def _ssh_fault(folder: Path, signer: Path) -> str | None:
    with TemporaryDirectory(prefix="mask-audit-") as place:
        allowed = _allowed_signers(signer, Path(place))
        found = ["-Y", "find-principals", "-s", Signing.SSH.file, "-f", str(allowed)]
        ending = run_program(Signing.SSH, found, folder=folder)
        if ending.status:
            return ending.last_line
        name = ending.said.splitlines()[0].split(",")[0]
        words = ["-Y", "verify", "-f", str(allowed), "-I", name, "-n", NAMESPACE, "-s", Signing.SSH.file]
        ending = run_program(Signing.SSH, words, folder=folder, fed=folder / SUMS_FILE)
        return ending.last_line if ending.status else None


def _allowed_signers(signer: Path, place: Path) -> Path:
    """Give a file of allowed signers; of a public key, one that allows it alone."""
    written = map(str.strip, signer.read_text(encoding="utf-8").splitlines())
    lines = [line for line in written if line and not line.startswith("#")]
    if not lines or not lines[0].startswith(("ssh-", "ecdsa-", "sk-")):
        return signer.absolute()
    allowed = place / "allowed_signers"
    allowed.write_text("".join(f"{_ANYBODY} {line}\n" for line in lines), encoding="utf-8")
    return allowed
