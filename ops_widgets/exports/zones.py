"""The time zone of a shop, told from the offsets of its moments and from where it sells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

#: Where a currency or country does not decide: what people of these clocks know.
_WELL_KNOWN = (
    *("Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Moscow", "America/New_York"),
    *("America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo"),
    *("Asia/Dubai", "Asia/Kolkata", "Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo"),
    *("Australia/Sydney", "Australia/Brisbane", "Pacific/Auckland", "UTC"),
)
#: Of countries with many zones the one where most people live.
_MAIN = {
    "US": "America/New_York",
    "CA": "America/Toronto",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "RU": "Europe/Moscow",
}
#: So many moments must agree: around a change of the clock some programs are an hour wrong.
_MOST = 0.95
#: A marketplace as its exports name it -> where its sellers' day ends.
_MARKETS = {
    "amazon.com": "America/Los_Angeles",
    "amazon.ca": "America/Los_Angeles",
    "amazon.co.uk": "Europe/London",
    "amazon.de": "Europe/Berlin",
    "amazon.fr": "Europe/Paris",
    "amazon.it": "Europe/Rome",
    "amazon.es": "Europe/Madrid",
    "amazon.nl": "Europe/Amsterdam",
    "amazon.co.jp": "Asia/Tokyo",
    "amazon.com.au": "Australia/Sydney",
    "amazon.in": "Asia/Kolkata",
}


@cache
def _by_country() -> dict[str, tuple[str, ...]]:
    """Country (ISO 3166) -> its zones, as the time zone database lists them."""
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


def zone_of_market(market: str) -> str:
    """The zone of a marketplace such as Amazon.de; empty for one that is not known."""
    return _MARKETS.get(market.strip().casefold(), "")


def zones_of(country: str) -> tuple[str, ...]:
    """The zones of a country, the main one first; a currency begins with its country."""
    code = country[:2].upper()
    zones = _by_country().get(code, ())
    return tuple(sorted(zones, key=lambda zone: zone != _MAIN.get(code, zone)))


def zone_of_offsets(moments: Iterable[str], countries: Iterable[str]) -> str:
    """The zone that shows these moments (ISO 8601) with the offsets that they have.

    Zones of the ``countries`` come first, then those that everybody knows; empty where no zone of
    either fits.
    """
    read = [one for one in map(_read, moments) if one is not None]
    if not read or not any(offset for _, offset in read):
        return ""  # everything in UTC is a format, not a place
    candidates = [zone for country in countries for zone in zones_of(country)]
    shares = {zone: _share(zone, read) for zone in (*candidates, *_WELL_KNOWN)}
    best = max(shares, key=lambda zone: shares[zone])
    return best if shares[best] >= _MOST else ""


def _share(zone: str, moments: list[tuple[datetime, timedelta]]) -> float:
    """How many of the moments have the offset of the zone, per moment."""
    info = ZoneInfo(zone)
    return sum(at.astimezone(info).utcoffset() == offset for at, offset in moments) / len(moments)


def _read(text: str) -> tuple[datetime, timedelta] | None:
    """A moment and its offset; None where it has none."""
    plain = re.sub(r" +(?=[+-][0-9]{2}:?[0-9]{2}$)", "", text.strip().replace("/", "-"))
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        return None
    offset = found.utcoffset()
    return None if offset is None else (found, offset)
