"""What a check of a bundle found."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in a bundle that is not what the rest of it says.

    Attributes:
        where: the file of the bundle, and the place in it.
        what: a sentence without its full stop: what is there, and what there should be.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One kind of thing that was checked, or could not be.

    Attributes:
        name: one or two words.
        said: what was checked and how much of it, or why it could not be, as a clause.
        is_done: False where it could not be checked.
        differences: that it found.
        remarks: that are no differences, as sentences.
    """

    name: str
    said: str
    is_done: bool = True
    differences: tuple[Difference, ...] = ()
    remarks: tuple[str, ...] = field(default=())
