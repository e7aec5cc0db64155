"""How a question wants to be answered, beyond the kind of figure: with a list, with a way to do it. Pure."""

from __future__ import annotations

import re

_LIST = re.compile(
    r"\b(?:what|which) (?:\w+ )?(?:\w{3,}s|people|kinds?|sorts?|types?)\b(?! (?:is|was|does|your|the)\b)"
    r"|\bwhat do \w+ have to (?:wear|bring)"
    r"|\bwhat (?:is|are) (?:included|needed|required)|\bwhat (?:do|should|must|can) (?:i|we|you) (?:bring"
    r"|offer|need|sell|order|eat)"
    r"|\blist of\b|\ball (?:the )?\w+s\b"
    r"|\bwelche(?! (?:nummer|adresse|uhrzeit|telefon))\b|\bwas (?:muss|brauche|soll|bietet|habt|gibt|kann) "
    r"|\balle \w+|\bliste\b"
    r"|\bhvilke\b|\bhvad (?:skal|har|tilbyder|kan) |\bquel(?:le)?s (?!sont (?:les|vos) horaires)"
    r"|\bque proposez|\bqu.est-ce que vous (?:proposez|vendez|avez)"
    r"|\bque faut-il|\bqué \w+s\b|\bcuáles\b|\bquali\b|\bche cosa\b|\bwelke\b|\bquais\b|\bvilka\b|\bjakie\b"
    r"|\bwho (?:is|sits|are) (?:on|in) the\b|\bwho are\b|\bwer (?:sitzt|ist) im\b|\bhvem er i\b|\bqui sont\b",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"\bhow (?:do|can|to|does|should)\b|\bwie (?:kann|melde|bekomme|komme|buche|mache|bestelle|funktioniert"
    r"|geht|reserviere)"
    r"|\bhvordan\b|\bhur (?:gör|kan|bokar|anmäler)|\bcomment\b|\bcómo\b|\bcome (?:posso|si|faccio)"
    r"|\bhoe (?:kan|moet|doe)|\bcomo\b"
    r"|\bjak\b",
    re.IGNORECASE,
)


def wants_list(question: str) -> bool:
    return _LIST.search(question) is not None


def asks_how(question: str) -> bool:
    """How to do something; "how much" and "how long" are kinds of figures."""
    return _HOW.search(question) is not None
