"""The galleries of a report, by the place where they stand."""

from dataclasses import dataclass

from reports.blocks import Gallery


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGalleries:
    """Masks to be looked at; a gallery without anything to show is left out.

    A picture may be in several galleries: then under the same name, with the same bytes.

    Attributes:
        failures: none or one: what goes wrong typically, the most frequent reason first.
        verdicts: of each setting wrong masks, then right ones.
        discordant: of every two settings, mentions on which one is right and the other wrong.
        notes: whole sentences: how they were drawn, and what was left out.
    """

    failures: tuple[Gallery, ...] = ()
    verdicts: tuple[Gallery, ...] = ()
    discordant: tuple[Gallery, ...] = ()
    notes: tuple[str, ...] = ()
