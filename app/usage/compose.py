"""The two mails about a month's tokens, in the business's language: they come to their end, they are used up.

Each says what happens now and what the owner can do. No word of a visitor stands in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.mail.model import Composed


@dataclass(frozen=True, slots=True)
class Spending:
    """Of a business in this month, at the moment it is told."""

    slug: str
    name: str
    language: str
    month: date
    used: int
    cap: int
    percent: int  # from which on the economy model answers, and the owner is told
    economy_model: str | None


@dataclass(frozen=True, slots=True)
class _Words:
    near_subject: str
    near: str
    economy: str
    as_before: str
    then: str
    full_subject: str
    full: str
    raise_it: str
    change: str


WORDS = {
    "en": _Words(
        "{business}: {percent} % of this month's tokens are used",
        "The assistant on your site has used {used} of the {cap} tokens that you set for this month.",
        "From now on it answers with the less costly model that you chose ({model}).",
        "It goes on writing answers until the rest is used too.",
        "After that, visitors get quotes from your pages, word for word, until the 1st of next month. Nobody sees an"
        " error.",
        "{business}: this month's tokens are used up",
        "Of the {cap} tokens that you set for this month, {used} are used. What is left is too little for another"
        " written answer. Until the 1st of next month visitors get quotes from your pages, word for word. Nobody sees"
        " an error.",
        "To have written answers again at once, raise the limit:",
        "To change the limit or the models:",
    ),
    "de": _Words(
        "{business}: {percent} % der Token dieses Monats sind verbraucht",
        "Der Assistent auf Ihrer Website hat {used} der {cap} Token verbraucht, die Sie für diesen Monat festgelegt"
        " haben.",
        "Ab jetzt antwortet er mit dem günstigeren Modell, das Sie gewählt haben ({model}).",
        "Er schreibt weiter Antworten, bis auch der Rest verbraucht ist.",
        "Danach erhalten Besucher bis zum 1. des nächsten Monats wörtliche Zitate aus Ihren Seiten. Niemand sieht"
        " einen Fehler.",
        "{business}: die Token dieses Monats sind verbraucht",
        "Von den {cap} Token, die Sie für diesen Monat festgelegt haben, sind {used} verbraucht. Der Rest reicht für"
        " keine geschriebene Antwort mehr. Bis zum 1. des nächsten Monats erhalten Besucher wörtliche Zitate aus"
        " Ihren Seiten. Niemand sieht einen Fehler.",
        "Damit sofort wieder Antworten geschrieben werden, erhöhen Sie die Grenze:",
        "Grenze oder Modelle ändern:",
    ),
    "fr": _Words(
        "{business} : {percent} % des jetons du mois sont utilisés",
        "L'assistant de votre site a utilisé {used} des {cap} jetons que vous avez fixés pour ce mois.",
        "À partir de maintenant, il répond avec le modèle moins coûteux que vous avez choisi ({model}).",
        "Il continue à rédiger des réponses jusqu'à ce que le reste soit utilisé.",
        "Ensuite, jusqu'au 1er du mois prochain, les visiteurs reçoivent des citations exactes de vos pages. Personne"
        " ne voit d'erreur.",
        "{business} : les jetons du mois sont épuisés",
        "Sur les {cap} jetons que vous avez fixés pour ce mois, {used} sont utilisés. Le reste ne suffit plus pour une"
        " réponse rédigée. Jusqu'au 1er du mois prochain, les visiteurs reçoivent des citations exactes de vos pages."
        " Personne ne voit d'erreur.",
        "Pour avoir tout de suite de nouveau des réponses rédigées, augmentez la limite :",
        "Pour changer la limite ou les modèles :",
    ),
    "da": _Words(
        "{business}: {percent} % af månedens tokens er brugt",
        "Assistenten på dit website har brugt {used} af de {cap} tokens, du har sat af til denne måned.",
        "Fra nu af svarer den med den billigere model, du har valgt ({model}).",
        "Den skriver svar, indtil resten også er brugt.",
        "Derefter får besøgende ordrette citater fra dine sider frem til den 1. i næste måned. Ingen ser en fejl.",
        "{business}: månedens tokens er brugt",
        "Af de {cap} tokens, du har sat af til denne måned, er {used} brugt. Resten rækker ikke til endnu et skrevet"
        " svar. Frem til den 1. i næste måned får besøgende ordrette citater fra dine sider. Ingen ser en fejl.",
        "Hæv grænsen for at få skrevne svar igen med det samme:",
        "Skift grænse eller modeller:",
    ),
    "es": _Words(
        "{business}: se ha usado el {percent} % de los tokens de este mes",
        "El asistente de su sitio ha usado {used} de los {cap} tokens que usted fijó para este mes.",
        "Desde ahora responde con el modelo más económico que usted eligió ({model}).",
        "Sigue escribiendo respuestas hasta que se use también el resto.",
        "Después, hasta el día 1 del próximo mes, los visitantes reciben citas literales de sus páginas. Nadie ve un"
        " error.",
        "{business}: los tokens de este mes se han agotado",
        "De los {cap} tokens que usted fijó para este mes se han usado {used}. Lo que queda no alcanza para otra"
        " respuesta escrita. Hasta el día 1 del próximo mes, los visitantes reciben citas literales de sus páginas."
        " Nadie ve un error.",
        "Para volver a tener respuestas escritas ahora mismo, suba el límite:",
        "Para cambiar el límite o los modelos:",
    ),
    "it": _Words(
        "{business}: usato il {percent} % dei token di questo mese",
        "L'assistente del Suo sito ha usato {used} dei {cap} token che ha fissato per questo mese.",
        "Da ora risponde con il modello meno costoso che ha scelto ({model}).",
        "Continua a scrivere risposte finché non è usato anche il resto.",
        "Dopo, fino al 1° del prossimo mese, i visitatori ricevono citazioni testuali delle Sue pagine. Nessuno vede"
        " un errore.",
        "{business}: i token di questo mese sono finiti",
        "Dei {cap} token che ha fissato per questo mese ne sono stati usati {used}. Il resto non basta per un'altra"
        " risposta scritta. Fino al 1° del prossimo mese i visitatori ricevono citazioni testuali delle Sue pagine."
        " Nessuno vede un errore.",
        "Per avere di nuovo subito risposte scritte, alzi il limite:",
        "Per cambiare il limite o i modelli:",
    ),
    "nl": _Words(
        "{business}: {percent} % van de tokens van deze maand is gebruikt",
        "De assistent op uw site heeft {used} van de {cap} tokens gebruikt die u voor deze maand hebt ingesteld.",
        "Vanaf nu antwoordt hij met het voordeligere model dat u hebt gekozen ({model}).",
        "Hij blijft antwoorden schrijven tot ook de rest is gebruikt.",
        "Daarna krijgen bezoekers tot de 1e van de volgende maand letterlijke citaten van uw pagina's. Niemand ziet een"
        " fout.",
        "{business}: de tokens van deze maand zijn op",
        "Van de {cap} tokens die u voor deze maand hebt ingesteld, zijn er {used} gebruikt. De rest is te weinig voor"
        " nog een geschreven antwoord. Tot de 1e van de volgende maand krijgen bezoekers letterlijke citaten van uw"
        " pagina's. Niemand ziet een fout.",
        "Verhoog de grens om meteen weer geschreven antwoorden te krijgen:",
        "De grens of de modellen wijzigen:",
    ),
}
GROUPING = {"en": ",", "fr": "\u00a0"}


def compose_near_mail(spending: Spending, link: str) -> Composed:
    words = WORDS.get(spending.language, WORDS["en"])
    named = _named(spending)
    goes_on = words.economy if spending.economy_model else words.as_before
    text = "\n\n".join([f"{words.near} {goes_on}", words.then, f"{words.change} {link}"])
    return Composed(words.near_subject.format(**named), text.format(**named) + "\n")


def compose_full_mail(spending: Spending, link: str) -> Composed:
    words = WORDS.get(spending.language, WORDS["en"])
    named = _named(spending)
    text = f"{words.full}\n\n{words.raise_it} {link}\n"
    return Composed(words.full_subject.format(**named), text.format(**named))


def _named(spending: Spending) -> dict[str, str]:
    mark = GROUPING.get(spending.language, "." if spending.language in WORDS else ",")
    return {
        "business": spending.name,
        "percent": str(spending.percent),
        "used": f"{spending.used:,}".replace(",", mark),
        "cap": f"{spending.cap:,}".replace(",", mark),
        "model": (spending.economy_model or "").partition(":")[2],
    }
