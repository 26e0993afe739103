"""How many digits a currency's minor unit has, and an amount with all of them."""

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


def amount_text(amount: float, currency: str) -> str:
    """``amount``, in units of ``currency``, to its last digit.

    >>> amount_text(1234.5, "CNY")
    '1,234.50 CNY'
    """
    return f"{amount:,.{minor_digits(currency)}f} {currency}"
