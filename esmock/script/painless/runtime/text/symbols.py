"""java.text.DecimalFormatSymbols and java.util.Currency."""

from __future__ import annotations

import copy
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.locales import words
from esmock.script.painless.runtime.util.locale import DEFAULT, available_locales
from esmock.script.painless.runtime.values import Char, JavaArray, string_hash

_PARTS = (
    "decimal grouping minus percent per_mill infinity nan exponent zero pattern digit currency_symbol currency_code "
    "monetary_decimal"
).split()
_CHARS = {
    "DecimalSeparator": "decimal",
    "GroupingSeparator": "grouping",
    "MinusSign": "minus",
    "Percent": "percent",
    "PerMill": "per_mill",
    "ZeroDigit": "zero",
    "PatternSeparator": "pattern",
    "Digit": "digit",
    "MonetaryDecimalSeparator": "monetary_decimal",
}
_TEXTS = {
    "Infinity": "infinity",
    "NaN": "nan",
    "ExponentSeparator": "exponent",
    "CurrencySymbol": "currency_symbol",
}


class DecimalFormatSymbols:
    """The characters that a locale writes numbers with."""

    java_class = "java.text.DecimalFormatSymbols"
    decimal: str
    grouping: str
    minus: str
    percent: str
    per_mill: str
    infinity: str
    nan: str
    exponent: str
    zero: str
    pattern: str
    digit: str
    currency_symbol: str
    currency_code: str
    monetary_decimal: str

    def __init__(self, locale: Any = DEFAULT) -> None:
        if locale is None:
            raise t.NullPointer(None)
        for name, value in zip(_PARTS, words(locale, "numbers"), strict=True):
            setattr(self, name, value)

    def j_getCurrency(self) -> Any:
        return currency(self.currency_code)

    def j_setCurrency(self, value: Any) -> None:
        self.currency_code, self.currency_symbol = value.code, value.j_getSymbol()

    def j_getInternationalCurrencySymbol(self) -> str:
        return self.currency_code

    def j_setInternationalCurrencySymbol(self, code: str) -> None:
        self.currency_code = code

    def j_clone(self) -> Any:
        return copy.copy(self)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, DecimalFormatSymbols) and vars(self) == vars(other)

    def j_hashCode(self) -> int:
        return (ord(self.zero) * 37 + ord(self.grouping)) * 37 + ord(self.decimal)


def _getter(part: str, char: bool) -> Any:
    return (lambda self: Char(ord(getattr(self, part)))) if char else (lambda self: getattr(self, part))


def _setter(part: str, char: bool) -> Any:
    def put(self: Any, value: Any) -> None:
        setattr(self, part, chr(value) if char else value)

    return put


class Currency:
    java_class = "java.util.Currency"

    def __init__(self, code: str, digits: int, number: int, name: str) -> None:
        self.code, self.digits, self.number, self.name = code, digits, number, name

    def j_getCurrencyCode(self) -> str:
        return self.code

    def j_getDefaultFractionDigits(self) -> int:
        return self.digits

    def j_getNumericCode(self) -> int:
        return self.number

    def j_getDisplayName(self, locale: Any = None) -> str:
        return self.name

    def j_getSymbol(self, locale: Any = None) -> str:
        if locale is not None:
            symbols = DecimalFormatSymbols(locale)
            if symbols.currency_code == self.code:
                return symbols.currency_symbol
        return self.code

    def j_toString(self) -> str:
        return self.code

    def j_hashCode(self) -> int:
        return string_hash(self.code)


_CURRENCIES = (
    "AUD 2 36 Australian Dollar;BRL 2 986 Brazilian Real;CAD 2 124 Canadian Dollar;CHF 2 756 Swiss Franc;"
    "CNY 2 156 Chinese Yuan;CZK 2 203 Czech Koruna;DKK 2 208 Danish Krone;EUR 2 978 Euro;GBP 2 826 British Pound Sterling;"
    "HKD 2 344 Hong Kong Dollar;HUF 2 348 Hungarian Forint;ILS 2 376 Israeli New Sheqel;INR 2 356 Indian Rupee;"
    "JPY 0 392 Japanese Yen;KRW 0 410 South Korean Won;MXN 2 484 Mexican Peso;NOK 2 578 Norwegian Krone;"
    "NZD 2 554 New Zealand Dollar;PLN 2 985 Polish Zloty;RUB 2 643 Russian Ruble;SEK 2 752 Swedish Krona;"
    "SGD 2 702 Singapore Dollar;THB 2 764 Thai Baht;TRY 2 949 Turkish Lira;TWD 2 901 New Taiwan Dollar;USD 2 840 US Dollar;"
    "XXX -1 999 Unknown Currency;ZAR 2 710 South African Rand"
)
_BY_CODE = {
    code: Currency(code, int(digits), int(number), name)
    for code, digits, number, name in (part.split(" ", 3) for part in _CURRENCIES.split(";"))
}


def currency(of: Any) -> Currency:
    """Currency.getInstance of a code or a locale. Raises IllegalArgument; Unsupported for codes that are not known here."""
    code = of if isinstance(of, str) else DecimalFormatSymbols(of).currency_code
    if code not in _BY_CODE:
        if isinstance(of, str) and len(of) == 3 and of.isascii() and of.isupper():
            from esmock.errors import Unsupported

            raise Unsupported(f"the currency [{code}]")
        raise t.IllegalArgument(None)
    return _BY_CODE[code]


def _available() -> Any:
    from esmock.script.painless.runtime.containers import JavaSet

    return JavaSet(_BY_CODE.values())


def _locales() -> JavaArray:
    return JavaArray("java.util.Locale", available_locales())


for _name, _part in _CHARS.items():
    setattr(DecimalFormatSymbols, "j_get" + _name, _getter(_part, True))
    setattr(DecimalFormatSymbols, "j_set" + _name, _setter(_part, True))
for _name, _part in _TEXTS.items():
    setattr(DecimalFormatSymbols, "j_get" + _name, _getter(_part, False))
    setattr(DecimalFormatSymbols, "j_set" + _name, _setter(_part, False))
CONSTRUCTORS: dict[str, Any] = {
    "DecimalFormatSymbols/0": DecimalFormatSymbols,
    "DecimalFormatSymbols/1": DecimalFormatSymbols,
}
STATICS: dict[str, Any] = {
    "DecimalFormatSymbols.getInstance/0": DecimalFormatSymbols,
    "DecimalFormatSymbols.getInstance/1": DecimalFormatSymbols,
    "DecimalFormatSymbols.getAvailableLocales/0": _locales,
    "Currency.getInstance/1": currency,
    "Currency.getAvailableCurrencies/0": _available,
}
