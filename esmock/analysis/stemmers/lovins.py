"""Lovins's English stemmer: the longest ending whose condition holds goes, then the stem is respelled.

Source: J. B. Lovins, Development of a stemming algorithm (1968), appendices A to C, with the corrections of M. F. Porter, Lovins
revisited (2005); checked word by word against 7.10.2.
"""

from __future__ import annotations

import re
from types import MappingProxyType

_ENDINGS = {
    "A": (
        "arizability antialness arisations arizations entialness antaneous antiality arisation arization ativeness entations "
        "entiality entialize entiation ionalness istically itousness izability izational ableness arizable entation entially "
        "eousness ibleness icalness ionalism ionality ionalize iousness izations lessness ability aically alities aristic arizing "
        "ateness atingly atively ativism encible entally entials entiate entness fulness ibility icalism icalist icality icalize "
        "icianry ination ingness ionally isation ishness istical iteness iveness ivistic ivities izement oidally ousness aceous "
        "alness ancial ancies ariser arized arizer atable atives efully encies encing ential entist eously ialist iality ialize "
        "ically icance icians icists ifully ionals ioning ionist iously istics lessly nesses oidism acies acity aical alist ality "
        "alize arial aries arily arize aroid ately ative ators atory ehood eless elity ement enced ences ental ently fully ially "
        "icant ician icide icism icist icity iedly ihood inate iness ional ioned ished istic ities itous ively ivity oidal oides "
        "otide ously able ably aric ates ator eful eity ence ency eous hood ials ians ible ibly ical iers iful ious ists less "
        "lily ness ogen ward wise yish acy aic ata ate ese ful ial ian ics ied ier ily ist ity ium ive oid ous ae ia ic is 's s' "
        "a e i o"
    ),
    "B": (
        "alistically izationally ationally alistic ational acious ancing ations aging alism anced ances arity ation ingly ages "
        "ally ance ancy ants atic ions isms ying age ant ism as ly y"
    ),
    "C": "allically enting antic ented ent ish",
    "D": "ionate",
    "E": "eableness ariness elihood izable ature eness ening edly ened enly ely ene ery ed es",
    "F": "ization izers izing ized izer ary ize en",
    "G": "ication action",
    "H": "itic",
    "I": "ating idine ated",
    "J": "inism",
    "K": "arly",
    "L": "ides ide",
    "M": "ines ine",
    "N": "ings ing",
    "O": "ars",
    "P": "ies",
    "Q": "ion",
    "R": "one yl",
    "S": "on",
    "T": "or",
    "U": "um",
    "V": "us",
    "W": "s",
    "X": "ar",
    "Y": "early ealy eal ear",
    "Z": "eature",
    "AA": "ite",
    "BB": "allic als al",
    "CC": "inity",
}
"""Appendix A: endings by the condition on the stem before them."""
_CONDITIONS = MappingProxyType(
    {
        name: re.compile(pattern)
        for name, pattern in {
            "A": "..$",
            "B": "...$",
            "C": "....$",
            "D": ".....$",
            "E": ".[^e]$",
            "F": "..[^e]$",
            "G": "..f$",
            "H": ".t$|ll$",
            "I": ".[^oe]$",
            "J": ".[^ae]$",
            "K": "..[li]$|u.e$",
            "L": ".[^uxs]$|os$",
            "M": ".[^acem]$",
            "N": "[^s]..$|....$",
            "O": ".[li]$",
            "P": ".[^c]$",
            "Q": "..[^ln]$",
            "R": ".[nr]$",
            "S": "dr$|[^t]t$",
            "T": ".s$|[^o]t$",
            "U": ".[lmnr]$",
            "V": ".c$",
            "W": ".[^su]$",
            "X": ".[li]$|u.e$",
            "Y": "in$",
            "Z": ".[^f]$",
            "AA": ".(?:[dflt])$|(?:ph|th|er|or|es)$",
            "BB": "...(?<!met)(?<!ryst)$",
            "CC": ".l$",
        }.items()
    }
)
"""Appendix B: what a stem must look like; at least two letters stay."""
_BY_ENDING = MappingProxyType(
    {ending: _CONDITIONS[name] for name, endings in _ENDINGS.items() for ending in endings.split()}
)
_LONGEST = max(map(len, _BY_ENDING))
_RESPELLED: tuple[tuple[str, str, str], ...] = (
    ("umpt", "um", ""),
    ("istr", "ister", ""),
    ("metr", "meter", ""),
    ("erid", "eris", ""),
    ("pand", "pans", ""),
    ("iev", "ief", ""),
    ("uct", "uc", ""),
    ("rpt", "rb", ""),
    ("urs", "ur", ""),
    ("olv", "olut", ""),
    ("bex", "bic", ""),
    ("dex", "dic", ""),
    ("pex", "pic", ""),
    ("tex", "tic", ""),
    ("lux", "luc", ""),
    ("uad", "uas", ""),
    ("vad", "vas", ""),
    ("cid", "cis", ""),
    ("lid", "lis", ""),
    ("end", "ens", "s"),
    ("ond", "ons", ""),
    ("lud", "lus", ""),
    ("rud", "rus", ""),
    ("her", "hes", "pt"),
    ("mit", "mis", ""),
    ("ent", "ens", "m"),
    ("ert", "ers", ""),
    ("ul", "l", "aio"),
    ("ax", "ac", ""),
    ("ex", "ec", ""),
    ("ix", "ic", ""),
    ("et", "es", "n"),
    ("yt", "ys", ""),
    ("yz", "ys", ""),
)
"""Appendix C: ending of the stem, what it becomes, letters that must not come before it."""


def lovins(word: str) -> str:
    stem = _without_ending(word)
    if stem[-2:] in ("bb", "dd", "gg", "ll", "mm", "nn", "pp", "rr", "ss", "tt"):
        stem = stem[:-1]
    for ending, replacement, barred in _RESPELLED:
        if stem.endswith(ending):
            before = stem[: -len(ending)]
            return stem if before and before[-1] in barred else before + replacement
    return stem


def _without_ending(word: str) -> str:
    """An ending whose condition fails gives way to a shorter one."""
    for size in range(min(_LONGEST, len(word)), 0, -1):
        condition = _BY_ENDING.get(word[-size:])
        if condition and condition.search(word[:-size]):
            return word[:-size]
    return word
