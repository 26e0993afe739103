"""How much of a market its largest members hold, and how much is left.

All functions take the sizes of single members (a brand's GMV, say) in any one unit. A member
that is really a collection ("Other") must not be among ``sizes``: pass the whole market as
``whole`` instead, and it counts in the shares' denominator without being squared as if it
were one brand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Sizes = Sequence[float] | NDArray[np.float64]


def shares(sizes: Sizes, whole: float | None = None) -> NDArray[np.float64]:
    """Each member's share of the whole, largest first.

    Negative sizes (net of returns) are refused: a share of them has no meaning. An empty or
    worthless market gives an empty array. ``whole`` defaults to the sum of the sizes.
    """
    values = np.sort(np.asarray(sizes, dtype="float64"))[::-1]
    if np.isnan(values).any() or (values < 0).any():
        raise ValueError("sizes must be numbers of at least 0: use gross, not net, values")
    total = float(values.sum()) if whole is None else float(whole)
    return values / total if total > 0 else values[:0]


def concentration_ratio(sizes: Sizes, n: int, whole: float | None = None) -> float:
    """CRn: the part of the market that its ``n`` largest members hold (0 to 1; NaN if empty).

    A market of which no single member is known is held by nobody: 0.

    >>> concentration_ratio([30, 30, 20, 20], 2), concentration_ratio([], 10, whole=900)
    (0.6, 0.0)
    """
    part = shares(sizes, whole)
    return float(part[:n].sum()) if part.size or whole else float("nan")


def herfindahl(sizes: Sizes, whole: float | None = None) -> float:
    """HHI: the sum of squared shares in percent, 0 to 10,000 (NaN if empty).

    Source: US Department of Justice, Herfindahl-Hirschman Index; its example:

    >>> round(herfindahl([30, 30, 20, 20]))
    2600

    With ``whole`` larger than the sum of the sizes the unlisted rest counts as many small
    members, which makes this a lower bound.
    """
    part = shares(sizes, whole)
    return float(((100 * part) ** 2).sum()) if part.size or whole else float("nan")


def effective_number(sizes: Sizes, whole: float | None = None) -> float:
    """10,000 / HHI: how many members of equal size would be as concentrated.

    >>> effective_number([1, 1, 1, 1])
    4.0
    """
    index = herfindahl(sizes, whole)
    return 10_000 / index if index > 0 else float("nan")


def gini(sizes: Sizes) -> float:
    """Gini coefficient of the population itself (no n/(n-1)): 0 is equal, NaN if empty.

    >>> gini([1, 1, 1])
    0.0
    >>> gini([0, 0, 1])
    0.6666666666666666
    """
    part = shares(sizes)[::-1]
    if not part.size:
        return float("nan")
    ranks = np.arange(1, part.size + 1)
    return max(0.0, float((2 * ranks - part.size - 1) @ part / part.size))


def open_market(whole: float, leaders_share: float) -> float:
    """V (1 - CRn): what the market's leaders do not hold, in the unit of ``whole``.

    A platform of 400 billion, 5% of it cosmetics, ten brands with 30%: a market of 20 billion
    with 14 billion contested by nobody large.

    >>> market = 400 * 0.05
    >>> market, open_market(market, 0.30)
    (20.0, 14.0)

    Open is not the same as available: it says who does not hold it, not who could win it.
    """
    return whole * (1 - leaders_share)
