"""Locales of date fields: how they are read and shown. Docs: date.

Source: asked of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from esmock.errors import IllegalArgument, MissingResource

_LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi "
    "fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv ka kg ki kj kk kl km kn ko kr "
    "ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl "
    "ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz "
    "ve vi vo wa wo xh yi yo za zh zu".split()
)
"""ISO 639-1, with the names it had before."""
_COUNTRIES = frozenset(
    "AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH "
    "CI CK CL CM CN CO CR CS CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN "
    "GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK "
    "LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
    "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH "
    "TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW".split()
)
"""ISO 3166-1, with the names it had before."""


def read_locale(text: str) -> str:
    """A locale as Java shows it: ``fr-FR`` becomes ``fr_FR``, ``ROOT`` nothing. Raises IllegalArgument."""
    parts = text.split("_" if "_" in text else "-")
    if len(parts) > 3:
        raise IllegalArgument(f"Locales can have at most 3 parts but got {len(parts)}: [{', '.join(parts)}]")
    if len(parts) == 1 and text.lower() in ("root", ""):
        return ""
    language = parts[0].lower()
    if language and language not in _LANGUAGES and len(language) != 3:
        raise IllegalArgument(f"Unknown language: {parts[0]}", cause=MissingResource(f"Couldn't find 3-letter language code for {language}"))
    if len(parts) == 1:
        return language
    country = parts[1].upper()
    if country and country not in _COUNTRIES:
        raise IllegalArgument(f"Unknown country: {parts[1]}", cause=MissingResource(f"Couldn't find 3-letter country code for {country}"))
    return "_".join((language, country, *parts[2:]))
