"""What a visitor typed, without who typed it: names, numbers, addresses and dates of birth become words in brackets.

For copies that outlive the transcript (questions nobody could answer, golden questions). By rules, so it is cautious
where a rule is sure (any long number goes, whatever it numbers) and silent where only a reader could tell. What a
question needs stays: times, prices, days to come, amounts of up to four digits. In the widget's languages.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

NAME, NUMBER, PHONE, MAIL, ADDRESS, DATE, LINK = (
    f"[{word}]" for word in ("name", "number", "phone", "mail", "address", "date", "link")
)
_CAPITAL = r"(?:[^\W\d_a-zß-öø-ÿ][\w’'-]*\.?)"
_NAMES = rf"{_CAPITAL}(?:\s+(?:(?:van|von|der|den|ten|ter|de|la|du|da|di|af|bin|al|el)\s+)*{_CAPITAL}){{0,3}}"
_INTRODUCED = re.compile(
    r"(?P<before>\b(?:my (?:full )?name(?:['’]s| is)|name is|ich hei(?:ß|ss)e|mein name ist|(?:jeg|eg) he(?:dd|t)er"
    r"|mit navn er|mitt navn er|navnet er|jag heter|mitt namn är|je m['’]appelle|mon nom est|me llamo|mi nombre es"
    r"|mi chiamo|il mio nome è|ik heet|mijn naam is|chamo-me|(?:o )?meu nome é|nazywam się|mam na imię)\s*:?\s+"
    r"|\b(?:name|navn|nom|nombre|nome|naam|namn)\s*:\s*)"
    r"(?P<name>(?:[^\W\d_]\.\s*)*[^\W\d_][\w’'-]*(?:\s+(?!(?:and|und|og|och|et|y|e|en|i|but|aber|men|mais|pero|ma|maar|kan|can"
    r"|could|har"
    r"|have|ich|jeg|je|from|aus|fra|de la|I)\b)[^\W\d_][\w’'-]*){0,2})",
    re.IGNORECASE,
)
# "I am Anna", but not "I am vegan": only what is written as a name.
_I_AM = re.compile(
    rf"(?P<before>\b(?:[Ii] am|[Ii]['’]m|[Cc]all me|[Tt]his is|[Jj]eg er|[Jj]e suis|[Ii]k ben|[Jj]ag är"
    rf"|[Ss]oy)\s+)(?P<name>{_NAMES})"
)
_ICH_BIN = re.compile(rf"(?P<before>\b[Ii]ch bin\s+(?:die\s+|der\s+)?)(?P<name>{_CAPITAL}\s+{_CAPITAL})")
_GREETED = re.compile(
    r"(?P<before>^\s*(?:(?i:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen"
    r"|abend)|liebe[r]?"
    r"|sehr geehrte[r]?|moin|hej|kære|goddag|god dag|bonjour|bonsoir|cher|chère|salut|hola|buenos días|ciao"
    r"|buongiorno"
    rf"|gentile|beste|geachte|kjære|hei|olá|cześć|dzień dobry))\s+)(?P<name>(?:(?:Mr|Mrs|Ms|Dr|Herr|Frau|Hr|Fru"
    rf"|M|Mme|Madame|Monsieur|Señora?|Signora?)\.?\s+)*{_NAMES})(?=\s*[,!.–-]|\s*\n)",
    re.MULTILINE,
)
_SIGNED = re.compile(
    r"(?P<before>(?:^|[\n,.!?])\s*(?i:(?:best|kind|warm) regards|regards|best wishes|sincerely|yours|cheers"
    r"|thanks|thank you|mit freundlichen gr(?:ü|ue)(?:ß|ss)en|freundliche gr(?:ü|ue)(?:ß|ss)e|(?:liebe|viele"
    r"|beste) gr(?:ü|ue)(?:ß|ss)e|gru(?:ß|ss)"
    r"|mfg|lg|vg|(?:med )?venlig hilsen|(?:de )?bedste hilsner|hilsen|mvh|vh|kh|cordialement|bien à vous|merci"
    r"|saludos|un saludo|cordiali saluti|grazie|met vriendelijke groet(?:en)?|groet(?:jes|en)?|mvg|hälsningar"
    r"|pozdrawiam"
    rf")\s*[,!.]?\s+)(?P<name>{_NAMES})\s*$"
)
_DASHED = re.compile(rf"(?P<before>(?:\n|\s)[/–—-]\s*)(?P<name>{_CAPITAL}(?:\s{_CAPITAL})?)\s*$")

_MAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+")
_SPOKEN_MAIL = re.compile(
    r"\b[\w.+-]+\s+(?:at|\(at\)|\[at\]|arroba|chiocciola|snabel-?a)\s+[\w-]+\s+(?:dot|punkt|punktum|point|punto|punt|ponto)"
    r"\s+[a-z]{2,6}\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w.])@\w[\w.]{2,}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b")
# Numbers of people with letters in them: Italian, Spanish, German health insurance, British national insurance.
_CODED = re.compile(
    r"\b(?:[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]|[XYZ]?\d{7,8}[A-Z]|[A-Z]\d{9}"
    r"|[A-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D])\b"
)
_STREET = re.compile(
    rf"(?:(?-i:{_CAPITAL})\s+){{0,2}}\b[^\W\d_]*(?:stra(?:ß|ss)e|str\.|weg|gasse|allee|platz|ufer|vej|gade|allé|plads"
    rf"|vænge|gatan|vägen|straat|laan|plein|gata|veien|street|road|avenue|lane|drive|close"
    rf"|crescent)\s+\d{{1,4}}\s?[a-zA-Z]?\b"
    r"(?:,?\s+\d{4,5}\s+[^\W\d_]+)?"
    r"|\b\d{1,4}\s?(?:bis|ter)?,?\s+(?i:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai"
    r"|route)\s+(?:(?:de|du|des|la|le|l')\s*)*[^\W\d_][\w’'-]*"
    r"|\b(?i:calle|avenida|plaza|via|viale|piazza|corso|rua|ul\.)\s+(?:[^\W\d_][\w’'-]*\s+){0,3}?\d{1,4}\b"
    r"|\b\d{1,4}[a-z]?\s+(?:[A-Z][\w’'-]*\s+){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Close|Way|Court"
    r"|Crescent)\b\.?",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_FULL_DATE = re.compile(
    r"\b(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?P<year>(?:19|20)\d{2})|(?P<first>(?:19|20)\d{2})-\d{2}-\d{2}"
    r"|\d{1,2}(?:st|nd|rd|th)?\.?\s+[^\W\d_]{3,10}\.?,?\s+(?P<spoken>(?:19|20)\d{2}))\b"
)
_BORN = re.compile(
    r"(?P<before>\b(?:born(?: on)?|date of birth|dob|d\.o\.b\.|geboren(?: am)?|geburtsdatum|geb\.|født(?: den)?"
    r"|fødselsdato|née?(?: le)?"
    r"|date de naissance|nacid[oa](?: el)?|nat[oa](?: il)?|geboortedatum|född"
    r"|urodzon[ya])\s*:?\s*)(?P<name>[\d][\d\s./-]{3,12}\d)",
    re.IGNORECASE,
)
# Five digits and more in one go, however they are set apart; not times, prices or spans ("9.00-17.00", "1.000,50 €").
_DIGITS = re.compile(
    r"(?<![\w.,€$£])[+(]?\d(?:[\d()/-]|[ .](?=\d)){3,}\d(?![\w]|\s?(?:€|\$|£|kr|euro|eur|dkk|usd|gbp|chf)\b|[€$£%])"
)
_PHONE = re.compile(r"(?<!\w)(?:\+|00)\s?\d[\d\s()./-]{6,}\d|\(?\b0\d{1,5}\)?[\s/-]?\d[\d\s-]{4,}\d\b")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
_TIMES = re.compile(r"^[\s(]*\d{1,2}[.:]\d{2}\s?-\s?\d{1,2}[.:]\d{2}$|^\d{1,2}[./-]\d{1,2}[./-]?(?:\d{2}"
    r"|20\d{2})?$|^\d{4}[-/]\d{2,4}$"
                    r"|^\d{1,2}-\d{1,2}$|^(?:19|20)\d{2}$|^20\d{2}-\d{2}-\d{2}$")  # fmt: skip


def mask(text: str, today: date) -> str:
    """`today` tells a date of birth from a day one may ask about. The same text gives the same words again."""
    # A telephone's keyboard sets figures apart with spaces and dashes of its own, and "＠" is an "@".
    masked = _MAIL.sub(MAIL, unicodedata.normalize("NFKC", text.translate(_DASHES)))
    masked = _SPOKEN_MAIL.sub(MAIL, masked)
    masked = _HANDLE.sub(NAME, masked)
    masked = _LINK.sub(LINK, masked)
    masked = _IBAN.sub(NUMBER, masked)
    masked = _CODED.sub(NUMBER, masked)
    masked = _BORN.sub(lambda found: found["before"] + DATE, masked)
    masked = _FULL_DATE.sub(lambda found: DATE if _long_ago(found, today) else found.group(), masked)
    masked = _STREET.sub(ADDRESS, masked)
    masked = _POSTCODE.sub(ADDRESS, masked)
    masked = _PHONE.sub(PHONE, masked)
    masked = _DIGITS.sub(_numbered, masked)
    for named in (_INTRODUCED, _I_AM, _ICH_BIN, _GREETED, _SIGNED, _DASHED):
        masked = named.sub(lambda found: found["before"] + NAME, masked)
    return masked


def _long_ago(found: re.Match[str], today: date) -> bool:
    return int(found["year"] or found["first"] or found["spoken"]) < today.year - 1


def _numbered(found: re.Match[str]) -> str:
    number = found.group()
    few = sum(letter.isdigit() for letter in number) < 5
    return number if few or _TIMES.match(number) else NUMBER
