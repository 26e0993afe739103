"""Names: one spelling of each on every page, and which stand for many brands at once."""

import pytest

from ops_widgets.names import alike, clean, clean_path, collected

MANY = [
    *("unknown", "N/A", "n.a.", "none", "null", "NULL", "#N/A", "(unknown)", "Unspecified"),
    *("Other", "OTHERS", "(other)", "[Others]", "Other brands", "all other brands", "Other\t"),
    *("rest of market", "Rest", "Misc.", "unbranded", "un-branded", "No brand", "Generic"),
    *("其他", "其它", "其他品牌", "其餘", "无品牌", "無品牌", "（其他）", "【其他】", "other/其他"),
    *("その他", "そのほか", "ノーブランド", "기타", "기타 브랜드"),
    *("Sonstige", "SONSTIGE", "Andere", "Andere Marken", "Übrige", "ÜBRIGE", "ohne Marke"),
    *("Autres", "Autres marques", "sans marque", "Otros", "Otras marcas", "Sin marca"),
    *("Altri", "Altre marche", "Outros", "Outras marcas", "Overige", "Overige merken"),
    *("Inne", "Pozostałe", "Ostatní", "Egyéb", "Diğer", "DİĞER", "Diger", "Другие", "Прочие"),
    *("ПРОЧЕЕ", "Інші", "อื่นๆ", "อื่น ๆ", "Khác", "Lainnya", "lain-lain", "أخرى", "اخرى", "अन्य"),
    *("Övriga", "Øvrige", "Muut merkit", "Άλλα", "ＯＴＨＥＲ", "O\u200bther"),
    *("-", "—", "–", ".", "?", "???", "*", "", " ", "\t", "\u3000", "\u200b"),
    *("No brand/unbranded", "无品牌/无注册商标", "Other (其他)", "Other, unknown"),
]
SINGLE = [
    *("Nike", "Otherwise", "3M", "H&M", "C++", "The Ordinary", "No7", "NARS", "A/X", "無印良品"),
    *(
        "NAN",
        "Rest Easy",
        "Generic Surplus",
        "Innisfree",
        "Nonesuch",
        "Andersen",
        "7",
        "Other Half",
    ),
]


def test_what_collects_brands_is_known_in_many_languages():
    assert collected(MANY) == MANY
    assert collected(SINGLE) == []


def test_a_source_adds_its_own_collections_however_they_are_written():
    assert collected(["HOUSE  brands", "Nike"], ["house brands"]) == ["HOUSE  brands"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (" Nike\t", "Nike"),
        ("Ｎｉｋｅ", "Nike"),
        ("Nike\u00a0", "Nike"),
        ("\ufeffNike\u200b", "Nike"),
        ("Ame\u0301lie", "Am\u00e9lie"),
        ("ﾊﾟﾅｿﾆｯｸ", "パナソニック"),
        ("Coca  Cola", "Coca  Cola"),
        (" \u3000 ", ""),
    ],
)
def test_a_name_is_written_in_one_way(written, shown):
    assert clean(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("A / B", "A / B"),
        ("A/ B", "A / B"),
        ("A /B", "A / B"),
        (" A  /\tB / ", "A / B"),
        ("A ／ Ｂ", "A / B"),
        ("Audio/Video / TV", "Audio/Video / TV"),
        ("A / / B", "A / B"),
    ],
)
def test_a_path_has_one_blank_around_its_slashes(written, shown):
    assert clean_path(written) == shown


def test_names_that_differ_by_capitals_or_blanks_alone_are_alike():
    found = alike(["Nike", "NIKE", "Coca Cola", "CocaCola", "Adidas", "STRASSE", "Straße"])
    assert set(found) == {"Nike", "NIKE", "Coca Cola", "CocaCola", "STRASSE", "Straße"}
    assert found["Nike"] == found["NIKE"] != found["Coca Cola"]
