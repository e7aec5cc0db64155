"""Units and currencies in the widget's languages, folded, with what they amount to. Read by verify/."""

from __future__ import annotations

from retrieval.analyse import fold

# dimension, factor, words. Figures meet when dimension and amount agree: 90 minutes are 1.5 hours, 2 weeks 14 days.
_UNITS = """
time 1 minute minutes min mins minuten minut minutter minuti minuto minutos minuut minuter minuta minuty minut
time 60 hour hours hr hrs stunde stunden std stündig time timer timen times heure heures hora horas ora uur uren timme
  timmar
  godzina godziny godzin
time 1440 day days tag tage tagen tags dag dage dagen dagar dager dagen døgn døgnet jour jours journée journées día
  días giorno
  giorni
  dia dias dzień dni
time 10080 week weeks woche wochen uge ugen uger semaine semaines semana semanas settimana settimane weken vecka
  veckor uke uken
  uker tydzień tygodnie tygodni
workday 1 workday workdays werktag werktage werktagen arbeitstag arbeitstage arbeitstagen hverdag hverdage hverdager
  werkdag werkdagen arbetsdag arbetsdagar
night 1 night nights nacht nächte nächten nat natten nætter nuit nuits nuitée nuitées noche noches notte notti
  noite noites
  natt
  nätter netter noc noce nocy
month 1 month months monat monate monaten måned måneden måneder mois mes meses mese mesi maand maanden mês månad månader
  miesiąc
  miesiące miesięcy
month 12 year years yr yrs jahr jahre jahren år året an ans année années año años anno anni jaar ano anos rok lata lat
evening 1 evening evenings abend abende aften aftener soir soirs soirée soirées kväll kvällar kveld kvelder avond
  avonden
weekend 1 weekend weekends wochenende wochenenden
length 1 mm millimeter millimetre millimetres
length 10 cm centimeter centimetre centimetres zentimeter centimètre centimètres
length 1000 m metre metres meter meters mètre mètres metro metros metri
length 1000000 km kilometre kilometres kilometer kilometers kilomètre kilomètres kilómetro kilómetros chilometri
length 1609344 mile miles meile meilen
area 1 m2 qm sqm kvm
weight 1 g gram grams gramm grammes
weight 1000 kg kilo kilos kilogram kilogramm
volume 1 ml
volume 10 cl
volume 100 dl
volume 1000 l litre litres liter liters litro litros litri
power 1 kw
energy 1 kwh
heat 1 °c °
person 1 person persons people personen personer personne personnes persona personas persone pessoa pessoas osoba
  osoby
  osób guest guests gäste gast gæster gæst child children kind kinder kindern barn børn adult adults erwachsene
  erwachsener
  voksen voksne player players participant participants teilnehmer deltager deltagere enfant enfants adulte adultes
  pax visitor visitors besucher kid kids
percent 1 % percent prozent procent pourcent porcento
"""
_CURRENCIES = """
eur € euro euros eur
cent cent cents ct eurocent
usd $ usd dollar dollars
gbp £ gbp pound pounds quid
chf chf franken sfr
dkk dkk
sek sek
nok nok
kr kr kroner kronor krone krona ,-
pln zł pln złoty złotych złote
huf huf ft forint forints
czk kč czk
jpy ¥ yen jpy
ron lei ron leu
try ₺ tl
inr ₹ inr rupees
aud aud
cad cad
"""


def _units() -> dict[str, tuple[str, int]]:
    table: dict[str, tuple[str, int]] = {}
    for line in _UNITS.strip().replace("\n  ", " ").split("\n"):
        dimension, factor, *words = line.split()
        for word in words:
            table.setdefault(fold(word), (dimension, int(factor)))
    return table


UNITS = _units()
CURRENCIES = {
    word: line.split()[0] for line in _CURRENCIES.strip().split("\n") for word in (fold(w) for w in line.split()[1:])
}
# "kr" is what the country says: without its name, the language of the page tells which.
CROWNS = {"da": "dkk", "sv": "sek", "no": "nok", "nb": "nok", "nn": "nok"}
