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


def _table(text: str, first: int) -> dict[str, int]:
    lines = text.strip().replace("\n  ", " ").split("\n")
    return {fold(word): value for value, line in enumerate(lines, first) for word in line.split()}


WEEKDAYS = _table(_WEEKDAYS, 0)
MONTHS = _table(_MONTHS, 1)
NUMBERS = _table(_NUMBERS, 2)
