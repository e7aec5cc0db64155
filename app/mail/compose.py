"""What the mails say. In: plain values; out: subject and text in the business's language.

A visitor's words are data: they stand indented under a heading, never in the subject but for the name,
and the mail is plain text, so that nothing in it can be clicked that we did not write.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.mail.model import Composed
from app.providers.mailer import is_address, one_line


@dataclass(frozen=True, slots=True)
class LeadWords:
    subject: str  # {who}, {business}
    nobody: str
    intro: str  # {business}
    name: str
    email: str
    phone: str
    message: str
    answer: str
    read: str


@dataclass(frozen=True, slots=True)
class SignInWords:
    subject: str
    text: str  # {link}


LEAD = {
    "en": LeadWords(
        "{who} left a message for {business}",
        "A visitor",
        "Somebody left a message on the site of {business}.",
        "Name",
        "Mail",
        "Phone",
        "Message",
        "Answer this mail to write back.",
        "The conversation:",
    ),
    "da": LeadWords(
        "{who} har lagt en besked til {business}",
        "En besøgende",
        "Der er lagt en besked på {business}s hjemmeside.",
        "Navn",
        "Mail",
        "Telefon",
        "Besked",
        "Svar på denne mail for at skrive tilbage.",
        "Samtalen:",
    ),
    "de": LeadWords(
        "{who} hat {business} eine Nachricht hinterlassen",
        "Ein Besucher",
        "Auf der Seite von {business} wurde eine Nachricht hinterlassen.",
        "Name",
        "E-Mail",
        "Telefon",
        "Nachricht",
        "Antworten Sie auf diese Mail, um zurückzuschreiben.",
        "Das Gespräch:",
    ),
    "fr": LeadWords(
        "{who} a laissé un message pour {business}",
        "Un visiteur",
        "Un message a été laissé sur le site de {business}.",
        "Nom",
        "E-mail",
        "Téléphone",
        "Message",
        "Répondez à ce mail pour lui écrire.",
        "La conversation :",
    ),
    "es": LeadWords(
        "{who} ha dejado un mensaje para {business}",
        "Un visitante",
        "Alguien ha dejado un mensaje en el sitio de {business}.",
        "Nombre",
        "Correo",
        "Teléfono",
        "Mensaje",
        "Responda a este correo para contestar.",
        "La conversación:",
    ),
    "he": LeadWords(
        "{who} השאיר/ה הודעה עבור {business}",
        "מבקר/ת",
        "התקבלה הודעה באתר של {business}.",
        "שם",
        "דואר אלקטרוני",
        "טלפון",
        "הודעה",
        "השיבו למייל זה כדי לכתוב בחזרה.",
        "השיחה:",
    ),
}

SIGN_IN = {
    "en": SignInWords(
        "Your link to sign in to Milo",
        "Open this link to sign in. It works once and for ten minutes:\n\n{link}\n\n"
        "If you did not ask for it, do nothing: without the link nobody gets in.\n",
    ),
    "da": SignInWords(
        "Dit link til at logge ind på Milo",
        "Åbn dette link for at logge ind. Det virker én gang og i ti minutter:\n\n{link}\n\n"
        "Har du ikke bedt om det, skal du ikke gøre noget: uden linket kommer ingen ind.\n",
    ),
    "de": SignInWords(
        "Ihr Link zur Anmeldung bei Milo",
        "Öffnen Sie diesen Link, um sich anzumelden. Er gilt einmal und zehn Minuten lang:\n\n{link}\n\n"
        "Haben Sie ihn nicht angefordert, müssen Sie nichts tun: Ohne den Link kommt niemand hinein.\n",
    ),
    "fr": SignInWords(
        "Votre lien de connexion à Milo",
        "Ouvrez ce lien pour vous connecter. Il sert une seule fois, pendant dix minutes :\n\n{link}\n\n"
        "Si vous ne l'avez pas demandé, ne faites rien : sans le lien, personne n'entre.\n",
    ),
    "es": SignInWords(
        "Su enlace para entrar en Milo",
        "Abra este enlace para entrar. Sirve una vez y durante diez minutos:\n\n{link}\n\n"
        "Si no lo ha pedido, no haga nada: sin el enlace no entra nadie.\n",
    ),
    "he": SignInWords(
        "הקישור שלך לכניסה ל-Milo",
        "פתחו את הקישור כדי להיכנס. הוא פועל פעם אחת ולמשך עשר דקות:\n\n{link}\n\n"
        "אם לא ביקשתם אותו, אין צורך לעשות דבר: בלי הקישור אף אחד לא נכנס.\n",
    ),
}


@dataclass(frozen=True, slots=True)
class LeadDetails:
    """What the visitor typed, unchecked. `link`: the conversation in the dashboard, None without one."""

    business_name: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    message: str | None = None
    link: str | None = None


def lead_mail(lead: LeadDetails, language: str) -> Composed:
    """English where the language is not known here."""
    words = LEAD.get(language, LEAD["en"])
    business = one_line(lead.business_name, 80)
    who = one_line(lead.name or "", 60) or words.nobody
    # Not str.format on what people typed: a name like "{business}" must stay a name.
    subject = _fill(words.subject, {"who": who, "business": business})
    lines = [_fill(words.intro, {"business": business}), ""]
    for label, value in ((words.name, lead.name), (words.email, lead.email), (words.phone, lead.phone)):
        if value and (short := one_line(value, 254)):
            lines.append(f"{label}: {short}")
    if lead.message and lead.message.strip():
        lines += ["", f"{words.message}:", ""]
        lines += [f"    {one_line(line, 2000)}" for line in lead.message.strip().splitlines()]
    reply_to = lead.email.strip() if lead.email and is_address(lead.email.strip()) else None
    if reply_to:
        lines += ["", words.answer]
    if lead.link:
        lines += ["", words.read, lead.link]
    return Composed(subject, "\n".join(lines).rstrip() + "\n", reply_to)


def sign_in_mail(link: str, language: str = "en") -> Composed:
    words = SIGN_IN.get(language, SIGN_IN["en"])
    return Composed(words.subject, words.text.replace("{link}", link))


def _fill(text: str, values: dict[str, str]) -> str:
    """Each placeholder once, in one pass: a value that looks like a placeholder is left alone."""
    parts: list[str] = []
    rest = text
    while rest:
        found = min(((rest.find("{" + name + "}"), name) for name in values if "{" + name + "}" in rest), default=None)
        if found is None:
            break
        at, name = found
        parts += [rest[:at], values[name]]
        rest = rest[at + len(name) + 2 :]
    return "".join([*parts, rest])
