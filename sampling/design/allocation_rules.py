"""By what the strata share a sample: their size, a power of it, or their size times their spread."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isfinite

from sampling.checks import as_whole, check_open_share
from sampling.errors import DesignError

DIGITS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRule:
    """Shares as the size of a stratum to a power: 1 is proportional, 0 is equal, 0.5 the square root.

    n_h ∝ N_h^q: between the precision of the whole (q = 1) and of every stratum (q = 0).

    Attributes:
        exponent: q, from 0 to 1.

    Raises:
        DesignError: the exponent is outside its range.

    Source: Bankier, "Power allocations: determining sample sizes for subnational areas", The American
    Statistician 42 (1988) 174–177, with equal coefficients of variation.

    >>> print(PowerRule(exponent=0.25))
    power:0.25
    """

    exponent: float

    def __post_init__(self) -> None:
        if not (isfinite(self.exponent) and 0 <= self.exponent <= 1):
            raise DesignError(
                f"the power of the allocation is {self.exponent}: give one from 0 (equal) to 1 (proportional)"
            )

    def __str__(self) -> str:
        return {1.0: "proportional", 0.0: "equal"}.get(self.exponent, f"power:{self.exponent:g}")

    def measures(self, sizes: Mapping[str, int]) -> dict[str, Fraction]:
        """N_h^q of every stratum, 0 where it is empty; exact for q = 0 and 1, otherwise to 50 digits."""
        if self.exponent in (0, 1):
            return {
                stratum: Fraction(N_h if self.exponent else min(N_h, 1)) for stratum, N_h in sizes.items()
            }
        with localcontext() as context:
            context.prec = DIGITS
            exponent = Decimal(str(self.exponent))
            return {
                stratum: Fraction(Decimal(N_h) ** exponent) if N_h else Fraction(0)
                for stratum, N_h in sizes.items()
            }


@dataclass(frozen=True, slots=True, kw_only=True)
class NeymanRule:
    """Shares as size times spread, n_h ∝ N_h·√(p_h(1 − p_h)): the narrowest overall interval.

    Narrowest for the estimand whose sizes are given (annotations or entities), if the expected accuracies are
    right. It starves a small stratum, so it wants a least size.

    Attributes:
        expected: p_h, the accuracy expected in each stratum, strictly between 0 and 1.

    Raises:
        DesignError: an expected accuracy is outside its range.

    Source: Neyman, "On the two different aspects of the representative method", JRSS 97 (1934) 558–625;
    Cochran, Sampling Techniques, 3rd ed. 1977, § 5.5.

    >>> print(NeymanRule(expected={"entity": 0.96, "wiki": 0.93}))
    neyman
    """

    expected: Mapping[str, float]

    def __post_init__(self) -> None:
        for stratum, share in self.expected.items():
            check_open_share(f"the expected accuracy of stratum {stratum!r}", share)

    def __str__(self) -> str:
        return "neyman"

    def measures(self, sizes: Mapping[str, int]) -> dict[str, Fraction]:
        """N_h·√(p_h(1 − p_h)) of every stratum to 50 digits, p_h read as the decimal that it prints as.

        Raises:
            DesignError: a stratum that is not empty has no expected accuracy.
        """
        missing = sorted(stratum for stratum, N_h in sizes.items() if N_h and stratum not in self.expected)
        if missing:
            raise DesignError(
                f"no accuracy is expected of {', '.join(map(repr, missing))}: Neyman's allocation needs one "
                "of every stratum"
            )
        with localcontext() as context:
            context.prec = DIGITS
            return {
                stratum: Fraction(N_h * _deviation(self.expected[stratum])) if N_h else Fraction(0)
                for stratum, N_h in sizes.items()
            }


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesRule:
    """Shares that are given, whatever the strata's sizes: those of a sample that was named size by size.

    Attributes:
        shares: of every stratum that is drawn from, at least 1 each.

    Raises:
        DesignError: a share is below 1 or no whole number.

    >>> print(SharesRule(shares={"entity": 1400, "query": 400, "wiki": 200}))
    as entity=1400, query=400, wiki=200
    """

    shares: Mapping[str, int]

    def __post_init__(self) -> None:
        for stratum, share in self.shares.items():
            if as_whole(f"the share of stratum {stratum!r}", share) < 1:
                raise DesignError(f"stratum {stratum!r} is asked for {share}: ask for at least 1")

    def __str__(self) -> str:
        return "as " + ", ".join(f"{stratum}={share}" for stratum, share in self.shares.items())

    def measures(self, sizes: Mapping[str, int]) -> dict[str, Fraction]:
        """The share of every stratum; 0 where none is given or the stratum is empty."""
        shares = {stratum: Fraction(int(share)) for stratum, share in self.shares.items()}
        return {
            stratum: shares.get(stratum, Fraction(0)) if N_h else Fraction(0)
            for stratum, N_h in sizes.items()
        }


AllocationRule = PowerRule | NeymanRule | SharesRule

PROPORTIONAL = PowerRule(exponent=1)
EQUAL = PowerRule(exponent=0)


def named_rule(name: str, expected: Mapping[str, float]) -> AllocationRule:
    """The rule that a name stands for: `proportional`, `equal`, `neyman` or `power:Q`.

    Args:
        name: as `str` writes a rule.
        expected: p_h of the strata, for `neyman`; the others leave it aside.

    Raises:
        DesignError: there is no such rule, or its numbers are outside their ranges.

    >>> named_rule("power:0.5", {})
    PowerRule(exponent=0.5)
    """
    if name == "neyman":
        return NeymanRule(expected=expected)
    named = {"proportional": PROPORTIONAL, "equal": EQUAL}
    if name in named:
        return named[name]
    kind, _, exponent = name.partition(":")
    try:
        if kind == "power":
            return PowerRule(exponent=float(exponent))
    except ValueError:
        pass
    raise DesignError(
        f"there is no allocation {name!r}: give proportional, equal, neyman or power:Q, such as power:0.25"
    )


def _deviation(share: float) -> Decimal:
    decimal = Decimal(str(share))
    return (decimal * (1 - decimal)).sqrt()
