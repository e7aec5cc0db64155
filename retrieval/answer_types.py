"""Which kind of figure is asked for, and where a text holds one.

A question in any of the widget's languages → `asked_kinds`; a passage → `holds`, and `find` for the spans. Used
to rank passages (search.py), to choose what is quoted and to decide whether there is evidence (evidence.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from retrieval.lexicon import Concept


class Kind(StrEnum):
    TIME = "time"
    PRICE = "price"
    DATE = "date"
    PHONE = "phone"
    MAIL = "mail"
    PERSON = "person"
    ADDRESS = "address"
    PLACE = "place"  # of anything: an address, or behind the house
    COUNT = "count"
    DURATION = "duration"
    AGE = "age"


# The order a question's words are looked at; the first that fits decides between e.g. "how much" and "how many".
_ASKED: tuple[tuple[Kind, str], ...] = (
    (Kind.AGE, r"\bhow old\b|\bwie alt\b|\bab welchem alter|\bhvor gam|\bquel âge|\bqué edad|\bche età|\bhoe oud"
               r"|\bhur gam|\bque idade|\bilu? lat\b|\bminimum age"),
    (Kind.DURATION, r"\bhow (?:long|soon|many (?:days|weeks|hours|minutes|months|years))\b|\bwie lange?\b"
                    r"|\bwie viele (?:tage|wochen|stunden|minuten|monate|jahre)|\bhvor (?:længe|lang tid|lenge)"
                    r"|\bcombien de (?:temps|jours|heures)|\bcuánto (?:tiempo|dura|tarda)|\bquanto (?:tempo|dura)"
                    r"|\bhoe lang\b|\bhur lång|\bjak długo"),
    (Kind.PRICE, r"\bhow much\b|\bwie ?viel\b|\bwie teuer|\bwas kostet|\bhvor meget|\bhvor mye|\bhvad koster"
                 r"|\bcombien (?:ça |cela )?(?:coûte|coute|dois)|\bcombien\b(?! de)|\bcuánto\b(?! (?:tiempo|dura))"
                 r"|\bquanto\b(?! (?:tempo|dura))|\bhoeveel\b(?= (?:kost|is))|\bhoe duur|\bhur mycket"
                 r"|\bile (?:kosztuje|płac)"),
    (Kind.COUNT, r"\bhow (?:many|big|large|deep|high|tall|far|wide|heavy|often|fast|hot|warm)\b|\bwie (?:viele|groß"
                 r"|tief"
                 r"|hoch|weit|oft|schwer|warm|breit)\b|\bhvor (?:mange|stor|dyb|langt|ofte|høj)"
                 r"|\bcombien de\b(?! temps)"
                 r"|\bcuánt[oa]s\b|\bquant[ie]\b|\bhoeveel\b|\bhoe (?:groot|diep|ver|vaak)|\bhur (?:många|stor|djup"
                 r"|långt)"
                 r"|\bquant[oa]s\b|\bile\b(?! (?:kosztuje|lat))|\bwhat (?:percentage|number|size)\b"),
    (Kind.TIME, r"\bwhat time\b|\bhow late\b|\bhow early\b|\buntil when\b|\bfrom when\b|\bum wie ?viel uhr|\b(?:ab"
                 r"|bis) wann"
                r"|\bwelche uhrzeit|\bhvad tid|\bklokken|\bà quelle heure|\ba qué hora|\ba che ora|\bhoe laat"
                r"|\ba que horas"
                r"|\bhur dags|\bo której|\bwhen do(?:es)? .*\b(?:open|close|start|begin)"),
    (Kind.DATE, r"\bwhen\b|\bwann\b|\bwhat (?:day|date|year)\b|\bwhich (?:day|date|year)\b|\bin what year"
                 r"|\bwelche[rsnm]* "
                r"(?:tag|datum|jahr)|\bhvornår\b|\bnår\b|\bquand\b|\bquel(?:le)? (?:jour|date|année)|\bcuándo\b"
                r"|\bquando\b"
                r"|\bwanneer\b|\bnär\b|\bkiedy\b|\bqué (?:día|fecha|año)"),
    (Kind.PLACE, r"\bwhere\b|\bwo\b|\bwohin\b|\bhvor\b(?! (?:meget|mange|længe|lang|gam|stor|ofte|dyb|mye|lenge))"
                 r"|\boù\b"
                 r"|\bdónde\b|\bdove\b|\bwaar\b|\bonde\b|\bvar\b(?= (?:ligger|finns|är|kan|hittar))|\bgdzie\b"
                 r"|\bwhich (?:city|street|place)|\bin welche[rm] (?:stadt|straße|ort)"),
    (Kind.PERSON, r"\bwho(?:se|m)?\b|\bwer\b|\bwem\b|\bhvem\b|\bqui\b(?! est-ce)|\bquién(?:es)?\b|\bchi\b|\bwie is\b"
                  r"|\bquem\b|\bvem\b|\bkto\b|\bansprechpartner"),
)  # fmt: skip
_ASKED_AS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ASKED)

_YES_NO = re.compile(
    r"^\W*(?:(?:hi|hello|hallo|hej|bonjour|hola)\W+)?(?:do|does|did|is|are|am|was|were|can|could|may|will|would"
    r"|should"
    r"|have|has|any(?:one)?|kann|kannst|können|könnt|darf|dürfen|muss|müssen|ist|sind|gibt|gibts|habt|haben|hat"
    r"|bietet"
    r"|macht|nehmt|verkauft|wird|werden|er|har|kan|må|skal|findes|tager|laver|tilbyder|est|sont|y a-t-il|peut|peuvent"
    r"|puis|peut-on|avez|faites|faut|dois|acceptez|proposez|hay|es|son|está|se puede|puedo|puede|tienen|aceptan|è|c'è"
    r"|ci sono|posso|si può|avete|accettate|kan|mag|moet|is er|zijn er|heb|hebben|há|tem|têm|é|pode|aceitam|finns|får"
    r"|måste|tar ni|finnes|czy)\b",
    re.IGNORECASE,
)  # fmt: skip

_MONTH = (
    r"(?:jan(?:uary|uar|vier|uari|eiro|ar)?|feb(?:ruary|ruar|ruari)?|f[ée]vr?(?:ier|ereiro)?|m[aä]r(?:ch|z|s|zo"
    r"|ts)?|maart"
    r"|a[pvb]r(?:il|ile)?|ma[iyjg]|maj|maio|mayo|maggio|jun[ieio]*|juin|giugno|junho|jul[iyo]*|juillet|luglio|julho"
    r"|aug(?:ust|usti|ustus)?|ao[uû]t|agosto|sep(?:t(?:ember)?|tembre|tiembre)?|set(?:tembre|embro)?|o[kc]t(?:ober"
    r"|obre"
    r"|ubre)?|ottobre|outubro|nov(?:ember|embre|iembre|embro)?|de[czs](?:ember|embre)?|d[ée]cembre|dicembre|diciembre"
    r"|dezembro|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia)"
)
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|sonnabends?"
    r"|(?:man|tirs|ons|tors|fre|lør|søn|mån|tis|lör|sön)dag(?:e|ar|er)?|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche|lunes|martes|miércoles|jueves|viernes|sábados?|domingos?|(?:lune|marte|mercole|giove|vener)dì|sabato"
    r"|domenica|(?:maan|dins|woens|donder|vrij|zater|zon)dag|segunda|terça|quarta|quinta|sexta|poniedział\w+|wtor\w+"
    r"|środ\w|czwart\w+|piąt\w+|sobot\w|niedziel\w"
)
_CURRENCY = (
    r"(?:€|\$|£|¥|zł|eur(?:os?)?|usd|gbp|chf|fr\.|dkk|sek|nok|kr(?:oner|onor|\.)?|huf|ft|pln|czk|kč|ron|lei"
    r"|cents?|dollars?|pounds?)"
)
_AMOUNT = r"\d{1,3}(?:[ .,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_STREET = (
    r"(?:street|road|avenue|lane|drive|square|boulevard|court|way|st\.|rd\.|ave\.)"
    r"|\w+(?:str(?:aße|asse|\.)|weg|platz|allee|gasse|ring|damm|ufer|vej|gade|allé|torv|plads|gatan|vägen|veien|gata"
    r"|straat|laan|plein)"
)

_HELD: dict[Kind, re.Pattern[str]] = {
    Kind.TIME: re.compile(
        r"(?<![\d.,€$£])(?<![€$£]\s)(?:[01]?\d|2[0-4])(?:[:.h]\s?[0-5]\d)(?![\d.])(?!\s*(?:€|eur|kr|\$|%))"
        r"|(?<![\d.,:])(?:[01]?\d|2[0-4])\s?(?:[ap]\.?m\b|uhr\b|h\b|o'clock|timer?\b(?=\D))"
        r"|\b(?:kl|klokken|à|kell)\.?\s?\d{1,2}\b|(?<![\d.])\d{1,2}\s?(?:-|–|to|bis|til|à)\s?\d{1,2}\s?(?:uhr|h\b"
        r"|[ap]m)"
        r"|\b(?:noon|midnight|mittags?|mitternacht|24/7|rund um die uhr|døgnet rundt|24h/24)\b"
        r"|\b(?:closed|geschlossen|ruhetag|lukket|fermée?|cerrado|chiuso|gesloten|stängt|stengt|fechado|zamknięte)\b",
        re.IGNORECASE,
    ),
    Kind.PRICE: re.compile(
        rf"{_CURRENCY}\s?(?:{_AMOUNT})|(?:{_AMOUNT})(?:,-|,–|\.-)?\s?{_CURRENCY}(?![a-z])|\d+,-"
        r"|\b(?:free(?: of charge)?|kostenlos|kostenfrei|gratis|gratuit\w*|umsonst|bezpłatn\w+|eintritt frei"
        r"|fri entré)\b",
        re.IGNORECASE,
    ),
    Kind.DATE: re.compile(
        rf"\b\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s?(?:of |de |-|–)?\s?{_MONTH}\b|\b{_MONTH}\.?\s\d{{1,2}}\b"
        rf"|\b{_MONTH}\s\d{{4}}\b|\b\d{{1,2}}\.\s?\d{{1,2}}\.(?:\s?\d{{2,4}})?|\b\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?\b"
        rf"|\b(?:19|20)\d\d(?:-\d\d-\d\d)?\b|\b(?:{_DAY})\b|\b1[0-8]\d\d\b",
        re.IGNORECASE,
    ),
    Kind.PHONE: re.compile(
        r"(?<![\w.,/-])(?!(?:19|20)\d\d\D|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d))(?:\+|00"
        r"|\(?0)?\(?\d(?:[\s()/.–-]{0,3}\d){6,13}(?![\w€$%])"
    ),
    Kind.MAIL: re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\]| at )\s?[\w-]+(?:\.|\s?\(dot\)\s?"
    r"|\s?\[dot\]\s?)[\w.-]*\w", re.IGNORECASE),
    Kind.PERSON: re.compile(
        r"\b(?:Dr|Prof|Mr|Mrs|Ms|Herrn?|Frau|Hr|Fr|Fru|Monsieur|Madame|M|Mme|Sr|Sra|Sig|Dott)\.?\s(?:med\.?\s"
        r"|Dr\.\s)?[A-ZÄÖÜÅØÆÉ]\w+"
        r"|\b[A-ZÄÖÜÅØÆÉŁŚ][a-zà-žß]+(?:[ -][A-ZÄÖÜÅØÆÉŁŚ]\.)?(?: (?:von|van|de|der|af|le|la|di"
        r"|da))?[ -][A-ZÄÖÜÅØÆÉŁŚ][a-zà-žß]+\b"
    ),
    Kind.ADDRESS: re.compile(
        rf"\b\d{{4,5}}\s[A-ZÄÖÜÅØÆÉ][\w-]+|(?i:\b(?:{_STREET})\s?\d{{1,4}}\b)"
        rf"|\b\d{{1,4}},?\s(?:[A-Z][\w']+\s){{1,3}}(?i:{_STREET})"
        r"|(?i:\b\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|place|chemin|quai)\b)"
        r"|(?i:\b(?:via|viale|piazza|corso|calle|avenida|plaza|rua|praça|largo|ul\.|aleja"
        r"|plac)\s[\w. ]{2,30}?,?\s\d+)"
        r"|\b[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2}\b"
    ),
    Kind.PLACE: re.compile(
        r"\b(?:in|at|im|am|i|på|à|en|au|zum|beim)\s(?:the\s|der\s|den\s|la\s|le\s)?[A-ZÄÖÜÅØÆÉ]\w{2,}"
        r"|(?i:\b(?:behind|next to|opposite|in front of|near|beside|upstairs|downstairs|floor|hinter|neben|gegenüber"
        r"|vor de[mr]|erdgeschoss|bag|ved|ved siden af|over for|derrière|à côté|en face|près d|devant|detrás|junto a"
        r"|frente a|dietro|accanto|di fronte|achter|naast|tegenover|bakom|bredvid|mittemot|za|obok|naprzeciwko)\b)"
    ),
    Kind.COUNT: re.compile(
        r"(?<![\w.])\d+(?:[.,]\d+)?(?!\d|[.:]\d)|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
        r"|zwei|drei|vier"
        r"|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|to|tre|fire|fem|seks|syv|otte|ni|ti|deux|trois|quatre|cinq"
        r"|six|sept"
        r"|huit|neuf|dix|dos|tres|cuatro|cinco|due|quattro|cinque|twee|drie|vijf|zes|två|fyra|sex|sju|dozen|hundred"
        r"|million)\b",
        re.IGNORECASE,
    ),
    Kind.DURATION: re.compile(
        r"(?:\d+|\b(?:one|an?|two|three|four|five|six|eine?n?|zwei|drei|vier|en|et|to|tre|une?|deux|trois|un[oa]?"
        r"|dos|tres|due|tre"
        r"|een|twee|drie|två))(?:\s?(?:-|–|to|bis|til|à|a)\s?\d+)?[\s-]?(?:working |business "
        r"|full )?(?:min(?:ut\w*)?|hours?|hrs?"
        r"|std|stunden?|timer?|heures?|horas?|or[ae]|uren|uur|timm\w+|godzin\w*|days?|tage?n?|werktage?n?|dage"
        r"|jours?|d[ií]as?|giorn[io]"
        r"|dagen|dagar|dni|weeks?|wochen?|uger?|semaines?|semanas?|settiman\w|weken|veck\w+|uker|tygodni\w*|months?"
        r"|monate?n?"
        r"|måned\w*|mois|mes(?:es)?|mes[ei]|maand\w*|månad\w*|years?|jahre?n?|år|ans?|años?|ann[oi]|jaar|lat)\b",
        re.IGNORECASE,
    ),
    Kind.AGE: re.compile(
        r"\b\d{1,2}(?:\s?(?:-|–|to|bis|til|à)\s?\d{1,2})?[\s-]?(?:\+|years?|yrs?|jahre?n?|år\w*|ans?|años?|anni"
        r"|jaar|lat|anos)\b"
        r"|\b(?:aged?|ab|unter|under|over|über|from|moins de|plus de)\s\d{1,2}\b",
        re.IGNORECASE,
    ),
}  # fmt: skip

# A question about one kind is also answered by these.
_ALSO: dict[Kind, tuple[Kind, ...]] = {
    Kind.DATE: (Kind.DATE, Kind.TIME),
    Kind.DURATION: (Kind.DURATION, Kind.DATE),
    Kind.PLACE: (Kind.ADDRESS, Kind.PLACE),
    Kind.AGE: (Kind.AGE,),
}

_ASKED_IN_PASSING = frozenset({"hours", "closed", "price", "phone", "email", "address", "checkin", "checkout"})


def asked_kinds(question: str, concepts: Iterable[Concept]) -> frozenset[Kind]:
    """Kinds of figure the question asks for; empty when none is recognised."""
    kinds = set(_worded_kinds(question))
    found = [concept for concept in concepts if concept.kinds]
    if not kinds and _YES_NO.search(question):
        # "Is there a reduced ticket?" asks for no price, "are you open on Sunday?" for hours all the same.
        found = [concept for concept in found if concept.name in _ASKED_IN_PASSING]
    named = {Kind(concept.kinds[0]) for concept in found}
    if not kinds:
        kinds = named
    # The question word is stronger than the topic ("who runs the course"), but not than a number or an address.
    kinds |= named & {Kind.PHONE, Kind.MAIL, Kind.ADDRESS}
    if kinds & {Kind.DATE, Kind.DURATION} and Kind.TIME in named:
        kinds.add(Kind.TIME)
    if Kind.DATE in kinds and Kind.TIME in kinds:
        kinds.discard(Kind.DATE)
    if kinds & {Kind.PHONE, Kind.MAIL, Kind.ADDRESS}:
        kinds -= {Kind.COUNT, Kind.PLACE, Kind.PERSON, Kind.TIME}
    return frozenset(kinds)


def is_yes_no(question: str) -> bool:
    return _YES_NO.search(question) is not None and not any(True for _ in _worded_kinds(question))


def holds(kind: Kind, text: str) -> bool:
    return any(_HELD[other].search(text) for other in _ALSO.get(kind, (kind,)))


def find(kind: Kind, text: str) -> Iterator[tuple[int, int]]:
    """Spans of figures of this kind, in order."""
    for other in _ALSO.get(kind, (kind,)):
        for match in _HELD[other].finditer(text):
            yield match.span()


def _worded_kinds(question: str) -> Iterator[Kind]:
    for kind, pattern in _ASKED_AS:
        if pattern.search(question):
            yield kind
            if kind in (Kind.AGE, Kind.DURATION, Kind.PRICE, Kind.COUNT):
                return
