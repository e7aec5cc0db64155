"""Words of service that say little by themselves, in the widget's languages, folded: "costs", "offer", "please".

That they are missing on a page makes no sentence unsupported, and that they stand there makes none supported.
"""

from __future__ import annotations

from retrieval.analyse import fold

_LIGHT = """
length duration dauer duree varighed course
between zwischen mellem entre tra tussen
  sommes somos siamo zijn bel bellen ruf rufen llame llamar appelez chiamate
with from about into onto than then when where which what ask asks asked being been will would could might
siden side sida pagina pages
yes no ja nein nej oui non si good fine gut wissen gesagt steht heisst bon savoir bref godt vide sagt kort resumen
segun bien ok okay
please also too however therefore because since there find say said answer simply right indeed naturally actually
details detail
must should shall stay muss mussen soll sollen bleiben skal faut doit doivent rester debe deben deve devono moet
moeten pro per je
via inkl incl zzgl ca etwa also samt daher deshalb dort hier there here den dem des einem einen eine dette denne
allowed permitted accepted erlaubt gestattet tilladt accepte acceptes acceptee permis autorise permitido permesso
toegestaan
including inclusive inklusive inbegriffen inkludiert inkluderet compris comprise incluido incluida incluso inclusa
inbegrepen
extension ext durchwahl poste lokalnummer interno toestel
practice surgery salon kapsalon shop store bakery museum house business company studio praxis werkstatt laden haus
geschaft betrieb
bageriet
butikken forretningen magasin maison boutique tienda negozio winkel
am pm a.m p.m uhr kl klokken o clock noon midday
cost costs price prices priced pay paid pays charge amount come comes total open opens opened close closes opening
closing
hour hours time times o'clock clock start starts begin begins end ends run runs last lasts take takes taken get gets
have has
offer offers offered provide provides provided available possible please find located situated use used call phone
ring
reach contact write email mail e-mail address website site page pages number says state states stated according list
listed
include includes included make makes want need needs able also well just each every per day days week weeks month
months year
years minute minutes visitor visitors guest guests customer customers people person persons information question
answer
currently usually generally happy glad welcome sure certainly course short summary note know tell told happens place
kostet kosten kostenpunkt preis preise preisen zahlen zahlt zahlst bezahlt betragt betrug geoffnet offen offnet offnen
offnungszeiten schliesst schliessen uhr zeit zeiten beginn beginnt ende endet dauert bieten bietet angeboten
anbieten gibt
erhaltlich moglich bitte finden befindet liegt nutzen anrufen telefon telefonisch erreichen erreichbar schreiben
adresse
webseite seite nummer laut angaben angegeben tag tage woche wochen monat monate jahr jahre minute minuten stunde
stunden
person personen besucher gaste kunden information frage antwort gerne naturlich kurz hinweis haben hat konnen kann
sie ihnen
bekommen benotigen brauchen heisst lautet findet statt jeweils derzeit ublicherweise
koster kostede pris prisen priser betale betaler abent abner abne abningstid abningstider lukker lukke tid begynder
starter
slutter varer tilbyder tilbydes findes findes mulig muligt venligst finde ligger bruge ringe ring telefon kontakte
skriv skrive
adresse adressen nummer ifolge dag dage uge uger maned maneder ar minut minutter time timer person personer gaester
kunder
information sporgsmal svar gerne selvfolgelig kort har kan far foregar holdes afholdes
coute coutent cout prix tarif tarifs payer ouvert ouverte ouverts ouvre ouvrent ouverture ferme fermeture heure
heures temps
commence debute termine dure propose proposons disponible possible trouver trouve situe utiliser appeler telephone
contacter
ecrire adresse site numero selon jour jours semaine semaines mois an ans annee minute minutes personne personnes
visiteur
client clients information question reponse volontiers est sont lieu
cuesta cuestan precio precios pagar abierto abre abren cierra horario hora horas empieza termina dura ofrece
disponible
encuentra llamar telefono contactar escribir direccion numero segun dia dias semana mes ano persona personas
costa costano prezzo prezzi pagare aperto apre chiude orario ora ore inizia finisce dura offre disponibile trova
chiamare
telefono contattare scrivere indirizzo numero secondo giorno giorni settimana mese anno persona persone
kost kosten prijs prijzen betalen open opent sluit openingstijden tijd uur begint eindigt duurt biedt beschikbaar
vindt
bellen telefoon contact schrijven adres nummer volgens dag dagen week weken maand jaar persoon personen
kostar pris oppet oppnar stanger tid borjar slutar ringa telefon skriv adress nummer enligt dag dagar vecka manad ar
koster apent apner stenger tid begynner slutter ringe telefon skriv adresse nummer ifolge dag dager uke maned ar
"""
LIGHT_WORDS = frozenset(fold(word) for word in _LIGHT.split())
