"""Spelled numbers in the widget's languages, folded. A word and a language in, its value out; read by verify/."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from retrieval.analyse import fold

# From 0 on, then the tens and the large ones as word=value. "One" is left to the units: "an hour", "eine Woche".
_WORDS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty=20 thirty=30 forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90"
    " hundred=100 thousand=1000 dozen=12",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn"
    " siebzehn achtzehn neunzehn zwanzig=20 dreißig=30 dreissig=30 vierzig=40 fünfzig=50 sechzig=60 siebzig=70"
    " achtzig=80 neunzig=90 hundert=100 einhundert=100 tausend=1000 zwo=2 dutzend=12",
    "da": "nul én to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten"
    " tyve=20 tredive=30 fyrre=40 halvtreds=50 tres=60 halvfjerds=70 firs=80 halvfems=90 hundrede=100 tusind=1000",
    "fr": "zéro - deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize - - -"
    " vingt=20"
    " trente=30 quarante=40 cinquante=50 soixante=60 cent=100 mille=1000 douzaine=12",
    "es": "cero - dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis"
    " diecisiete"
    " dieciocho diecinueve veinte=20 treinta=30 cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80"
    " noventa=90 cien=100 ciento=100 mil=1000 docena=12",
    "it": "zero - due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
    " diciassette diciotto diciannove venti=20 trenta=30 quaranta=40 cinquanta=50 sessanta=60 settanta=70"
    " ottanta=80 novanta=90 cento=100 mille=1000",
    "nl": "nul - twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien"
    " achttien negentien twintig=20 dertig=30 veertig=40 vijftig=50 zestig=60 zeventig=70 tachtig=80 negentig=90"
    " honderd=100 duizend=1000",
    "pt": "zero - dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete"
    " dezoito dezanove duas=2 dezesseis=16 dezessete=17 dezenove=19 vinte=20 trinta=30 quarenta=40 cinquenta=50"
    " sessenta=60 cem=100 mil=1000",
    "sv": "noll - två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton"
    " tjugo=20 trettio=30 fyrtio=40 femtio=50 sextio=60 hundra=100 tusen=1000",
    "no": "null - to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten"
    " syv=7 tjue=20 tretti=30 førti=40 femti=50 seksti=60 hundre=100 tusen=1000",
    "pl": "zero - dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście dwie=2 dwóch=2"
    " trzech=3 czterech=4 pięciu=5 sześciu=6 piętnaście=15 dwadzieścia=20 trzydzieści=30 sto=100 tysiąc=1000",
}
# Counts as a figure only before a unit: "one hour", "eine Woche", "a month" alone is how prices are told.
_ONE = {
    "en": "one",
    "de": "ein eine einen einem einer eines",
    "da": "en et én ét",
    "fr": "un une",
    "es": "un una uno",
    "it": "un una uno",
    "nl": "een één",
    "pt": "um uma",
    "sv": "en ett",
    "no": "en et ett",
    "pl": "jeden jedna jedno jedną",
}
_HALF = {
    "en": "half",
    "de": "halbe halben halber",
    "da": "halv halve halvt",
    "fr": "demi demie",
    "es": "media medio",
    "it": "mezza mezzo mezz",
    "nl": "halve half",
    "pt": "meia meio",
    "sv": "halv halvt",
    "no": "halv halvt",
    "pl": "pół",
}
_JOINED = re.compile(r"^(\w+?)(?:und|og|en)(\w+)$")


@lru_cache(maxsize=16384)
def number_of(word: str, languages: tuple[str, ...]) -> frozenset[int]:
    """What a folded word may mean in these languages; empty for a word that is no number."""
    found = {table[word] for table in _tables(languages) if word in table}
    if not found and (parts := _JOINED.match(word)):
        for table in _tables(languages):
            low, tens = table.get(parts[1], 1 if parts[1] == "ein" else 0), table.get(parts[2], 0)
            if 0 < low < 10 and 20 <= tens < 100:
                found.add(tens + low)
    return frozenset(found)


def is_one(word: str, languages: tuple[str, ...]) -> bool:
    return any(word in _ONES[code] for code in _known(languages))


def is_half(word: str, languages: tuple[str, ...]) -> bool:
    return any(word in _HALVES[code] for code in _known(languages))


@lru_cache(maxsize=256)
def _tables(languages: tuple[str, ...]) -> tuple[dict[str, int], ...]:
    return tuple(_table(_WORDS[code]) for code in _known(languages))


def _known(languages: Iterable[str]) -> list[str]:
    codes = ["no" if code in ("nb", "nn") else code for code in languages]
    return [code for code in codes if code in _WORDS]


@lru_cache(maxsize=64)
def _table(text: str) -> dict[str, int]:
    table: dict[str, int] = {}
    for place, entry in enumerate(text.split()):
        word, _, value = entry.partition("=")
        if word != "-" and (value or place > 1):
            table[fold(word)] = int(value) if value else place
    return table


_ONES = {code: frozenset(fold(word) for word in words.split()) for code, words in _ONE.items()}
_HALVES = {code: frozenset(fold(word) for word in words.split()) for code, words in _HALF.items()}
