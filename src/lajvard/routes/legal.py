"""The legal chain of a route: which regimes hold in every country on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lajvard.network import Activity, LegalRegime, Step

HOLDS = ("party", "applied")
"""Standings under which a country applies a regime."""

NOT_KNOWN = "not known"
_TRAVEL = (Activity.MOVING, Activity.SAILING)


@dataclass(frozen=True, slots=True)
class LegalLink:
    """One regime along one route.

    ``standing`` maps each country in travel order to party, applied, signed, planned, not_party
    or not known; ``breaks_at`` names the countries where the regime does not hold.
    """

    regime_id: str
    name: str
    kind: str
    mode: str
    standing: Mapping[str, str]
    breaks_at: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the regime holds in every country on the way."""
        return not self.breaks_at

    @property
    def only_signed_in(self) -> tuple[str, ...]:
        """Where it does not hold as far as known, but was signed: its force is not known there."""
        return tuple(c for c in self.breaks_at if self.standing[c] == "signed")

    @property
    def holds_nowhere(self) -> bool:
        """Whether it holds in no country on the way: it then says nothing about the route."""
        return len(self.breaks_at) == len(self.standing)


@dataclass(frozen=True, slots=True)
class LegalChain:
    """All regimes that concern the modes of a route."""

    countries: tuple[str, ...]
    links: tuple[LegalLink, ...]

    @property
    def unbroken(self) -> tuple[LegalLink, ...]:
        """The regimes that hold all the way."""
        return tuple(link for link in self.links if link.holds)

    def as_dict(self) -> list[dict[str, Any]]:
        """The chain as plain data, for JSON."""
        return [
            {
                "regime": link.regime_id,
                "name": link.name,
                "holds": link.holds,
                "breaks_at": list(link.breaks_at),
                "standing": dict(link.standing),
            }
            for link in self.links
        ]


def legal_chain(regimes: Sequence[LegalRegime], steps: Sequence[Step]) -> LegalChain:
    """The regimes that concern the modes by which a route travels, with each country's standing.

    A regime of one mode is asked only in the countries that the route crosses by that mode (a
    ferry counts for the mode of what stands on it). It holds in a country when the country is
    party to its instrument, or applies it, and every regime that it requires holds there too.
    """
    by_id = {regime.regime_id: regime for regime in regimes}
    links = []
    for regime in regimes:
        countries = _countries(steps, regime.mode)
        if countries:
            standing = {
                country: regime.standing.get(country, NOT_KNOWN).replace("unknown", NOT_KNOWN)
                for country in countries
            }
            breaks = tuple(c for c in countries if not _holds(regime, c, by_id, frozenset()))
            links.append(
                LegalLink(regime.regime_id, regime.name, regime.kind, regime.mode, standing, breaks)
            )
    return LegalChain(_countries(steps, ""), tuple(links))


def _countries(steps: Sequence[Step], mode: str) -> tuple[str, ...]:
    met = [
        country
        for step in steps
        if not mode or (step.activity in _TRAVEL and step.mode.split(" ")[0] == mode)
        for country in (step.country, step.to_country)
    ]
    return tuple(dict.fromkeys(met))


def _holds(
    regime: LegalRegime, country: str, by_id: Mapping[str, LegalRegime], asked: frozenset[str]
) -> bool:
    if regime.standing.get(country) not in HOLDS or regime.regime_id in asked:
        return False
    return all(
        _holds(by_id[other], country, by_id, asked | {regime.regime_id})
        for other in regime.requires
        if other in by_id
    )
