"""How many digits a currency's minor unit has: money is stored as whole minor units."""

from __future__ import annotations

# ISO 4217, the exponents that are not 2.
_EXCEPTIONS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS = {code: digits for digits, codes in _EXCEPTIONS.items() for code in codes.split()}


def minor_digits(currency: str) -> int:
    """The exponent of ``currency`` (three letters, ISO 4217); 2 where the norm names no other.

    >>> [minor_digits(code) for code in ("JPY", "CNY", "KWD")]
    [0, 2, 3]
    """
    return _DIGITS.get(currency, 2)
