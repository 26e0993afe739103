"""An encoding is advised only where it decodes a file to a language; mojibake is never advised."""

import pytest

from ops_widgets.errors import DataError
from ops_widgets.sources.config import load_config
from ops_widgets.sources.connect import open_source
from ops_widgets.sources.encodings import better, plausible

#: Encoding -> what a few rows of a shop in that language say.
SHOPS = {
    "gb18030": "订单编号,买家会员名,宝贝标题\n1,买家甲,保温杯 500ml\n2,张三,纯棉四件套【包邮】\n",
    "big5": "訂單編號,買家,商品名稱\n1,陳小姐,保溫杯\n2,林先生,純棉四件組\n",
    "cp932": "注文番号,お客様名,商品名\n1,山田太郎,ステンレスボトル\n2,佐藤,タオル\n",
    "euc-jp": "注文番号,お客様名,商品名\n1,山田太郎,ステンレスボトル\n2,佐藤,たおる\n",
    "cp949": "주문번호,고객명,상품명\n1,김철수,스테인리스 보온병\n2,이영희,수건\n",
    "latin-1": "Número,Cliente,Produkt\n1,José Muñoz,Größe für Jäger\n2,Zoë,Crème brûlée\n",
    "cp1252": "Nr,Kunde,Preis\n1,Jäger & Söhne – Köln,10 €\n2,L’Oréal “été”,5 €\n",
    "cp1250": "Číslo,Zákazník,Zboží\n1,Jiří Dvořák,Žlutý šálek\n2,Łukasz Wójcik,Ręcznik żółty\n",
    "cp1251": "Номер,Покупатель,Товар\n1,Иван Петров,Полотенце\n2,ОЛЬГА,Чайник\n",
    "koi8-r": "Номер,Покупатель,Товар\n1,Иван Петров,Полотенце\n2,Ольга,Чайник\n",
    "cp866": "Номер,Покупатель,Товар\n1,Иван Петров,Полотенце\n2,Ольга,Чайник\n",
    "cp1253": "Αριθμός,Πελάτης,Προϊόν\n1,Γιώργος,Πετσέτα\n2,ΜΑΡΙΑ,Κούπα\n",
    "cp1254": "Sipariş,Müşteri,Ürün\n1,Ayşe Yılmaz,İpek eşarp\n2,Çağrı,Havlu ışığı\n",
    "cp1255": "הזמנה,לקוח,מוצר\n1,דוד כהן,מגבת\n2,שרה לוי,כוס תה\n",
    "cp1256": "الطلب,العميل,المنتج\n1,محمد,منشفة\n2,فاطمة,كوب شاي\n",
    "utf-16": "订单编号,买家会员名\n1,买家甲\n",
    "utf-16-le": "order,name\n1,José\n",
    "utf-8": "order,name\n1,José\n",
}


def written(folder, text, encoding):
    path = folder / "o.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", SHOPS)
def test_the_first_advice_reads_what_was_written(tmp_path, encoding):
    text = SHOPS[encoding]
    found = plausible(written(tmp_path, text, encoding))
    assert found, "some encoding decodes it"
    assert text.encode(encoding).decode(found[0].encoding).lstrip("\ufeff") == text
    assert found[0].example in text


@pytest.mark.parametrize("encoding", [name for name in SHOPS if not name.startswith("utf-16")])
@pytest.mark.parametrize("wrong", ["latin-1", "cp1252", "cp932", "big5"])
def test_an_encoding_that_decodes_to_no_language_is_seen(tmp_path, encoding, wrong):
    text = SHOPS[encoding]
    path = written(tmp_path, text, encoding)
    try:
        decoded = path.read_bytes().decode(wrong)
    except UnicodeError:
        return  # it does not decode at all: that is seen anyway
    found = better(path, wrong)
    if decoded == text:
        assert found == [], "a right encoding is left alone"
    else:
        assert text.encode(encoding).decode(found[0].encoding) == text


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(128, 256)) * 20,
        "naïve café".encode() + b"\n" + "Größe".encode("latin-1"),
    ],
)
def test_what_is_no_text_gets_no_advice(tmp_path, data):
    (tmp_path / "o.csv").write_bytes(b"a,b\n" + data)
    assert plausible(tmp_path / "o.csv") == []


def test_two_that_may_be_are_both_said_with_what_they_read(tmp_path):
    found = plausible(written(tmp_path, "name\nGyőr\n", "cp1250"))
    assert {(one.encoding, one.example) for one in found} >= {("cp1250", "Győr")}
    (tmp_path / "orders.csv").write_bytes(
        "order_id,ordered_at,product_id,quantity,unit_price\n1,2025-01-01,Győr,1,2\n".encode(
            "cp1250"
        )
    )
    with (
        pytest.raises(DataError, match="the one that reads right") as error,
        open_source(load_config(tmp_path)) as source,
    ):
        source.run(source.table("orders"), "orders")
    assert all(f"it then reads '{one.example}'" in str(error.value) for one in found)


@pytest.mark.parametrize("encoding", ["gb18030", "cp1251", "utf-8"])
def test_a_file_is_not_read_as_what_it_is_not(tmp_path, encoding):
    head = "order_id,ordered_at,product_id,quantity,unit_price,channel\n"
    names = SHOPS[encoding].replace("\n", " ").replace(",", " ")
    (tmp_path / "o.csv").write_bytes(f"{head}1,2025-01-01,p,1,2,{names}\n".encode(encoding))
    toml = tmp_path / "shop.toml"
    toml.write_text('[tables.orders]\nfile = "o.csv"\nencoding = "latin-1"\n')
    with (
        pytest.raises(DataError, match=f'encoding = "{encoding}"'),
        open_source(load_config(toml)) as source,
    ):
        source.table("orders")
    toml.write_text(toml.read_text().replace("latin-1", encoding))
    with open_source(load_config(toml)) as source:
        assert source.table("orders").channel.execute().tolist() == [names.strip() + " "]


def test_what_is_ascii_so_far_is_looked_for_behind_it(tmp_path):
    path = tmp_path / "o.csv"
    path.write_bytes(b"a,b\n" + b"1,plain\n" * 400_000 + "2,买家会员名称\n".encode("gb18030"))
    assert [one.encoding for one in plausible(path)] == ["gb18030"]
