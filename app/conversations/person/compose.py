"""The mail that tells the business of a visitor who asks for a person, in the business's language.

It carries no word of the visitor's: those stay in the conversation, behind the sign-in.
"""

from __future__ import annotations

from app.mail.model import Composed

WORDS = {
    "en": (
        "A visitor of {business} asks for a person",
        "Somebody in the chat on your site would like to talk to a person. Open the conversation and take it over:",
        "The visitor was offered to leave contact details, and can go on asking the assistant meanwhile.",
    ),
    "de": (
        "Jemand auf der Website von {business} möchte mit einem Menschen sprechen",
        "Im Chat auf Ihrer Website möchte jemand mit einem Menschen sprechen. Öffnen Sie das Gespräch und übernehmen"
        " Sie es:",
        "Die Person kann Kontaktdaten hinterlassen und inzwischen weiter den Assistenten fragen.",
    ),
    "fr": (
        "Une personne sur le site de {business} souhaite parler à quelqu'un",
        "Quelqu'un, dans le chat de votre site, souhaite parler à une personne. Ouvrez la conversation et prenez-la en"
        " charge :",
        "Cette personne peut laisser ses coordonnées et, en attendant, continuer avec l'assistant.",
    ),
    "da": (
        "En besøgende hos {business} vil gerne tale med et menneske",
        "En i chatten på dit websted vil gerne tale med et menneske. Åbn samtalen og overtag den:",
        "Den besøgende kan efterlade kontaktoplysninger og imens blive ved med at spørge assistenten.",
    ),
    "es": (
        "Alguien en la web de {business} quiere hablar con una persona",
        "Alguien en el chat de su web quiere hablar con una persona. Abra la conversación y continúela usted:",
        "Esa persona puede dejar sus datos de contacto y, mientras tanto, seguir preguntando al asistente.",
    ),
    "it": (
        "Qualcuno sul sito di {business} chiede di parlare con una persona",
        "Nella chat del suo sito qualcuno vorrebbe parlare con una persona. Apra la conversazione e la prenda in"
        " carico:",
        "Nel frattempo può lasciare i suoi contatti e continuare a chiedere all'assistente.",
    ),
    "nl": (
        "Een bezoeker van {business} wil graag een mens spreken",
        "Iemand in de chat op uw site wil graag met een mens praten. Open het gesprek en neem het over:",
        "De bezoeker kan contactgegevens achterlaten en intussen de assistent blijven vragen.",
    ),
}


def compose_person_mail(business: str, language: str, link: str) -> Composed:
    subject, what, meanwhile = WORDS.get(language, WORDS["en"])
    return Composed(subject.format(business=business), f"{what}\n\n{link}\n\n{meanwhile}\n")
