"""Names as people write them: one spelling of each, and which of them stand for many at once.

Blanks, invisible characters and the width of letters tell no two names apart; capital letters
and blanks inside may, so that nobody but the source says which of those are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Between the levels of a path of names.
SEPARATOR = " / "

#: A slash of a path has a blank beside it: ``Audio/Video`` is one name.
_LEVEL = re.compile(r"\s+/\s*|/\s+")
#: What takes no place on the paper, and comes along with copied text.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u2060\ufeff"
#: What stands between several words for the same.
_BETWEEN = re.compile(r"[/|,;()\[\]、]")
_EDGE = re.compile(rf"^[\s{_INVISIBLE}]+|[\s{_INVISIBLE}]+$")


def clean(name: str) -> str:
    """``name`` in the one form in which it is shown and compared: NFKC, without outer blanks.

    >>> clean(" Ｎｉｋｅ\\t")
    'Nike'
    """
    return _EDGE.sub("", unicodedata.normalize("NFKC", name))


def clean_path(path: str) -> str:
    """A path of names ``A / B / C``, each clean, with one blank around every slash.

    >>> clean_path(" Beauty  /Skin care / ")
    'Beauty / Skin care'
    """
    levels = map(clean, _LEVEL.split(clean(path)))
    return SEPARATOR.join(level for level in levels if level)


def leaves(paths: Iterable[str]) -> list[str]:
    """The last level of each path, for where there is little room; all of it where two paths
    end alike.

    >>> leaves(["Home / Tea", "Beauty / Hair", "Beauty"]), leaves(["A / x", "B / x", "C"])
    (['Tea', 'Hair', 'Beauty'], ['A / x', 'B / x', 'C'])
    """
    every = list(paths)
    last = [path.rsplit(SEPARATOR, 1)[-1] for path in every]
    return [one if last.count(one) == 1 else path for one, path in zip(last, every, strict=True)]


def likeness(name: str) -> str:
    """What names share that differ by capital letters, blanks or invisible characters alone.

    >>> likeness("Coca  Cola") == likeness("coca cola") == likeness("CocaCola")
    True
    """
    return "".join(c for c in clean(name).casefold() if not c.isspace() and c not in _INVISIBLE)


def alike(names: Iterable[str]) -> dict[str, str]:
    """Name -> :func:`likeness`, of those names that are like another one."""
    found = {name: likeness(name) for name in names}
    times: dict[str, int] = {}
    for key in found.values():
        times[key] = times.get(key, 0) + 1
    return {name: key for name, key in found.items() if times[key] > 1}


def collected(names: Iterable[str], own: Iterable[str] = ()) -> list[str]:
    """Those of ``names`` that stand for many brands, or for none that is known, in their order.

    ``own`` are further such names. Capital letters, accents, brackets and punctuation do not
    matter; of several words with a slash, comma or bracket between them each must be one.

    >>> collected(["Nike", "(other)", "其他/Other", "—", "N/A", "Otherwise"])
    ['(other)', '其他/Other', '—', 'N/A']
    >>> collected(["House brands", "Nike"], own=["house BRANDS"])
    ['House brands']
    """
    known = _KEYS | {_key(one) for one in own}

    def is_one(name: str) -> bool:
        if not (key := _key(name)) or key in known:
            return True
        parts = [part for part in map(_key, _BETWEEN.split(clean(name))) if part]
        return len(parts) > 1 and all(part in known for part in parts)

    return [name for name in names if is_one(name)]


def _key(name: str) -> str:
    """Letters and digits of a name, lower case, without accents; a blank for all between them."""
    folded = unicodedata.normalize("NFKD", clean(name).casefold())
    kept = "".join(c for c in folded if not unicodedata.combining(c) and c not in _INVISIBLE)
    return " ".join(re.sub(r"[\W_]+", " ", kept).split())


#: Under these a market table collects what it does not list brand by brand.
COLLECTED = (
    # English, and what software writes where it knows nothing
    "other; others; all other; all others; the others; any other; other brand; other brands;"
    "others brands; all other brands; all others brands; other labels; other vendors;"
    "other sellers; other manufacturers; other companies; other products; rest; the rest;"
    "all the rest; rest of market; rest of the market; rest of brands; remaining;"
    "remaining brands; remainder; all remaining; misc; miscellaneous; various; various brands;"
    "several brands; assorted; others combined; all others combined; mixed brands; unknown;"
    "unknown brand; brand unknown;"
    "not known; unspecified; not specified; unassigned; not assigned; unclassified;"
    "uncategorized; uncategorised; undefined; not defined; unlisted; not listed; unnamed;"
    "unidentified; not available; not applicable; n a; na; n d; nil; null; none;"
    "missing; not set; tbd; no brand; nobrand; no brands; no brand name; no name;"
    "noname; without brand; unbranded; un branded; non branded; nonbranded; generic;"
    "generic brand; brandless; does not apply",
    # Chinese
    "其他; 其它; 其他品牌; 其它品牌; 其余; 其餘; 其余品牌; 其餘品牌; 所有其他; 所有其他品牌;"
    "其他牌子; 其他商家; 其他合计; 剩余; 剩余品牌; 未知; 未知品牌; 不详; 不明; 未分类; 未分類;"
    "未指定; 未标明; 无; 無; 空; 无品牌; 無品牌; 无牌; 無牌; 没有品牌; 沒有品牌; 无注册商标;"
    "杂牌; 雜牌; 白牌; 暂无; 暂无品牌",
    # Japanese, Korean
    "その他; そのほか; その他ブランド; その他のブランド; 他; 他社; 不明; 不明ブランド; 未定;"
    "未分類; ノーブランド; ノーブランド品; ブランドなし; ブランド無し; なし; 無し;"
    "기타; 기타브랜드; 기타 브랜드; 그외; 그 외; 그밖; 그 밖; 나머지; 미상; 알수없음; 알 수 없음;"
    "미분류; 없음; 브랜드없음; 브랜드 없음; 노브랜드; 무브랜드",
    # German, Dutch, Danish, Norwegian, Swedish, Finnish, Icelandic
    "sonstige; sonstiges; sonstiger; sonstige marken; sonstige hersteller; andere;"
    "andere marken; übrige; uebrige; übrige marken; alle übrigen; alle anderen; restliche;"
    "restliche marken; unbekannt; unbekannte marke; keine; keine marke; keine angabe; k a;"
    "ohne marke; markenlos; no name produkt; diverse; verschiedene; nicht zugeordnet;"
    "overig; overige; overige merken; anderen; overigen; onbekend; onbekend merk; geen;"
    "geen merk; merkloos; diversen; rest van de markt; andet; andre; andre mærker; øvrige;"
    "øvrige mærker; ukendt; intet mærke; andre merker; øvrige merker; ukjent; ingen; annet;"
    "övriga; övrigt; övriga märken; andra; andra märken; okänd; okänt; inget märke; muut;"
    "muut merkit; muut brändit; tuntematon; ei merkkiä; aðrir; annað; önnur vörumerki",
    # French, Spanish, Catalan, Portuguese, Italian, Romanian
    "autre; autres; autres marques; autre marque; toutes les autres; les autres; divers; reste;"
    "reste du marché; inconnu; inconnue; marque inconnue; aucun; aucune; aucune marque;"
    "sans marque; non renseigné; non précisé; non spécifié; otro; otros; otra; otras;"
    "otras marcas; otra marca; todas las demás; los demás; las demás; demás; demás marcas;"
    "resto; resto del mercado; resto de marcas; varios; varias; varias marcas; desconocido;"
    "desconocida; marca desconocida; sin marca; ninguno; ninguna; no especificado; sin nombre;"
    "altres; altres marques; outro; outros; outra; outras; outras marcas;"
    "demais; demais marcas; restantes; resto do mercado; diversos; diversas; vários; várias;"
    "desconhecido; desconhecida; marca desconhecida; sem marca; nenhum; nenhuma;"
    "não informado; não especificado; altro; altri; altra; altre; altre marche; altri marchi;"
    "altri brand; tutti gli altri; rimanenti; resto del mercato; sconosciuto;"
    "sconosciuta; marca sconosciuta; senza marca; nessuno; nessuna; nessuna marca;"
    "non specificato; altii; alții; alte mărci; alte branduri; necunoscut;"
    "fără marcă; fără brand; restul",
    # Polish, Czech, Slovak, Slovenian, Croatian, Hungarian, Lithuanian, Latvian, Estonian
    "inne; inny; inne marki; pozostałe; pozostale; pozostałe marki; reszta; reszta rynku;"
    "nieznany; nieznana; nieznana marka; nieznane; brak; brak marki; bez marki; różne; rozne;"
    "ostatní; ostatni; ostatní značky; jiné; jine; jiná; jiné značky; neznámá; neznámé; neznámý;"
    "bez značky; různé; ostatné; ostatné značky; iné; iné značky; neznáma; rôzne; drugo; drugi;"
    "druge znamke; ostalo; ostali; ostale znamke; neznano; brez znamke; ostali brendovi;"
    "ostale marke; ostali brandovi; nepoznato; bez brenda; egyéb; egyéb márka; egyéb márkák;"
    "többi; ismeretlen; márka nélkül; nincs; kiti prekės ženklai; nežinoma;"
    "citi zīmoli; nezināms; muud kaubamärgid; teadmata",
    # Turkish, Greek, Russian, Ukrainian, Bulgarian, Serbian
    "diğer; diğerleri; diğer markalar; diger; digerleri; geri kalan; kalan; bilinmeyen;"
    "bilinmiyor; markasız; yok; muhtelif; άλλο; άλλα; άλλες; άλλοι; άλλες μάρκες; λοιπά; λοιπές;"
    "λοιποί; λοιπές μάρκες; υπόλοιπα; άγνωστο; άγνωστη; χωρίς μάρκα; другое; другие; другой;"
    "другая; другие бренды; другие марки; прочее; прочие; прочие бренды; прочие марки;"
    "остальное; остальные; остальные бренды; разное; разные; неизвестно; неизвестный;"
    "неизвестный бренд; не указано; не указан; нет; нет бренда; без бренда; без марки;"
    "ноунейм; інше; інші; інші бренди; решта; невідомо; невідомий; без бренду; други; друго;"
    "други марки; останали; неизвестен; без марка; остало; остали; други брендови; непознато",
    # Thai, Vietnamese, Indonesian, Malay, Filipino
    "อื่นๆ; อื่น ๆ; อื่น; แบรนด์อื่นๆ; แบรนด์อื่น ๆ; แบรนด์อื่น; ยี่ห้ออื่นๆ; ยี่ห้ออื่น ๆ; ไม่ทราบ;"
    "ไม่ระบุ; ไม่มี; ไม่มีแบรนด์; ไม่มียี่ห้อ; khác; loại khác; các loại khác; thương hiệu khác;"
    "các thương hiệu khác; nhãn hiệu khác; hãng khác; còn lại; không rõ; không xác định; không có;"
    "không thương hiệu; không có thương hiệu; no brand khác; lainnya; lain lain; lain-lain;"
    "merek lain; merek lainnya; brand lain; brand lainnya; sisanya; tidak diketahui; tidak ada;"
    "tidak ada merek; tanpa merek; tanpa merk; merk lain; merk lainnya; jenama lain; tiada jenama;"
    "tiada; iba pa; ibang brand; walang brand",
    # Arabic, Persian, Hebrew, Hindi, Bengali, Urdu
    "أخرى; آخر; آخرون; اخرى; أخري; غير ذلك; ماركات أخرى; علامات أخرى; علامات تجارية أخرى; الباقي;"
    "باقي; باقي السوق; غير معروف; غير معروفة; غير محدد; مجهول; بدون ماركة; بدون علامة تجارية;"
    "بدون علامة; بلا ماركة; لا يوجد; سایر; سایر برندها; دیگر; دیگران; نامشخص; بدون برند; متفرقه;"
    "אחר; אחרים; אחרות; מותגים אחרים; לא ידוע; ללא מותג; שאר; אין; अन्य; अन्य ब्रांड; दूसरे; बाकी; शेष;"
    "अज्ञात; बिना ब्रांड; कोई नहीं; अन्यान्य; অন্যান্য; অন্য; অজানা; দیگر; دیگر برانڈز; نامعلوم",
)
_KEYS = frozenset(_key(word) for words in COLLECTED for word in words.split(";")) - {""}
