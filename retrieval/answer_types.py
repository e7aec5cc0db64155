"""Which kind of figure is asked for, and where a text holds one.

A question in any of the widget's languages → `asked_kinds`; a passage → `holds`, and `find` for the spans. Used
to rank passages (search.py), to choose what is quoted and to decide whether there is evidence (evidence.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from retrieval.lexicon import Concept
from retrieval.words.kinds import kinds_worded


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
    SIZE = "size"  # of length, area, volume or weight
    TEMPERATURE = "temperature"


# How a question begins that is answered by yes or no.
_OPENERS = """
do does did is are am was were can could may will would should have has had must isn aren don any anyone anybody got
kann kannst können könnt könnte könnten darf dürfen dürfte muss müssen ist sind seid bin bist gibt gibts habt haben hat
hast hätte hättet bietet macht machen nehmt verkauft wird werden wäre holt sprecht liefert akzeptiert lohnt passt geht
brauche brauchen braucht bekomme bekommt kommt fährt soll sollte lasst lässt repariert serviert vermietet
er har kan må skal findes tager laver tilbyder giver sælger leverer holder bliver vil behøver gælder serverer modtager
accepterer udlejer kommer får
est sont peut peuvent puis avez faites faut dois acceptez proposez êtes vendez livrez servez prenez louez recrutez
hay es son está están se puedo puede pueden tienen tenéis aceptan aceptáis venden hacen
è ci sono posso avete accettate vendete fate siete c
mag moet is zijn heb hebben hebt verkopen kunnen kunt
há tem têm é pode posso aceitam vendem
finns får måste tar finnes säljer selger
czy
"""
_YES_NO = re.compile(
    r"^\W*(?:(?:hi|hello|hallo|hej|bonjour|hola|also|und|and|et|og)\W+)?(?:(?:"
    + "|".join(_OPENERS.split())
    + r")\b(?!\s+(?:qui|wer|who)\b)|y a[- ]t[- ]il|il y a|est[- ]ce qu|(?:on|je) peu[tx]|c.est possible|si può|is er"
    r"|vous (?:êtes|avez|faites|prenez|acceptez))",
    re.IGNORECASE,
)
# "Can I leave when I am ill?" names no date; "can you tell me when" asks for one.
_JOINS = frozenset({"when", "når", "quand", "cuando", "quando", "wanneer", "gdy", "where", "who", "où"})
_TELLS = re.compile(r"\b(?:tell|know|say|sagen|sige|dire|savoir|decir|dirmi|zeggen)\b", re.IGNORECASE)
# What has a length in metres and not in minutes.
_LONG_THINGS = re.compile(
    r"\b(?:pools?|lanes?|tracks?|slides?|trails?|routes?|bridges?|tables?|boats?|beds?|ropes?|walls?"
    r"|\w*(?:bahn|becken|rutsche|strecke|brücke|seil|bett|boot|tisch|bane|bassin(?:et)?|rute|ruten|sti|stien)|banen"
    r"|piscines?|sentiers?|pistes?|toboggan|bassins?|piscinas?|sentieri?o?|zwembad|baan)\b",
    re.IGNORECASE,
)
# "Wie hoch ist die Gebühr?" asks for money, and so it is in other languages.
_MONEY = re.compile(
    r"\b\w*(?:gebühr|steuer|beitrag|miete|kaution|pfand|preis|kosten|entgelt|rabatt|zuschlag|steuersatz)(?:en|e|s)?\b"
    r"|\b(?:fees?|rent|deposit|fine|price|tax|charge|discount)\b|\b\w*(?:afgift|gebyr|pris|depositum|leje|rabat)(?:en|et)?\b",
    re.IGNORECASE,
)

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
    Kind.SIZE: re.compile(
        r"\d\s?-?(?:[cmk]?m|[mk]?m[²2]|sqm|qm|kvm|ha|hectares?|hektar|(?:kilo|centi|milli)?m[eè]t(?:er|re)s?n?"
        r"|(?:kilo|centi)?met(?:ri|ros|rów)|miles?|feet|foot|ft|inch(?:es)?|yards?|li?ters?|litres?|litros?|litri|l|kg|kilos?"
        r"|kilogramm|gramm?|g|tonn?e[ns]?)(?![^\W\d_])",
        re.IGNORECASE,
    ),
    Kind.TEMPERATURE: re.compile(
        r"\d\s?(?:°|º|grad\b|grader\b|degrees?\b|degrés?\b|grados?\b|gradi\b|graden\b|stopni)"
        r"|\b(?:heated|unheated|beheizt\w*|opvarmet|chauffée?s?|climatizad\w|riscaldat\w|verwarmd|uppvärmd|oppvarmet)\b",
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
    return _YES_NO.search(question) is not None and not _worded_kinds(question)


def holds(kind: Kind, text: str) -> bool:
    return any(_HELD[other].search(text) for other in _ALSO.get(kind, (kind,)))


def find(kind: Kind, text: str) -> Iterator[tuple[int, int]]:
    """Spans of figures of this kind, in order."""
    for other in _ALSO.get(kind, (kind,)):
        for match in _HELD[other].finditer(text):
            yield match.span()


def _worded_kinds(question: str) -> frozenset[Kind]:
    """By the question's own words."""
    joins = _YES_NO.search(question) is not None and _TELLS.search(question) is None
    kinds = {Kind(kind) for first, kind in kinds_worded(question) if not (joins and first in _JOINS)}
    if Kind.DURATION in kinds and _LONG_THINGS.search(question):
        kinds = kinds - {Kind.DURATION} | {Kind.SIZE}
    if Kind.SIZE in kinds and _MONEY.search(question):
        kinds = kinds - {Kind.SIZE, Kind.COUNT} | {Kind.PRICE}
    return frozenset(kinds)
