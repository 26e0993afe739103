"""The category page of tiny shops: every number computed by hand from the rows beside it."""

from datetime import datetime

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from ops_widgets.analyses import ANALYSES
from ops_widgets.analyses.category_opportunity import months as months_panel
from ops_widgets.analyses.category_opportunity.growth_layout import laid_out
from ops_widgets.charts.drawing import separate
from ops_widgets.charts.marks import drawable
from ops_widgets.charts.others import for_drawing
from ops_widgets.charts.static import to_svg
from ops_widgets.charts.tables import frame_table
from ops_widgets.charts.theme import themed
from ops_widgets.errors import DataError, MissingDataError, UsageError
from ops_widgets.sources.config import load_config
from ops_widgets.summaries.build import prepare
from ops_widgets.summaries.store import open_store
from ops_widgets.views.about import about

PAGE = ANALYSES["category_opportunity"]
NOW = datetime(2025, 7, 2)
FIRST_AND_LAST = [("2023-01-01 08:00", "p1", 10.0), ("2025-06-30 20:00", "p1", 10.0)]


def shop(folder, market, orders=FIRST_AND_LAST, products=None, toml=""):
    """A shop of euros: ``market`` rows are month, category, brand, gmv; ``orders`` are moment,
    product, price, channel.
    """
    folder.mkdir(parents=True)
    columns = ["ordered_at", "product_id", "unit_price", "channel"]
    lines = pd.DataFrame([(*row, "app")[:4] for row in orders], columns=columns)
    lines.insert(0, "order_id", [f"o{i}" for i in range(len(lines))])
    tables = {"orders": lines.assign(quantity=1, customer_id="c1")}
    tables["market"] = pd.DataFrame(market, columns=["month", "category", "brand", "gmv"])
    if products is not None:
        tables["products"] = pd.DataFrame(products, columns=["product_id", "category"])
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    head = 'currency = "EUR"\ncomplete_to = "2025-06-30"'
    (folder / "source.toml").write_text(f"{head}\n{toml}\n", "utf-8")
    prepare(folder, now=NOW)
    return open_store(folder)


def months(*years, of=range(1, 13)):
    return [f"{year}-{month:02}-01" for year in years for month in of]


def numbers(store, **view):
    return {n.name: n for n in PAGE.headline(store, PAGE.view.parse(view))}


def panel(store, name, **view):
    return PAGE.panel(name).compute(store, PAGE.view.parse(view))


def rows_of(store, **view):
    return panel(store, "open_market", **view).set_index("category")


HALF = range(1, 7)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Shops by name, each built once."""
    root, known = tmp_path_factory.mktemp("markets"), {}

    def build(name, *given, **named):
        if name not in known:
            known[name] = shop(root / name, *given, **named)
        return known[name]

    yield build
    for store in known.values():
        store.close()


# --- one definition -----------------------------------------------------------------------------


def wholly_other(built):
    rows = [("A", "X", 50), ("A", "Other", 50), ("B", "Other", 900)]
    return built("other", [("2025-06-01", *row) for row in rows])


def test_a_category_that_is_wholly_other_is_open_in_every_part_of_the_page(built):
    """50 of A and 900 of B belong to no brand: 950 of 1,000."""
    store = wholly_other(built)
    found = numbers(store)
    assert (found["market_gmv"].value, found["open_gmv"].value) == (1_000_00, 950_00)
    assert found["open_share"].value == 0.95
    assert found["open_gmv"].trend[-1] == 950_00
    assert found["open_share"].trend[-1] == 0.95
    assert (found["most_open_gmv"].value, found["most_open_gmv"].detail) == (900_00, "B")
    assert rows_of(store)["open_gmv"].to_dict() == {"A": 50_00, "B": 900_00}
    finding = PAGE.panel("open_market").finding(panel(store, "open_market"))
    assert finding == "B leaves €900.00 that no large brand holds"
    brands = panel(store, "brands")
    assert brands[["brand", "share"]].to_numpy().tolist() == [["X", 0.05]]


def test_no_rest_of_a_float_is_an_open_market(built):
    rows = [("2025-06-01", "A", f"b{i}", value) for i, value in enumerate((0.1, 0.2, 0.7, 1e9 / 3))]
    store = built("float", rows)
    assert numbers(store)["open_gmv"].value == 0
    assert numbers(store)["most_open_gmv"].detail == "no open market"
    frame = panel(store, "open_market")
    assert PAGE.panel("open_market").finding(frame) == "No open market in this view"


def nested(built):
    """A sold 10 + 10 a month by itself, and 90 in A / x; b leads all of it, a2 only A itself."""
    parts = [("A", "a2", 10), ("A", "b", 10), ("A / x", "b", 90), ("B", "c", 5)]
    rows = [(month, *part) for month in months(2023, 2024, 2025) for part in parts]
    return built("nested", [row for row in rows if row[0] <= "2025-06-01"])


def test_a_picked_row_of_the_full_path_is_the_same_rows_in_every_number(built):
    """The row `A` has 20 a month, and the paths below it have 90 more."""
    store, view = nested(built), {"detail": "full path", "leaders": 1}
    assert rows_of(store, **view).loc["A", "gmv"] == 12 * 20_00
    found = numbers(store, **view, picked="A")
    for name, month in (("market_gmv", 20_00), ("open_gmv", 10_00)):
        number = found[name]
        assert (number.value, number.last_year, number.trend) == (
            12 * month, 12 * month, (month,) * 12
        )  # fmt: skip
    assert panel(store, "brands", **view, picked="A")["brand_gmv"].sum() == 12 * 20_00
    assert set(panel(store, "months", **view, picked="A")["gmv"]) == {20_00}
    whole = numbers(store, leaders=1, picked="A")["market_gmv"]
    assert (whole.value, whole.last_year) == (12 * 110_00, 12 * 110_00), "with all below it"


def test_a_picked_path_of_any_level_is_itself(built):
    found = numbers(nested(built), picked="A / x")
    assert found["market_gmv"].value == found["market_gmv"].last_year == 12 * 90_00
    assert found["fastest_growth"].detail == "A / x"


def test_a_parent_without_rows_of_its_own_has_none_in_the_full_path(built):
    store = built("parent", [("2025-06-01", "A / x", "X", 50)])
    found = numbers(store, detail="full path", picked="A")
    assert {number.value for number in found.values()} == {None}
    reason = "the market data have no row of A itself in these months"
    assert {number.detail for number in found.values()} == {reason}
    assert numbers(store, picked="A")["market_gmv"].value == 50_00


@pytest.mark.parametrize("looked_at", [1, 3, 12])
def test_the_trend_is_what_the_leaders_of_the_window_leave_in_each_month(built, looked_at):
    """The months of the window add up to the number; a window of one month is its last point.

    X leads in June alone, Y in every other month: of twelve months Y is the one leader.
    """
    rows = [
        row
        for month in months(2024)
        for row in ((month, "A", "X", 100 if month == "2024-06-01" else 1), (month, "A", "Y", 20))
    ]
    ends = [("2023-01-01 08:00", "p1", 1.0), ("2024-06-30 20:00", "p1", 1.0)]
    rows = [row for row in rows if row[0] <= "2024-06-01"]
    rows += [(month, "A", brand, size) for month in months(2023, of=range(7, 13))
             for brand, size in (("X", 1), ("Y", 20))]  # fmt: skip
    store = built("leaders", rows, ends)
    found = numbers(store, months=looked_at, leaders=1)
    held = {1: {"X"}, 3: {"X"}, 12: {"Y"}}[looked_at]
    left = {
        month: sum(size for when, _, brand, size in rows if when == month and brand not in held)
        for month in sorted({row[0] for row in rows})
    }
    assert found["open_gmv"].trend == tuple(100 * size for size in left.values())
    assert found["open_gmv"].value == sum(found["open_gmv"].trend[-looked_at:])
    assert "the same leaders" in found["open_share"].trend_detail


# --- names --------------------------------------------------------------------------------------


def spelled(built):
    rows = [
        *(("A", "Nike", 10), ("A", "Nike\t", 20), ("A", "Ｎｉｋｅ", 30), ("A", "NIKE", 5)),
        *(("A / x", "其他", 40), ("A /x", "Sonstige", 50), ("A", "", 60), ("A", "House", 70)),
        *(("a", "Adidas", 1), ("Ｂ", "Coca Cola", 2), ("B ", "CocaCola", 3)),
    ]
    channels = ("App", " Ａpp", "\u3000")
    orders = [*FIRST_AND_LAST, *(("2025-06-02 08:00", "p2", 7.0, one) for one in channels)]
    products = [("p1", "Ａ /x"), ("p2", "A / x ")]
    toml = 'collected_brands = ["house", "Gone"]'
    return built("spelled", [("2025-06-01", *row) for row in rows], orders, products, toml)


def test_rows_of_one_brand_or_category_are_one_however_they_are_written(built):
    store = spelled(built)
    brands = panel(store, "brands").set_index("brand")["brand_gmv"]
    assert brands.to_dict() == {
        "Nike": 60_00, "NIKE": 5_00, "CocaCola": 3_00, "Coca Cola": 2_00, "Adidas": 1_00,
    }  # fmt: skip
    assert rows_of(store)["gmv"].to_dict() == {"A": 285_00, "B": 5_00, "a": 1_00}
    assert set(rows_of(store, within="A").index) == {"A", "A / x"}
    cells = store.query("select distinct channel, category from cell order by all")
    assert set(cells["channel"]) == {"(unknown)", "App", "app"}
    sold = store.query("select category_path, sum(gmv) as gmv from sales_month group by 1")
    assert sold.to_numpy().tolist() == [["A / x", 41_00]]


def test_the_page_says_what_is_collected_and_what_may_be_one(built):
    store = spelled(built)
    note = panel(store, "brands").attrs["note"]
    assert "Collected, not a brand: House, (unknown), Sonstige, 其他." in note
    assert "Nike, NIKE: one brand?" in note
    assert "Coca Cola, CocaCola: one brand?" in note
    assert "[names.brand]" in note
    assert "a, A: one category?" in panel(store, "open_market").attrs["note"]
    head = about(PAGE, store, PAGE.view())
    assert "4 names may be written in several ways" in head.quality, "two brands, a, and app"
    assert numbers(store)["open_gmv"].value == 220_00, "40 + 50 + 60 + 70 are nobody's"


def test_a_source_says_which_names_are_one(built, tmp_path):
    rows = [("A / x", "Nike", 10), ("a / x", "NIKE ", 20), ("Misc", "Rest", 30)]
    toml = """
    [names.brand]
    " ＮＩＫＥ" = "Nike"
    Rest = "Rest GmbH"
    [names.category]
    a = "A"
    """
    store = built("mapped", [("2025-06-01", *row) for row in rows], toml=toml)
    brands = panel(store, "brands").set_index("brand")["brand_gmv"]
    assert brands.to_dict() == {"Nike": 30_00, "Rest GmbH": 30_00}
    assert rows_of(store, detail="full path")["gmv"].to_dict() == {"A / x": 30_00, "Misc": 30_00}
    assert store.query("select * from noted_name where alike <> ''").empty


def test_a_map_that_changes_builds_the_summaries_again(tmp_path):
    rows = [("2025-06-01", "A", "Nike", 10), ("2025-06-01", "A", "Nikee", 20)]
    shop(tmp_path / "s", rows).close()
    toml = tmp_path / "s" / "source.toml"
    toml.write_text('currency = "EUR"\ncomplete_to = "2025-06-30"\n[names.brand]\nNikee = "Nike"\n')
    assert prepare(tmp_path / "s", now=NOW).rebuilt
    assert panel(open_store(tmp_path / "s"), "brands")["brand_gmv"].to_list() == [30_00]
    toml.write_text('currency = "EUR"\ncomplete_to = "2025-06-30"\ncollected_brands = ["NIKEE"]\n')
    assert prepare(tmp_path / "s", now=NOW).rebuilt
    assert panel(open_store(tmp_path / "s"), "brands")["brand_gmv"].to_list() == [10_00]


def test_a_new_spelling_in_a_later_month_gives_what_a_full_build_gives(tmp_path):
    orders = [*FIRST_AND_LAST, ("2023-03-01 08:00", "p1", 5.0, "App")]
    rows = [("2025-06-01", "A", "Nike", 10)]
    shop(tmp_path / "s", rows, orders).close()
    path = tmp_path / "s" / "orders.csv"
    path.write_text(path.read_text() + "o9,2025-06-30 21:00,p1,3.0, App,1,c2\n")
    later = prepare(tmp_path / "s", now=NOW)
    asked = "select channel, sum(gmv)::bigint as gmv from sales_day group by 1 order by 1"
    store = open_store(tmp_path / "s")
    refreshed = store.query(asked)
    assert refreshed.to_numpy().tolist() == [["App", 8_00], ["app", 20_00]]
    assert not any("came or went" in reason for reason in later.reasons)
    prepare(tmp_path / "s", now=NOW, full=True)
    assert open_store(tmp_path / "s").query(asked).equals(refreshed)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[names.brnd]\na = 'b'", "Did you mean 'brand'"),
        ("[names.brand]\na = ' '", "needs a name"),
        ("collected_brands = 3", "collected_brands"),
    ],
)
def test_a_map_that_means_nothing_is_refused(tmp_path, toml, said):
    (tmp_path / "source.toml").write_text(toml)
    with pytest.raises(UsageError, match=said):
        load_config(tmp_path)


# --- months -------------------------------------------------------------------------------------


def test_two_rows_of_one_brand_in_a_month_are_noticed_whatever_their_days(tmp_path):
    rows = [("2025-06-01", "A", "Nike", 10), ("2025-06-15", "A", "Nike", 20)]
    store = shop(tmp_path / "s", rows, toml="max_rejected_share = 0.5")
    [rule] = store.manifest["check"]["tables"]["market"]["rules"]
    assert (rule["rule"], rule["count"]) == ("market_row_duplicated", 1)
    assert "group by" in rule["remedy"]
    assert numbers(store)["market_gmv"].value == 10_00, "the first day's"
    weekly = [(f"2025-06-{day:02}", "A", "Nike", 1) for day in (2, 9, 16, 23)]
    with pytest.raises(DataError, match="market_row_duplicated"):
        shop(tmp_path / "weekly", weekly)


def gaps(built):
    """A has every month, B begins in April 2024, nobody has March 2025; 10 a month each."""
    dates = [m for m in months(2023, 2024, 2025) if m <= "2025-06-01" and m != "2025-03-01"]
    rows = [(month, "A", "a", 10) for month in dates]
    rows += [(month, "B", "b", 10) for month in dates if month >= "2024-04-01"]
    return built("gaps", rows)


def test_a_missing_month_is_named_and_compared_with_the_same_months(built):
    found = numbers(gaps(built), months=6, picked="A")["market_gmv"]
    assert found.value == 5 * 10_00
    assert found.detail == "Jan 2025 to Jun 2025, 5 of 6 months: the market data lack Mar 2025"
    assert found.last_year == 5 * 10_00, "January, February, April, May, June"
    assert found.last_year_detail == "Jan 2024 to Feb 2024, Apr 2024 to Jun 2024"
    assert found.previous is None
    assert found.previous_detail == "6 months then, 5 in the market data now"
    assert found.trend == (*[10_00] * 8, None, *[10_00] * 3)
    frame = panel(gaps(built), "months", months=6, picked="A").set_index("month")
    assert frame["gmv"].isna().sum() == 1
    assert pd.isna(frame.loc["2025-03-01", "gmv"])


def test_a_whole_is_not_compared_with_months_that_a_part_of_it_lacks(built):
    """B was not in the table in the spring of 2024: the market did not double."""
    found = numbers(gaps(built), months=6)["market_gmv"]
    assert found.value == 5 * 20_00
    assert found.last_year is None
    assert found.last_year_detail == "the market data have not the same months of B"
    assert numbers(gaps(built), months=1)["market_gmv"].last_year == 20_00


def test_growth_is_of_the_months_of_the_category_itself(built):
    store = gaps(built)
    frame = rows_of(store, months=6)
    assert frame["growth"].to_dict() == {"A": 0, "B": 0}
    assert frame["compared_months"].to_dict() == {"A": 5, "B": 3}
    assert numbers(store, months=6)["fastest_growth"].detail == "A, 5 of 6 months"
    assert numbers(store, months=6, picked="B")["fastest_growth"].detail == "B, 3 of 6 months"


def test_a_tiny_base_is_no_growth_and_a_dwarf_is_no_headline(built):
    now = [("A", "a", 100), ("New", "n", 28_434), ("dwarf", "d", 3)]
    before = [("A", "a", 90), ("New", "n", 100), ("dwarf", "d", 1)]
    rows = [("2025-06-01", *row) for row in now] + [("2024-06-01", *row) for row in before]
    store = built("base", rows)
    frame = rows_of(store, months=1)
    assert frame["growth"].isna().to_dict() == {"New": True, "A": False, "dwarf": False}
    note = panel(store, "open_market", months=1).attrs["note"]
    assert "Growth of New is unknown: a year earlier it was less than 10% of now." in note
    number = numbers(store, months=1)["fastest_growth"]
    assert (number.value, number.detail) == (pytest.approx(1 / 9), "A"), "100 after 90"
    size = numbers(store, months=1, picked="New")["market_gmv"]
    assert (size.last_year, size.last_year_detail) == (None, "then it was less than 10% of now")
    number = numbers(store, months=1, picked="New")["fastest_growth"]
    assert (number.value, number.detail) == (None, "a year earlier it was less than 10% of now")
    with pytest.raises(MissingDataError, match="less than 10% of now"):
        panel(store, "growth", months=1, categories=("New",))


# --- our share ----------------------------------------------------------------------------------


def shares(built, name, **given):
    """Our share of A and B, 100 a month each in 2025, and what the page says of it."""
    rows = [(month, c, "x", 100) for month in months(2025, of=HALF) for c in ("A", "B")]
    frame = panel(built(name, rows, **given), "open_market")
    return frame.set_index("category")["own_share"].to_dict(), frame.attrs["note"]


def test_our_share_without_categories_is_unknown_never_nothing(built):
    unknown, note = shares(built, "no products")
    assert pd.isna(list(unknown.values())).all()
    assert "Our share is unknown: no table `products`" in note
    unknown, note = shares(built, "other names", products=[("p1", "Alpha")])
    assert pd.isna(list(unknown.values())).all()
    assert "none of our categories has a name of the market's" in note


def test_our_share_is_of_the_months_that_both_know_whole(built):
    """Our first sale was on 20 February: March to June, in which we sold 10 of 400."""
    orders = [("2025-02-20 08:00", "p1", 70.0), ("2025-06-30 20:00", "p1", 10.0)]
    found, note = shares(built, "young", orders=orders, products=[("p1", "A / x"), ("p2", "C")])
    assert found == {"A": 0.025, "B": 0}
    assert "Our share compares Mar 2025 to Jun 2025, which both sides know." in note
    late = [("2025-06-20 08:00", "p1", 70.0), ("2025-06-30 20:00", "p1", 10.0)]
    found, note = shares(built, "too young", orders=late, products=[("p1", "A")])
    assert pd.isna(list(found.values())).all()
    assert "Our share is unknown: our sales are known of no whole month." in note


def test_a_picked_row_of_what_lies_in_no_level_below_is_that_row_alone(tmp_path, monkeypatch):
    """Inside of A the row A holds what is sold in A itself; picked, every number is of it."""
    monkeypatch.setenv("OPS_STORE", str(tmp_path / "store"))
    market = [("2025-06-01", "A", "X", 100), ("2025-06-01", "A", "Other", 50)]
    store = shop(tmp_path / "shop", [*market, ("2025-06-01", "A / b", "Y", 1000)])
    view = {"within": "A", "picked": "A", "months": 1}
    assert rows_of(store, **view)["gmv"].to_dict() == {"A": 150_00, "A / b": 1000_00}
    of_it = numbers(store, **view)
    assert (of_it["market_gmv"].value, of_it["open_gmv"].value) == (150_00, 50_00)
    assert of_it["market_gmv"].trend == (150_00,)
    assert panel(store, "brands", **view)["brand"].tolist() == ["X"]
    assert numbers(store, picked="A", months=1)["market_gmv"].value == 1150_00


# --- the pictures -------------------------------------------------------------------------------


def grown(built):
    """In June: A grew from 100 to 150, B fell from 100 to 90; C is new. x leads everywhere."""
    now = [("A", "x", 50), ("A", "y", 100), ("B", "x", 80), ("B", "y", 10), ("C", "x", 60)]
    before = [("A", "x", 100), ("B", "x", 100)]
    rows = [("2025-06-01", *row) for row in now] + [("2024-06-01", *row) for row in before]
    return built("grown", rows)


def test_the_ranking_draws_what_is_held_and_what_is_open_and_adds_it_up(built):
    assert PAGE.panel("open_market").chart is None
    frame = panel(grown(built), "open_market", months=1, leaders=1)
    soup = BeautifulSoup(frame_table(frame, pickable=True), "html.parser")
    shown = [th for th in soup("th", scope="col") if "ops-more" not in th.get("class", ())]
    assert [th["data-column"] for th in shown] == [
        "category", "gmv", "growth", "leaders_share", "open_gmv", "own_share",
    ]  # fmt: skip
    widths = {
        row.button["data-value"]: [
            float(part["style"].split("width:")[1].rstrip("%")) for part in row.select("i")
        ]
        for row in soup.select("tbody tr")
    }
    # Of 150 the leader y of A holds 100; of B's 90 x holds 80, of C's 60 all.
    assert widths == {"A": [66.7, 33.3], "B": [53.3, 6.7], "C": [40.0, 0.0]}
    heads = [th["data-column"] for th in soup("th", scope="col")]
    foot = [cell.get_text() for cell in soup.tfoot.find_all(["th", "td"])]
    total = dict(zip(heads, foot, strict=True))
    assert (total["gmv"], total["open_gmv"], total["leaders_share"]) == ("300.00", "60.00", "80.0%")
    assert total["growth"] == total["hhi"] == "", "they do not add up"


def test_growth_stands_beside_that_of_all_together_and_of_no_new_one(built):
    """A and B sold 240 after 200; the leaders hold 240 of 300."""
    frame = panel(grown(built), "growth", months=1, leaders=1)
    assert frame.attrs["together"]["growth"] == pytest.approx(0.2)
    assert frame.attrs["together"]["leaders_share"] == pytest.approx(0.8)
    assert (
        "The area of a dot is its open market: €50.00 of A is the largest." in frame.attrs["note"]
    )
    dots, words = laid_out(frame)
    assert dots["category"].tolist() == ["A", "B"], "the largest open one first"
    assert dots["ops_area"].tolist() == pytest.approx([1600, 40 + 1560 * 10 / 50])
    assert words["text"].tolist()[:2] == ["all together +20.0%", "all together 80.0%"]


def test_five_names_and_that_of_what_is_picked_stand_beside_their_dots(built):
    rows = [
        (day, f"C{i}", brand, size)
        for i in range(9)
        for day, brand, size in (("2024-06-01", "x", 100), ("2025-06-01", "x", 90 + 5 * i),
                                 ("2025-06-01", "y", 10 + i))
    ]  # fmt: skip
    store = built("nine", rows)
    dots, _ = laid_out(panel(store, "growth", months=1, leaders=1, picked="C1"))
    assert [name for name in dots["ops_name"] if name] == ["C1", "C8", "C7", "C6", "C5", "C4"]
    assert set(dots["category"]) == {f"C{i}" for i in range(9)}, "every dot is drawn"
    unpicked, _ = laid_out(panel(store, "growth", months=1, leaders=1))
    assert [name for name in unpicked["ops_name"] if name] == ["C8", "C7", "C6", "C5", "C4"]


def test_months_begin_at_100_however_large_a_category_is(built):
    """A has every month; B begins in April 2024: its first known month is its 100."""
    rows = [(f"2024-0{m}-01", "A", "a", 10 * m) for m in range(1, 7)]
    rows += [(f"2024-0{m}-01", "B", "b", 1000 * (m - 3)) for m in range(4, 7)]
    rows += [("2024-03-01", "Z", "z", 0)]
    orders = [("2023-01-01 08:00", "p1", 1.0), ("2024-06-30 20:00", "p1", 1.0)]
    frame = panel(built("index", rows, orders), "months", months=6)
    found = frame.set_index(["category", frame["month"].dt.month])["index"]
    assert found["A"].tolist() == [100, 200, 300, 400, 500, 600]
    assert found["B"].tolist()[3:] == [100, 200, 300]
    assert found["B"].isna().sum() == 3, "what is unknown is a gap"
    assert found["Z"].isna().all(), "nothing is no 100"
    note = frame.attrs["note"]
    assert "100 is Jan 2024; of what is unknown or nothing then, the first month known: " in note
    assert "B from Apr 2024" in note


def test_names_at_the_ends_of_lines_stand_apart(built):
    rows = [
        (month, f"Home / C{i}", "x", 100 + i * 0.01 * n)
        for i in range(8)
        for n, month in enumerate(months(2025, of=HALF))
    ]
    frame = panel(built("ends", rows), "months", months=6, within="Home")
    low, high = months_panel._span(frame["index"])
    names = months_panel._names(frame, low, high).sort_values("at")
    pixels = names["at"] * months_panel.HEIGHT / (high - low)
    assert pixels.diff().dropna().min() >= 14.9
    assert sorted(names["name"]) == [f"C{i}" for i in range(8)], "the last level of the path"


@pytest.mark.parametrize("name", ["growth", "months", "brands"])
def test_other_data_are_drawn_into_the_drawing_that_is_there(store, name):
    """What changes with the data is data: the specification is that of another window too."""
    found = PAGE.panel(name)
    views = [PAGE.view(), PAGE.view(months=6), PAGE.view(categories=("Beauty", "Toys"))]
    specs = []
    for view in views:
        frame = drawable(for_drawing(found.compute(store, view)))
        specs.append(separate(themed(found.chart(frame)))[0])
    assert specs[0] == specs[1] == specs[2]


def test_hostile_and_long_names_are_drawn_as_text(built):
    long = "Very long name of a category of sixty letters and some more x"
    names = ("<script>x</script>", '\'; "quoted" \\', long, "美妆个护与家居清洁用品大全")
    sold = [
        (day, name, brand, 100 + 40 * i)
        for i, name in enumerate(names)
        for day, brand in (("2024-06-01", "x"), ("2025-06-01", "y"), ("2025-06-01", name))
    ]
    for name in ("growth", "months", "brands"):
        frame = panel(built("hostile", sold), name, months=13)
        chart = PAGE.panel(name).chart(drawable(for_drawing(frame)))
        for width in (330, 1020):
            svg = to_svg(chart, width)
            assert "<script" not in svg
            assert "美妆个护" in svg
