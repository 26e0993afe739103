"""The currency and the time zone of a shop, as its exports tell them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ops_widgets.exports.look import Looked
from ops_widgets.exports.match import Match
from ops_widgets.exports.words import NAMES, folded
from ops_widgets.exports.zones import zone_of_market, zone_of_offsets, zones_of


@dataclass(frozen=True)
class Known:
    """A property of the shop: how it is known, and whether the user has to confirm it."""

    value: str
    how: str
    is_sure: bool = True


#: What is written where nobody knows.
UNKNOWN_CURRENCY = Known("USD", "no file says it", False)


def currency_of(matches: Sequence[Match], others: Sequence[Looked], said: str) -> Known:
    """What most rows are in: by orders first, then by ads, then by files of no known export.

    ``said`` is the user's word.
    """
    if said:
        return Known(said, "as you said")
    orders = [one for one in matches if "orders" in one.export.tables]
    for those in (orders, matches):
        counted: Counter[str] = Counter()
        where = ""
        for one in those:
            values = [value.upper() for value in one.values(one.file.currency)]
            if not values and one.header_currency:
                values = [one.header_currency]
            if not values and one.export.currency:
                values = [one.export.currency]
            counted.update(value for value in values if len(value) == 3 and value.isalpha())
            where = where or (one.looked.path.name if values else "")
        if counted:
            (most, _), *rest = counted.most_common()
            also = f"; there is {', '.join(code for code, _ in rest)} as well" if rest else ""
            return Known(most, f"from {where}{also}", not rest)
    for looked in others:
        for name in looked.header:
            if folded(name) in ("currency", *NAMES["currency"]) and (codes := looked.values(name)):
                most, _ = Counter(codes).most_common(1)[0]
                if re.fullmatch("[A-Z]{3}", most):
                    is_one = len(set(codes)) == 1
                    also = "" if is_one else "; others stand there as well"
                    return Known(most, f"from {name!r} of {looked.path.name}{also}", is_one)
    return UNKNOWN_CURRENCY


def timezone_of(matches: Sequence[Match], money: Known, said: str) -> Known:
    """Where the shop's day ends: by the offsets of its times, else by where it sells."""
    currency = money.value
    if said:
        return Known(said, "as you said")
    for one in matches:
        if one.export.timezone:
            return Known(one.export.timezone, f"{one.export.name} are in that time")
    for one in matches:
        regions = [value for value in one.values(one.file.region) if len(value) == 2]
        country = Counter(regions).most_common(1)[0][0] if regions else ""
        for name, field_ in one.file.fields.items():
            if field_.type != "timestamp":
                continue
            # Enough of them for both offsets of a year.
            values = one.values(name)
            some = values[:: max(1, len(values) // 200)]
            if zone := zone_of_offsets(some, (currency, country)):
                offsets = sorted({value[-6:].strip().replace(":", "") for value in some})
                return Known(
                    zone,
                    f"the times of {one.looked.path.name} have its offsets: {', '.join(offsets)}",
                    False,
                )
        markets = Counter(one.values(one.file.market)).most_common(1)
        if markets and (zone := zone_of_market(markets[0][0])):
            return Known(zone, f"the sales channel is {markets[0][0]}", False)
    if money is not UNKNOWN_CURRENCY and (zones := zones_of(currency)):
        return Known(zones[0], f"a zone of the currency {currency}; no file says it", False)
    return Known("UTC", "no file says it", False)
