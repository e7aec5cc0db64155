"""Words that turn a sentence round, in the widget's languages, folded. Read by verify/polarity.py.

Negators and words that are a negation in themselves (closed, forbidden); words that leave a part out (except, only);
and sets of poles of which one excludes the others (before and after, adults and children).
"""

from __future__ import annotations

from retrieval.analyse import fold

NEGATORS = {
    "en": "not no never none nothing nobody nor neither cannot cant dont doesnt isnt arent wont hardly nowhere",
    "de": "nicht kein keine keinen keinem keiner keines nie niemals nichts niemand weder nirgends",
    "da": "ikke ingen intet aldrig ej hverken ingenting",
    "fr": "pas aucun aucune jamais rien personne ni nul nulle",
    "es": "no ningún ninguna ninguno nunca jamás nada tampoco ni",
    "it": "non nessun nessuna nessuno mai niente né neanche",
    "nl": "niet geen nooit niets niemand noch",
    "pt": "não nenhum nenhuma nunca nada nem",
    "sv": "inte ingen inget inga aldrig ej inte",
    "no": "ikke ingen intet aldri verken ingenting",
    "pl": "nie żaden żadna żadnych nigdy nic ani",
}
WITHOUT = "without ohne uden sans sin senza zonder sem utan uten bez"
WITH = "with mit med avec con met com"
# A negation in one word; "not closed" is open again.
NEGATIVE = """
closed shut forbidden prohibited banned excluded unavailable impossible unheated unsupervised unable cancelled
refused lacks missing disallowed unfortunately
geschlossen ruhetag verboten untersagt ausgeschlossen ausgebucht unmöglich unbeheizt fehlt geschlossene
lukket forbudt udelukket umuligt
fermé fermée fermés fermées interdit interdite interdits interdites impossible exclu
cerrado cerrada cerrados prohibido prohibida imposible
chiuso chiusa chiusi vietato vietata impossibile
gesloten verboden onmogelijk
fechado fechada proibido
stängt förbjudet stengt forbudt zamknięte zamknięty zabronione
"""
# "gluten-free", "stufenlos", "alkoholfrei": without what stands before.
NEGATIVE_ENDS = ("-free", "los", "lose", "losen", "frei", "freie", "fri", "frit", "frie")
POSITIVE_WHOLE = "free frei fri frit frie kostenlos kostenfrei barrierefrei freitag"
NEUTRAL = (
    r"(?:can|may|to|could) be cancelled|no(?:t)? (?:later|earlier|more|less|fewer) than|not only|no problem"
    r"|no matter|no\. ?\d|nicht (?:nur"
    r"|später als|mehr als|länger als)"
    r"|kein problem|ikke (?:kun|senere end|mere end)|pas (?:seulement|plus tard)|pas de problème|no solo|non"
    r" solo|niet alleen"
    r"|if not|wenn nicht|whether or not|ferme à"
)
RESTRICTORS = (
    r"but (?:not|no)\b|\bexcept\b|\bexcluding\b|\bonly\b|\bunless\b|\bapart from\b|\bother than\b|aber (?:nicht"
    r"|kein\w*)\b"
    r"|\bjedoch (?:nicht|kein\w*)\b|\baußer(?! haus)\b|\bausgenommen\b|\bnur\b|\bausschließlich\b|\bandere \w+"
    r" bitte nicht\b"
    r"|men (?:ikke|ingen|intet)\b|\bundtagen\b|\bkun\b|\bbortset fra\b|mais (?:pas|aucun\w*)\b|\bsauf\b"
    r"|\bhors\b|\bseulement\b"
    r"|\buniquement\b|\bpero no\b|\bexcepto\b|\bsalvo\b|\bs[oó]lo\b|\bsolamente\b|\bma non\b|\beccetto\b"
    r"|\btranne\b|\bsoltanto\b"
    r"|maar (?:niet|geen)\b|\balleen\b|\bbehalve\b|\bslechts\b|\bmen inte\b|\bendast\b|\butom\b|\bunntatt\b|\bbare\b"
)
NOT_RESTRICTING = (
    r"not only|nicht nur|ikke kun|pas seulement|no s[oó]lo|non solo|niet alleen|only (?:a"
    r" )?(?:few|\d+ minutes)|nur wenige"
)
FREE = """
free gratis kostenlos kostenfrei gratuit gratuite gratuits gratuites gratuito gratuita gratuitement umsonst frei fri
  frit
bezpłatne kostenlose kostenloser kostenloses freier freien gratuiti
"""
PAID = (
    "charge charged charges fee fees surcharge supplement kostenpflichtig gebühr gebühren aufpreis payant"
    " payante supplément gebyr"
)
# Each row: one pole and its words. Poles of one set exclude one another.
_POLES = {
    "order": {
        "before": "before vor vorher inden forinden avant antes prima voor przed",
        "after": "after afterwards nach danach efter après después dopo etter",
    },
    "more": {
        "under": "under unter below less fewer younger jünger yngre moins menos meno minder mindre weniger färre unge",
        "over": "over above more older älter ældre über mehr mere plus más più meer mer",
    },
    "least": {
        "least": "least minimum mindestens mindst minst minstens minimal moins almeno mínimo minimo",
        "most": "most maximum maximal höchstens højst maksimalt maximaal máximo massimo",
    },
    "latest": {
        "early": "earliest frühestens tidligst earlier früher tidligere",
        "late": "latest spätestens senest senast tard later später senere",
    },
    "rank": {
        "first": "first erste ersten erster erstes første premier première primer primera primo prima eerste första",
        "last": "last letzte letzten letzter letztes sidste dernier dernière último última ultimo ultima"
        " laatste sista siste",
        "second": "zweite zweiten zweiter zweites anden deuxième segundo secondo tweede andra",
        "third": "third dritte dritten dritter tredje troisième tercero terzo derde",
    },
    "place": {
        "inside": "inside indoors indoor drinnen innen indenfor inde indendørs intérieur dentro interno binnen inomhus",
        "outside": "outside outdoors outdoor draußen außen udenfor ude udendørs extérieur dehors fuera fuori"
        " buiten utomhus",
    },
    "floor": {
        "up": "upstairs oben ovenpå étage arriba boven",
        "down": "downstairs unten nedenunder rez-de-chaussée abajo beneden erdgeschoss stueetagen",
    },
    "side": {"left": "left venstre gauche izquierda sinistra", "right": "right rechts højre droite derecha destra"},
    "behind": {
        "behind": "behind hinter derrière detrás dietro achter bakom",
        "front": "front vor foran devant delante davanti framför opposite gegenüber",
    },
    "day": {
        "morning": "morning mornings vormittag vormittags morgens formiddag formiddagen matin ochtend förmiddag",
        "noon": "afternoon afternoons nachmittag nachmittags eftermiddag eftermiddagen après-midi middag tarde"
        " pomeriggio",
        "evening": "evening evenings abend abends aften aftenen soir avond kväll kveld sera",
        "night": "night nights nacht nachts nat natten nuit noche notte",
    },
    "season": {
        "summer": "summer sommer été verano estate zomer sommar",
        "winter": "winter hiver invierno inverno vinter",
        "spring": "spring frühling frühjahr forår printemps primavera lente vår",
        "autumn": "autumn herbst efterår automne otoño autunno herfst höst",
    },
    "tide": {
        "high": "high haute hochsaison højsæson alta hoogseizoen peak",
        "low": "low basse nebensaison lavsæson baja bassa laagseizoen off-peak",
    },
    "who": {
        "adult": "adult adults erwachsene erwachsener erwachsenen voksen voksne adulte adultes adulto adultos adulti"
        " volwassene volwassenen vuxen vuxna",
        "child": "child children kid kids kind kinder kindern barn børn børnene enfant enfants niño niños"
        " bambino bambini"
        " kinderen barnen criança crianças",
        "student": "student students studierende studenten schüler studerende étudiant étudiants estudiante"
        " estudiantes"
        " studenti scholieren pupils",
        "senior": "senior seniors senioren rentner pensionist pensionister pensioner pensioners retraités"
        " jubilados anziani",
        "family": "family families familie familien familier familles famille familia famiglia gezin",
        "member": "member members mitglied mitglieder mitgliedern medlem medlemmer membre membres socio socios"
        " soci leden",
        "group": "group groups gruppe gruppen grupper groupe groupes grupo grupos gruppi groepen",
        "teen": "teenager teenagers jugendliche unge youth adolescents",
        "baby": "baby babies säugling spædbørn bébé",
    },
    "sex": {
        "women": "women woman ladies damen frauen dame damer kvinder femmes mujeres donne dames",
        "men": "gentlemen herren männer herre herrer mænd hommes hombres uomini heren",
    },
    "part": {
        "half": "half halber halben halbe halbes hälfte halv halvt halve halvdelen demi demi-journée moitié media mitad"
        " mezza metà helft hälften",
        "whole": "whole full ganzer ganzen ganze ganzes voll volle voller vollen volles hel helt hele fuld"
        " fulde entière"
        " entier complet plein entera completo intero pieno volledig hela",
    },
    "size": {
        "small": "small smaller kleine kleiner kleinen kleines klein lille små petit petite petits pequeño"
        " piccolo liten",
        "large": "large larger big große großer großen großes groß stor grand grande grands grandes groot grote",
    },
    "kind": {
        "single": "single einzelzimmer einzel enkeltværelse enkelt simple individual singola",
        "double": "double doppelzimmer doppel dobbeltværelse dobbelt doble doppia",
    },
    "turn": {
        "monthly": "monthly monatlich månedlig månedligt mensuel mensuelle mensual mensile maandelijks",
        "yearly": "annual annually yearly jährlich årlig årligt annuel annuelle anual annuale jaarlijks",
        "weekly": "weekly wöchentlich ugentlig ugentligt hebdomadaire semanal settimanale wekelijks",
    },
    "stay": {
        "arrival": "arrival arrive check-in checkin anreise ankunft ankomst arrivée arriver llegada arrivo aankomst",
        "departure": "departure leave check-out checkout abreise afrejse départ partir salida partenza vertrek",
    },
}


# What such poles limit is the figure beside them.
RELATIVE = frozenset({"order", "more", "least", "latest"})


def _folded(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


NEGATING = {code: _folded(words) for code, words in NEGATORS.items()}
WITHOUT_WORDS = _folded(WITHOUT)
NEGATIVE_WORDS = _folded(NEGATIVE)
POSITIVE_WORDS = _folded(POSITIVE_WHOLE)
FREE_WORDS = _folded(FREE)
PAID_WORDS = _folded(PAID)


def _poles() -> dict[str, tuple[tuple[str, str], ...]]:
    table: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, poles in _POLES.items():
        for pole, words in poles.items():
            for word in _folded(words):
                table[word] = (*table.get(word, ()), (name, pole))
    return table


POLES = _poles()
