"""Checks who signed the sums of a bundle."""

from pathlib import Path
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
        InputError: `signer` is none of them.
        UnavailableError: the program that checks is not there.
    """
    signed = [each for each in Signing if (folder / each.file).is_file()]
    if signer is None:
        by = f"it is signed with {' and '.join(signed)}: say whom to trust, with --signer" if signed else ""
        return Check(name=_NAME, said=by or "it is not signed", is_done=False)
    asked = _signing_of(signer)
    if asked not in signed:
        what = f"there is none of {asked}"
        return Check(name=_NAME, said=what, differences=(Difference(where=asked.file, what=what),))
    fault = _minisign_fault(folder, signer) if asked is Signing.MINISIGN else _ssh_fault(folder, Path(signer))
    if fault is None:
        return Check(name=_NAME, said=f"{SUMS_FILE} is signed by {signer}")
    what = f"it is not the signature of {signer} on these sums ({fault})"
    return Check(name=_NAME, said=what, differences=(Difference(where=asked.file, what=what),))


def _signing_of(signer: str) -> Signing:
    if _is_minisign_key(signer):
        return Signing.MINISIGN
    try:
        text = Path(signer).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"--signer {signer} cannot be read: name the file of a public key") from error
    lines = [line for line in text.splitlines() if line.strip()]
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
    text = signer.read_text(encoding="utf-8").strip()
    if not text.startswith(("ssh-", "ecdsa-", "sk-")):
        return signer.absolute()
    allowed = place / "allowed_signers"
    allowed.write_text("".join(f"{_ANYBODY} {line}\n" for line in text.splitlines()), encoding="utf-8")
    return allowed
