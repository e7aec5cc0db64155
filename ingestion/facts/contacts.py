"""A page's lines in, its phone numbers and mail addresses out. Called by recognise.py.

A number is believed when it is written with its country, stands beside a word for telephone, or is written as numbers
are in the business's country and beside no word for another kind of number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

from ingestion.facts.drafts import Draft
from ingestion.facts.model import FactKind, Place
from ingestion.facts.scene import About, Heading, Line, Page, Scene, join_subject
from ingestion.model import BlockKind

# Bounded repeats: no start costs more than one number's length.
_NUMBER = re.compile(r"(?<![\w@./,:\-])(?:\+|00)?\(?\d(?:[ \u00a0\u202f()/.\-–]{0,3}\d){5,15}(?![\w@%€$£])")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_LOCAL = re.compile(r"[\w.+%-]{1,64}$")
_AT = re.compile(r"@|\s?[(\[{]\s?(?:at|ät|æt|snabel-?a|arroba|a)\s?[)\]}]\s?", re.I)
_SPELLED_DOT = re.compile(r"\s?[(\[{]\s?(?:dot|punkt|point|punto|\.)\s?[)\]}]\s?", re.I)

_PHONE = re.compile(
    r"\b(?:tel|tél|tlf|tfn|telf|phone|telephone|telefon|telefono|teléfono|téléphone|telefone|telefoon|fon|call|hotline|"
    r"ring|ruf|appelez|dzwoń|whatsapp|sms|mobil\w*|mobile|handy|cell|portable|móvil|cellulare|komórka|gsm|"
    r"notruf|notdienst|vagttelefon|rufnummer|telefonnummer|telefonisch)\b|[☎✆📞🕿]",
    re.I,
)
_FAX = re.compile(r"\b(?:tele)?fax(?:nummer|nr|number)?\b|\btélécopie\b|📠", re.I)
_GENERIC = re.compile(
    r"^(?:tel|tél|tlf|tfn|telf|phone|telephone|telefon|telefono|teléfono|téléphone|telefone|telefoon|fon|call|call us|"
    r"ring|ring til os|e-?mail|email|mail|t|p|m|e|f|kontakt|contact|telefonnummer|phone number|rufnummer|telefonnr|"
    r"tel nr|e-?post|courriel|correo|correo electrónico|e-?mail address|e-?mail-adresse|mailadresse|"
    r"oder|or|und|and|og|et|eller|ou|o|y|e|of|en|i|lub|"
    r"☎|✆|📞|📧|✉|unter|uhr unter|uhr|at|on|us|telefonisch|por teléfono)?$",
    re.I,
)
# "Write to", "Skriv til os på": what to do with the address, and no name of whose it is.
_TURNS_TO = re.compile(
    r"^(?:please |bitte |venligst )?(?:write|e-?mail|mail|contact|reach|send|schreib\w*|sende\w*|skriv\w*|écri\w*"
    r"|contactez|escr[ií]b\w*|scriv\w*|stuur|schrijf|escrev\w*|napisz\w*)\b.{0,25}\b"
    r"(?:to|at|on|an|til|på|à|a|naar|aan|para|do|unter)$",
    re.I,
)
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:iban|bic|swift|ust|vat|tva|iva|mva|moms|hrb|hra|vr|cvr|se-nr|kvk|btw|siret|siren|rcs|nif|cif|nip|regon|"
    r"krs|ein|konto\w*|kto|blz|account|sort code|steuer\w*|tax|registr\w*|register\w*|org|isbn|issn|ean|gln|eori|"
    r"artikel\w*|order|bestell\w*|licen[cs]e|lizenz\w*|company|number|id|bank\w*|giro|postfach|zertifikat\w*|doi)"
    r"[^\d]{0,25}|\b(?:nr|no)\.?:?\s*|#\s*)$",
    re.I,
)
# Where national numbers begin with 0, or are written (555) 123-4567.
_ZERO = frozenset({"DE", "AT", "CH", "FR", "GB", "IE", "NL", "BE", "SE", "IT", "FI", "AU", "NZ"})
_AMERICAN = re.compile(r"\(\d{3}\) ?\d{3}-\d{4}|\d{3}[-.]\d{3}[-.]\d{4}")
_DATE_LIKE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{4}\s?[-–/]\s?\d{2,4}")
_REGIONS = {"de": "DE", "da": "DK", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "sv": "SE", "no": "NO", "pt": "PT",
            "pl": "PL"}  # fmt: skip
_ENDINGS = re.compile(r"^https?://[^/:]*\.([a-z]{2})(?:[:/]|$)")
_COUNTRY_ENDINGS = {"uk": "GB", "us": "US"} | {
    ending: ending.upper() for ending in "de at ch dk fr es it nl be se no pt pl ie fi".split()
}
_LABEL_CHARACTERS = 60


def read_contacts(scene: Scene, page: Page) -> list[Draft]:
    """In the order in which they stand."""
    drafts: list[Draft] = []
    lead: Heading | None = None
    region = region_of(page, scene.place)
    for line in page.lines:
        found = [*_phones(page, line, lead, region), *_mails(line)]
        for start, end, kind, value in sorted(found):
            before = line.text[max(0, start - line.block.start - _LABEL_CHARACTERS) : start - line.block.start]
            subject = _subject(scene, page, line, lead, before)
            key = "e164" if kind is FactKind.PHONE else "address"
            drafts.append(Draft(kind, subject, {key: value}, start, end, line.block.page))
        if line.block.kind is BlockKind.HEADING:
            lead = None
        elif not found:
            lead = scene.lead(page, line) if line.text.rstrip().endswith(":") else None
    return drafts


def region_of(page: Page, place: Place) -> str | None:
    """The country by whose rules a number without its country is read."""
    if place.country:
        return place.country
    ending = _ENDINGS.match(page.version.url)
    if ending and ending[1] in _COUNTRY_ENDINGS:
        return _COUNTRY_ENDINGS[ending[1]]
    return _REGIONS.get(page.language)


def _subject(scene: Scene, page: Page, line: Line, lead: Heading | None, before: str) -> str:
    """'' for the business's own; "Fax" for what is none; else as it is called."""
    label = re.split(r"[|;•·]|\s{2,}|[\d@]\S*\s*[,/]?", before)[-1].strip(" :–-(),./")
    if _FAX.search(label) or (not label and lead is not None and _FAX.search(lead.text)):
        return "Fax"
    label = re.sub(r"\([^)]{0,20}$", "", label).strip(" :–-")
    words = label.split()
    if len(words) > 5:  # a sentence
        label = ""
    if _GENERIC.match(label.strip(" .:")) or _TURNS_TO.match(label):
        label = ""
    own_lead = lead if lead is not None and lead.about is About.OTHER and not label else None
    if own_lead is not None and any(map(str.isdigit, own_lead.text)):
        own_lead = None
    if own_lead is not None and (_GENERIC.match(own_lead.text.strip(" .:")) or _PHONE.fullmatch(own_lead.text)):
        own_lead = None
    subject, _ = scene.subject(page, line, own_lead, join_subject(label), said=True)
    nearest = subject or ""
    parts = [part for part in nearest.split(" · ") if not _GENERIC.match(part.strip(" .:"))]
    return join_subject(*parts)


def _phones(
    page: Page, line: Line, lead: Heading | None, region: str | None
) -> Iterator[tuple[int, int, FactKind, str]]:
    text, offset = line.text, line.block.start
    for match in _NUMBER.finditer(text):
        written = match[0]
        before = text[max(0, match.start() - _LABEL_CHARACTERS) : match.start()]
        abroad = written.startswith(("+", "00"))
        if _DATE_LIKE.fullmatch(written) or (_OTHER_NUMBER.search(before) and not abroad):
            continue
        told = bool(_PHONE.search(before) or _FAX.search(before))
        told = told or (lead is not None and bool(_PHONE.search(lead.text) or _FAX.search(lead.text)))
        told = told or (bool(line.path) and bool(_PHONE.search(page.lines[line.path[-1]].text)))
        if not abroad and not told and not _is_written_as_phone(written, region):
            continue
        number = _parse(written, region)
        if number is not None:
            yield offset + match.start(), offset + match.end(), FactKind.PHONE, number


def _is_written_as_phone(written: str, region: str | None) -> bool:
    if region in ("US", "CA"):
        return _AMERICAN.fullmatch(written) is not None
    parted = any(sign in written for sign in " /-()\u00a0")
    return region in _ZERO and parted and written.lstrip("(").startswith("0") and not written.startswith("00")


@lru_cache(maxsize=4096)
def _parse(written: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(written.replace("(0)", ""), region)
    except phonenumbers.NumberParseException:
        return None  # figures of another kind
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _mails(line: Line) -> Iterator[tuple[int, int, FactKind, str]]:
    text, offset = line.text, line.block.start
    for at in _AT.finditer(text):
        local = _LOCAL.search(text, max(0, at.start() - 64), at.start())
        spelled = at[0] != "@"
        rest = text[at.end() : at.end() + 255]
        shift = 0
        if spelled:
            plain = _SPELLED_DOT.sub(".", rest)
            domain = _DOMAIN.match(plain)
            if domain is not None:
                shift = _length_in(rest, domain.end())
        else:
            domain = _DOMAIN.match(rest)
            shift = domain.end() if domain else 0
        if local is None or domain is None:
            continue
        name = domain[0].rstrip(".-_")
        ending = name.rpartition(".")[2]
        if not ending.isalpha() or len(ending) < 2 or local[0].startswith(".") or local[0].endswith("."):
            continue
        end = at.end() + (shift if spelled else len(name))
        yield offset + local.start(), offset + end, FactKind.EMAIL, f"{local[0]}@{name}".lower()


def _length_in(rest: str, length: int) -> int:
    """How far `length` signs of the text with plain dots reach in the text as spelled."""
    at = told = 0
    while told < length and at < len(rest):
        dot = _SPELLED_DOT.match(rest, at)
        at = dot.end() if dot else at + 1
        told += 1
    return at
