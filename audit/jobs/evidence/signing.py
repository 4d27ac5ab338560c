"""Signs the checksums of a bundle with a key that its maker has: minisign's, or one of SSH.

The signature lies in the bundle beside the sums that it signs, and these are of everything else in it. So it
cannot be lost, and whoever unpacks the bundle checks it without this program:

    minisign -Vm SHA256SUMS -p KEY.pub
    ssh-keygen -Y verify -f ALLOWED_SIGNERS -I NAME -n mask-audit -s SHA256SUMS.sig < SHA256SUMS
    sha256sum -c SHA256SUMS
"""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from audit.errors import InputError
from audit.jobs.evidence.checksums import SUMS_FILE
from audit.jobs.evidence.signing_programs import find_program, run_program

NAMESPACE = "mask-audit"
"""What signatures of SSH keys are for; it keeps one made for something else from counting here."""

_MINISIGN_KEY = "untrusted comment:"
_PRIVATE = "-----BEGIN "
_PUBLIC = ("ssh-", "ecdsa-", "sk-")


class Signing(StrEnum):
    """What signs, and the file that it leaves; the values are names of programs."""

    MINISIGN = "minisign"
    SSH = "ssh-keygen"

    @property
    def file(self) -> str:
        """The signature in a bundle."""
        return f"{SUMS_FILE}.minisig" if self is Signing.MINISIGN else f"{SUMS_FILE}.sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A key that can sign.

    Attributes:
        key: its file; of SSH also a public key, whose other half an agent holds.
        signing: what signs with it.
        may_ask: somebody is there to type its passphrase.
    """

    key: Path
    signing: Signing
    may_ask: bool

    def sign(self, folder: Path) -> str:
        """Sign the sums of a bundle that lies in a folder; give the name of what signed.

        Raises:
            InputError: the key is damaged, its passphrase is wrong, or the program is not there.
        """
        if self.signing is Signing.MINISIGN:
            words = ["-S", "-s", str(self.key), "-m", SUMS_FILE, "-x", self.signing.file, "-t", NAMESPACE]
        else:
            words = ["-Y", "sign", "-f", str(self.key), "-n", NAMESPACE, SUMS_FILE]
        ending = run_program(self.signing, words, folder=folder, may_ask=self.may_ask)
        if ending.status or not (folder / self.signing.file).is_file():
            raise InputError(f"--sign {self.key}: {self.signing} did not sign ({ending.last_line})")
        return self.signing.value

    def refuse_unusable(self) -> None:
        """Raise, before any work is done, where signing is bound to fail.

        Raises:
            InputError: the program is not there, or the key has a passphrase and nobody is there to type it.
        """
        find_program(self.signing)
        if not self.may_ask and self._asks():
            raise InputError(
                f"--sign {self.key}: the key has a passphrase, and there is no terminal to ask for it: run "
                "the command in one, or sign with an SSH key that an agent holds (--sign KEY.pub)"
            )

    def _asks(self) -> bool:
        """Whether the key is locked by a passphrase."""
        if self.signing is Signing.MINISIGN:
            return _minisign_bytes(self.key.read_text(encoding="utf-8"))[2:4] == b"Sc"  # scrypt
        words = ["-y", "-P", "", "-f", str(self.key)]
        return "passphrase" in run_program(self.signing, words, folder=self.key.parent).said


def signer_of(key: Path, *, may_ask: bool) -> Signer:
    """Tell by a key's file what signs with it.

    Args:
        key: a secret key of minisign, a private key of SSH, or a public one whose other half an agent holds.
        may_ask: somebody is there to type a passphrase.

    Raises:
        InputError: it is none of them.
    """
    try:
        text = key.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--sign {key} cannot be read: name the file of a key") from error
    if text.startswith(_MINISIGN_KEY):
        if _minisign_bytes(text)[4:6] != b"B2":
            raise InputError(
                f"--sign {key} is no secret key of minisign: name the one made with `minisign -G`"
            )
        return Signer(key=key.absolute(), signing=Signing.MINISIGN, may_ask=may_ask)
    if text.startswith((_PRIVATE, *_PUBLIC)):
        return Signer(key=key.absolute(), signing=Signing.SSH, may_ask=may_ask)
    raise InputError(f"--sign {key} is no key: give a secret key of minisign, or a private key of SSH")


def _minisign_bytes(text: str) -> bytes:
    lines = text.splitlines()
    try:
        return base64.b64decode(lines[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        return b""
