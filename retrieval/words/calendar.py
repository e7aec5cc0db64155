"""Names of weekdays and months and small numbers in the widget's languages, folded, with their values."""

from __future__ import annotations

from retrieval.analyse import fold

_WEEKDAYS = """
monday mondays mon montag montags mo mandag mandage mandags man lundi lundis lun lunes lunedi maandag maandags ma
  segunda mandager måndag måndagar mån poniedziałek poniedziałki poniedziałku pon
tuesday tuesdays tue tues dienstag dienstags di tirsdag tirsdage tirsdags tir mardi mardis mar martes martedi dinsdag
  dinsdags terça tirsdager tisdag tisdagar tis wtorek wtorki wt
wednesday wednesdays wed mittwoch mittwochs mi onsdag onsdage onsdags ons mercredi mercredis mer miércoles mié mercoledi
  woensdag woensdags wo quarta onsdager onsdagar środa środy środę śr
thursday thursdays thu thur thurs donnerstag donnerstags do torsdag torsdage torsdags tor jeudi jeudis jeu jueves jue
  giovedi gio donderdag donderdags quinta torsdager torsdagar czwartek czwartki czw
friday fridays fri freitag freitags fr fredag fredage fredags fre vendredi vendredis ven viernes vie venerdi vrijdag
  vrijdags vr sexta fredager fredagar piątek piątki pt
saturday saturdays sat samstag samstags sa sonnabend sonnabends lørdag lørdage lørdags lør samedi samedis sam sábado
  sábados sáb sabato sab zaterdag zaterdags za lördag lördagar lör lørdager sobota soboty sobotę sob
sunday sundays sun sonntag sonntags so søndag søndage søndags søn dimanche dimanches dim domingo domingos dom domenica
  zondag zondags zo söndag söndagar sön søndager niedziela niedziele niedzielę niedz
"""
_MONTHS = """
january jan januar januari janvier enero gennaio janeiro styczeń stycznia
february feb februar februari février févr febrero febbraio fevereiro luty lutego
march märz mrz marts mars marzo março maart marzec marca
april apr avril abril aprile kwiecień kwietnia
may mai maj mayo maggio maio mei maja
june jun juni juin junio giugno junho czerwiec czerwca
july jul juli juillet julio luglio julho lipiec lipca
august aug août agosto augusti augustus sierpień sierpnia
september sep sept septembre septiembre settembre setembro wrzesień września
october oct oktober okt octobre octubre ottobre outubro październik października
november nov novembre noviembre novembro listopad listopada
december dec dezember dez décembre déc diciembre dicembre dezembro grudzień grudnia
"""
# 2 to 12. Left out where the word is more often another: de "acht", fr "neuf", es "once", da and no "to", "ti".
_NUMBERS = """
two zwei deux dos due twee två dois duas dwa dwie
three drei tre trois tres drie três trzy
four vier fire quatre cuatro quattro fyra quatro cztery
five fünf fem cinq cinco cinque vijf pięć
six sechs seks seis sei zes sex sześć
seven sieben syv sept siete sette zeven sju sete siedem
eight otte huit ocho otto oito åtta osiem
nine neun nueve nove negen nio dziewięć
ten zehn dix diez dieci tien dez tio dziesięć
eleven elf elleve onze undici elva jedenaście
twelve zwölf tolv douze doce dodici twaalf doze dwanaście
"""

# Above twelve, as the words of one number each: compounds ("twenty-five") are read as their parts.
_LARGER = {
    13: "thirteen dreizehn tretten treize trece tredici dertien tretton",
    14: "fourteen vierzehn fjorten quatorze catorce quattordici veertien fjorton",
    15: "fifteen fünfzehn femten quinze quince quindici vijftien femton",
    16: "sixteen sechzehn seksten seize dieciséis sedici zestien sexton",
    17: "seventeen siebzehn sytten diecisiete diciassette zeventien sjutton",
    18: "eighteen achtzehn atten dieciocho diciotto achttien arton",
    19: "nineteen neunzehn nitten diecinueve diciannove negentien nitton",
    20: "twenty zwanzig tyve tjue vingt veinte venti twintig tjugo vinte",
    30: "thirty dreißig dreissig tredive tretti trente treinta trenta dertig trettio trinta",
    40: "forty vierzig fyrre førti quarante cuarenta quaranta veertig fyrtio quarenta",
    50: "fifty fünfzig halvtreds femti cinquante cincuenta cinquanta vijftig femtio cinquenta",
    60: "sixty sechzig seksti soixante sesenta sessanta zestig sextio sessenta",
    70: "seventy siebzig halvfjerds sytti setenta settanta zeventig sjuttio",
    80: "eighty achtzig firs åtti ochenta ottanta tachtig åttio oitenta",
    90: "ninety neunzig halvfems nitti noventa novanta negentig nittio",
    100: "hundred hundert hundrede hundre honderd hundra cien cento",
    1000: "thousand tausend tusind tusen duizend mille",
}
_DAY_GROUPS = (
    (frozenset({5, 6}), "weekend weekends wochenende wochenenden weekenden weekender helg helgen helger"),
    (frozenset(range(5)), "weekday weekdays werktag werktags werktage werktagen wochentags hverdag hverdage vardagar"),
)


def _table(text: str, first: int) -> dict[str, int]:
    lines = text.strip().replace("\n  ", " ").split("\n")
    return {fold(word): value for value, line in enumerate(lines, first) for word in line.split()}


WEEKDAYS = _table(_WEEKDAYS, 0)
MONTHS = _table(_MONTHS, 1)
NUMBERS = _table(_NUMBERS, 2) | {fold(word): value for value, words in _LARGER.items() for word in words.split()}
DAY_GROUPS = {fold(word): days for days, words in _DAY_GROUPS for word in words.split()}
