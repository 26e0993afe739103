"""What a frame tells its table and chart: labels, formats, what can be picked or selected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ops_widgets.summaries.store import Store
from ops_widgets.views.base import View
from ops_widgets.views.terms import Terms

#: The column that says how strongly a mark is drawn: fully, or faintly beside a picked one.
SHADE = "ops_shade"
FAINT = 0.3


class Fixed(dict[str, Any]):
    """A dictionary that nobody changes: pandas copies ``attrs`` deeply with every column taken."""

    def __deepcopy__(self, _memo: Mapping[int, Any]) -> Fixed:
        """Itself."""
        return self


def described(
    store: Store,
    frame: pd.DataFrame,
    terms: Terms,
    *,
    labels: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
    note: str = "",
) -> pd.DataFrame:
    """Of ``frame`` the columns that have a term, in the order of the ``terms``, for people.

    ``labels`` are what a column is called in this view, where that says more than its term;
    ``more`` is what is said of one beyond the meaning of its term, where a panel says how it is
    calculated. The ``note`` stands below the panel: it says what changes how the rows are read.
    All of it, the formats, and the currency of money columns travel in ``frame.attrs``.
    """
    shown = [name for name in terms if name in frame.columns]
    result = frame[shown].reset_index(drop=True)
    result.attrs = {
        "labels": Fixed({n: (labels or {}).get(n, terms[n].label) for n in shown}),
        "formats": Fixed({n: terms[n].format for n in shown}),
        "totals": Fixed({n: terms[n].total for n in shown if terms[n].total}),
        "currency": store.source["currency"],
        "minor_digits": store.source["minor_digits"],
        "more": Fixed({n: text for n, text in (more or {}).items() if n in shown and text}),
        "note": note,
    }
    return result


def one_of(names: pd.Series, of: Iterable[Any]) -> pd.Series:
    """Which of ``names`` are among others: ``isin``, which looks at texts one by one.

    Of 10,000 texts 2 ms, not 25.
    """
    wanted = set(of.tolist() if isinstance(of, pd.Series) else of)
    return pd.Series([name in wanted for name in names.tolist()], names.index, dtype=bool)


def in_whole_currency(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` (of :func:`described`) with its money in whole currency instead of minor units.

    Such a column is a plain number from then on, whose label names the currency; what is unknown
    stays so. ``frame`` itself stays as it is.
    """
    attrs = frame.attrs
    money = [n for n, f in attrs["formats"].items() if f == "money" and n in frame]
    unit, currency = 10 ** attrs["minor_digits"], attrs["currency"]
    result = frame.assign(**{name: frame[name] / unit for name in money})
    labels = {name: f"{attrs['labels'][name]} ({currency})" for name in money}
    result.attrs = attrs | {
        "labels": attrs["labels"] | labels,
        "formats": attrs["formats"] | dict.fromkeys(money, "decimal"),
    }
    return result


def pickable(frame: pd.DataFrame, column: str, field: str, view: View) -> pd.DataFrame:
    """``frame`` whose marks and rows can be picked: the value of ``column`` becomes ``field``.

    What is not picked is drawn faintly beside what is.
    """
    picked = getattr(view, field)
    frame[SHADE] = 1.0 if not picked else frame[column].eq(picked).map({True: 1.0, False: FAINT})
    frame.attrs["pick"] = {"field": field, "column": column, "value": picked}
    return frame


def brushable(
    frame: pd.DataFrame, column: str, ends: pd.Series, view: View, spans: bool = False
) -> pd.DataFrame:
    """``frame`` over whose time a part can be selected: ``column`` begins and ``ends`` a period.

    ``spans``: a period is drawn in the middle of its days, not on the first of them.
    """
    frame["ops_end"] = pd.to_datetime(ends).to_numpy()
    frame.attrs["brush"] = {
        "column": column,
        "since": view.since.isoformat() if view.since else "",
        "until": view.until.isoformat() if view.until else "",
        "spans": spans,
    }
    return frame
