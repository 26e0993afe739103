"""Numbers and moments in the forms that a source declares, against models of a few lines."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_widgets.sources.casts import typed
from ops_widgets.sources.clock import to_utc
from ops_widgets.sources.date_formats import DateFormat
from ops_widgets.sources.written import Written

CON = ibis.duckdb.connect()
FEW = settings(max_examples=40, deadline=None)


def read(texts, kind, written):
    """Every text as its value, or "wrong"; None for a blank."""
    rows = ibis.memtable({"text": texts}, schema={"text": "string"})
    value, wrong = typed(rows.text, kind, written)
    found = CON.to_pyarrow(rows.select(value=value, wrong=wrong)).to_pylist()
    return ["wrong" if row["wrong"] else row["value"] for row in found]


# --- numbers -----------------------------------------------------------------------------------


def naive_number(text, decimal, thousands):
    """A number by hand: signs stripped, groups counted."""
    text = text.strip()
    if not text:
        return None
    signed = re.fullmatch(r"([+-]?)(.*)", text)
    whole, point, fraction = signed[2].partition(decimal)
    if thousands and thousands in whole:
        first, *groups = whole.split(thousands)
        is_grouped = all(len(group) == 3 for group in groups) and 1 <= len(first) <= 3
        is_indian = len(groups) > 1 and 1 <= len(first) <= 2
        is_indian = is_indian and all(len(group) == 2 for group in groups[:-1])
        is_indian = is_indian and len(groups[-1]) == 3
        if not (is_grouped or is_indian):
            return "wrong"
        whole = "".join([first, *groups])
    digits = whole + fraction
    if not digits or not re.fullmatch("[0-9]+", digits) or (fraction and not point):
        return "wrong"
    return float(Decimal(f"{signed[1]}{whole or '0'}.{fraction or '0'}"))


@FEW
@given(
    st.lists(st.text("0123456789.,-+ '", max_size=12), min_size=1, max_size=40),
    st.sampled_from([(".", ""), (".", ","), (",", ""), (",", "."), (",", "'"), (".", "'")]),
)
def test_numbers_are_read_as_a_naive_model_reads_them(texts, style):
    expected = [naive_number(text, *style) for text in texts]
    assert read(texts, "number", Written(*style)) == expected


@FEW
@given(
    st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=40),
    st.sampled_from([(".", ","), (",", "."), (",", " ")]),
)
def test_a_number_that_was_written_is_read_back(numbers, style):
    decimal, thousands = style
    signs = {",": thousands, ".": decimal}
    texts = ["".join(signs.get(one, one) for one in f"{number:,.2f}") for number in numbers]
    assert read(texts, "number", Written(decimal, thousands)) == [float(n) for n in numbers]


def test_separators_of_thousands_are_no_decimal_signs():
    indian = ["12,34,567", "2,951", "1,234.50", "1,23", "12345,678", "1,2345", ",123", "1,,234"]
    expected = [1234567.0, 2951.0, 1234.5, *["wrong"] * 5]
    assert read(indian, "number", Written(".", ",")) == expected
    assert read(["2,951", "2,951.5", "1,23"], "integer", Written(".", ",")) == [
        2951,
        "wrong",
        "wrong",
    ]
    assert read(["1,234", "3.50"], "number", Written()) == ["wrong", 3.5]
    assert read(["3.50", "3,50"], "number", Written(",")) == ["wrong", 3.5]
    blanks = ["1\u00a0234,5", "1\u202f234,5", "1 234,5"]
    assert read(blanks, "number", Written(",", " ")) == [1234.5] * 3
    assert read(["€3", "3 EUR", "3 €"], "number", Written()) == ["wrong"] * 3


# --- moments -----------------------------------------------------------------------------------

FORMS = [
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%y",
    "%b %d, %Y %H:%M:%S",
    "%d %B %Y",
    "%Y%m%dT%H%M%S",
    "%Y年%m月%d日 %H:%M",
    "%d-%b-%y %H.%M",
    "%a, %d %b %Y %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S.%f%z",
]


@FEW
@given(
    st.sampled_from(FORMS),
    st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)), min_size=1, max_size=30),
    st.integers(-14 * 4, 14 * 4),
)
def test_a_moment_that_was_written_is_read_back(form, moments, quarters):
    zone = timedelta(minutes=15 * quarters)
    texts, expected = [], []
    for moment in moments:
        offset = f"{'-' if zone < timedelta(0) else '+'}{abs(zone) // timedelta(hours=1):02}"
        offset += f"{abs(zone) // timedelta(minutes=1) % 60:02}"
        text = moment.strftime(form.replace("%z", offset))
        texts.append(text)
        found = datetime.strptime(text, form)
        expected.append(found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found)
    assert read(texts, "timestamp", Written(date_formats=(DateFormat(form),))) == expected


def naive_moment(text, form):
    """As Python's strptime reads it."""
    if not text.strip():
        return None
    try:
        return datetime.strptime(" ".join(text.split()), form)
    except ValueError:
        return "wrong"


@FEW
@given(
    st.sampled_from(["%d.%m.%Y %H:%M", "%m/%d/%Y", "%d %b %Y", "%Y.%m.%d %I:%M %p"]),
    st.lists(
        st.one_of(
            st.text("0123456789./: APMJanFeb", max_size=18),
            st.from_regex(r"\A[0-3]?[0-9][./][01]?[0-9][./][0-9]{4}( [0-2]?[0-9]:[0-9]{2})?\Z"),
            st.from_regex(r"\A[0-9]{4}\.[0-9]{2}\.[0-9]{2} [01]?[0-9]:[0-5][0-9] [AaPp][Mm]\Z"),
            st.from_regex(r"\A[0-3]?[0-9] (Jan|FEB|mar|Dec|Okt) [0-9]{4}\Z"),
        ),
        min_size=1,
        max_size=40,
    ),
)
def test_moments_are_read_as_python_reads_them(form, texts):
    texts = [text for text in texts if text.isascii()]
    expected = [naive_moment(text, form) for text in texts]
    assert read(texts, "timestamp", Written(date_formats=(DateFormat(form),))) == expected


def test_one_odd_row_changes_no_other_and_iso_stays_what_it_is():
    written = Written(date_formats=(DateFormat("%d.%m.%Y %H:%M"),))
    texts = [
        "31.03.2025 18:00",
        "2025-03-31 18:00",
        "31.02.2025 18:00",
        "soon",
        "",
        "2025-03-31T18:00+02:00",
    ]
    six = datetime(2025, 3, 31, 18)
    expected = [six, six, "wrong", "wrong", None, six - timedelta(hours=2)]
    assert read(texts, "timestamp", written) == expected
    assert read(texts, "date", written)[:2] == [six.date()] * 2
    # What looks like a declared form is read by it alone, also where it is no day then.
    swapped = Written(date_formats=(DateFormat("%Y-%d-%m"),))
    assert read(["2025-03-31", "2025-31-03"], "timestamp", swapped) == [
        "wrong",
        datetime(2025, 3, 31),
    ]


def test_a_letter_for_utc_is_an_offset():
    form = DateFormat("%Y%m%dT%H%M%SZ")
    written = Written(date_formats=(form,), timezone="Asia/Shanghai")
    assert read(["20250104T160900Z"], "timestamp", written) == [datetime(2025, 1, 4, 16, 9)]
    local = Written(date_formats=(DateFormat("%Y%m%dT%H%M%S"),), timezone="Asia/Shanghai")
    assert read(["20250104T160900"], "timestamp", local) == [datetime(2025, 1, 4, 8, 9)]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("%d.%m", "lacks %Y or %y"),
        ("%H:%M", "lacks"),
        ("%d.%m.%Y %Z", "zone by name"),
        ("%j %Y", "%j is none of"),
        ("%d.%m.%Y %I:%M", "%I and %p belong together"),
        ("%d.%m.%Y %d", "more than once"),
        ("%d[%m]%Y", "no sign of a date"),
        ("%d.%m.%Y %", "is none of"),
    ],
)
def test_a_form_that_nobody_can_read_is_refused(form, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        DateFormat(form)


# --- zones -------------------------------------------------------------------------------------


@FEW
@given(
    st.sampled_from(
        [
            "America/Vancouver",
            "Europe/Berlin",
            "Asia/Kolkata",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
        ]
    ),
    st.lists(st.datetimes(datetime(1990, 1, 2), datetime(2049, 12, 1)), min_size=1, max_size=60),
)
def test_local_moments_become_utc_as_python_says(zone, moments):
    # fold=0: of two equal moments the first; one that never was moves on by what the clock did.
    expected = [
        moment.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)
        for moment in moments
    ]
    rows = ibis.memtable({"moment": moments}, schema={"moment": "timestamp(6)"})
    found = CON.to_pyarrow(rows.select(utc=to_utc(rows.moment, zone)))["utc"].to_pylist()
    assert found == expected


def test_an_offset_wins_over_the_zone_of_the_file():
    written = Written(timezone="America/Vancouver")
    texts = [
        "2025-01-04 16:09:00",
        "2025-01-04 16:09:00Z",
        "2025-07-04 16:09 -0800",
        "2025-03-09 02:30",
    ]
    assert read(texts, "timestamp", written) == [
        datetime(2025, 1, 5, 0, 9),
        datetime(2025, 1, 4, 16, 9),
        datetime(2025, 7, 5, 0, 9),
        datetime(2025, 3, 9, 10, 30),
    ]
    assert read(["2025-01-04 23:00"], "date", written) == [datetime(2025, 1, 4).date()]
