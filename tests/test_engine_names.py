"""Names are written in one way on every engine, although none of them knows Unicode's forms."""

from datetime import datetime

import pytest

from .engines import ENGINES, stores_of

NOW = datetime(2025, 7, 2)
#: The same text on every engine.
SHOP = """
connect = "{connect}"
currency = "EUR"
max_rejected_share = 0.5
[names.channel]
APP = "App"
[tables.orders]
sql = '''
select 'o1' as order_id, timestamp '2025-06-02 12:00:00' as ordered_at, 'p1' as product_id,
       1 as quantity, 10.0 as unit_price, ' Ａpp ' as channel
union all select 'o2', timestamp '2025-06-30 12:00:00', 'p2', 1, 5.0, 'APP'
union all select 'o3', timestamp '2025-06-30 12:00:00', 'p2', 1, 2.0, '\u3000'
'''
[tables.products]
sql = '''
select 'p1' as product_id, 'Ａ /x' as category, 'b ' as brand
union all select 'p2', 'A / x ', 'b'
'''
[tables.market]
sql = '''
select date '2025-06-01' as month, 'A' as category, 'Nike' as brand, 10.0 as gmv
union all select date '2025-06-01', 'A', 'Ｎｉｋｅ', 20.0
union all select date '2025-06-15', 'A', 'Nike', 40.0
union all select date '2025-06-01', 'A /x', 'Sonstige ', 5.0
union all select date '2025-06-01', ' Ａ / x', cast(null as varchar(9)), 1.0
'''
"""


@pytest.fixture(params=ENGINES)
def connect(request):
    if request.param == "postgres":
        port = request.getfixturevalue("postgres_port")
        return f"postgres://postgres@127.0.0.1:{port}/postgres"
    if request.param == "spark":
        request.getfixturevalue("spark_session")
        return "pyspark://"
    return "duckdb://"


def test_names_and_months_are_the_same_on_every_engine(connect, tmp_path):
    source = tmp_path / "names.toml"
    source.write_text(SHOP.format(connect=connect), "utf-8")
    [store] = stores_of(tmp_path / "stores", NOW, source)

    def rows(sql):
        return [tuple(row) for row in store.query(sql).itertuples(index=False)]

    assert rows("select category_path, brand, gmv from market_month order by all") == [
        ("A", "Nike", 30_00),
        ("A / x", "(unknown)", 1_00),
        ("A / x", "Sonstige", 5_00),
    ]
    sold = "select channel, category, sum(gmv)::bigint from sales_day group by all order by 1"
    assert rows(sold) == [
        ("(unknown)", "A", 2_00),
        ("App", "A", 15_00),
    ]
    assert rows("select category_path, brand from sales_month group by all") == [("A / x", "b")]
    assert rows("select name from noted_name where collected order by 1") == [
        ("(unknown)",),
        ("Sonstige",),
    ]
    [rule] = [
        one
        for one in store.manifest["check"]["tables"]["market"]["rules"]
        if one["severity"] == "reject"
    ]
    assert (rule["rule"], rule["count"]) == ("market_row_duplicated", 1)
    store.close()
