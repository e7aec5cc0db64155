"""The mail that tells the business of a lead, in the business's language. Plain text: nothing in it can act."""

from __future__ import annotations

from app.leads.model import LeadFields
from app.leads.queries import BusinessOfLead
from app.mail.model import Composed

# subject, name, mail address, phone number, message, where to read on, how to answer
WORDS = {
    "en": (
        "{who} left a message for {business}",
        "Name",
        "Mail",
        "Phone",
        "Message",
        "The conversation and all leads",
        "Answer this mail to write to the visitor.",
    ),
    "de": (
        "{who} hat {business} eine Nachricht hinterlassen",
        "Name",
        "Mail",
        "Telefon",
        "Nachricht",
        "Das Gespräch und alle Anfragen",
        "Antworten Sie auf diese Mail, um zurückzuschreiben.",
    ),
    "fr": (
        "{who} a laissé un message à {business}",
        "Nom",
        "Mail",
        "Téléphone",
        "Message",
        "La conversation et toutes les demandes",
        "Répondez à ce mail pour écrire à la personne.",
    ),
    "da": (
        "{who} har lagt en besked til {business}",
        "Navn",
        "Mail",
        "Telefon",
        "Besked",
        "Samtalen og alle henvendelser",
        "Svar på denne mail for at skrive tilbage.",
    ),
    "es": (
        "{who} ha dejado un mensaje para {business}",
        "Nombre",
        "Correo",
        "Teléfono",
        "Mensaje",
        "La conversación y todos los contactos",
        "Responda a este correo para escribir a la persona.",
    ),
    "it": (
        "{who} ha lasciato un messaggio a {business}",
        "Nome",
        "Mail",
        "Telefono",
        "Messaggio",
        "La conversazione e tutti i contatti",
        "Risponda a questa mail per scrivere alla persona.",
    ),
    "nl": (
        "{who} heeft een bericht achtergelaten voor {business}",
        "Naam",
        "Mail",
        "Telefoon",
        "Bericht",
        "Het gesprek en alle aanvragen",
        "Beantwoord deze mail om terug te schrijven.",
    ),
}


def compose_lead_mail(business: BusinessOfLead, fields: LeadFields, public_url: str) -> Composed:
    subject, name, mail, phone, message, more, answer = WORDS.get(business.language, WORDS["en"])
    # Indented: a visitor's line cannot pass for one of ours.
    told = fields.message and "\n    ".join(["", *fields.message.splitlines()])
    rows = [(name, fields.name), (mail, fields.email), (phone, fields.phone), (message, told)]
    parts = ["\n".join(f"{label}: {value}" for label, value in rows if value)]
    if fields.email:
        parts.append(answer)
    parts.append(f"{more}: {public_url}/dashboard/{business.slug}/leads")
    who = fields.name or fields.email or fields.phone or ""
    return Composed(subject.format(who=who, business=business.name), "\n\n".join(parts) + "\n", reply_to=fields.email)
