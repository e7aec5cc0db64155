"""What a person wrote in a reply, without the mail it answers and without the signature. Text in, text out; pure.

What is quoted is told by its marks, and by being what was sent: programs that set no marks repeat it word for word.
Where the answer was written between the quoted lines, the number of the question above it is put before it.
"""

from __future__ import annotations

import re

_MARK = re.compile(r"^\s*(?:[>|]\s?)+")
_NUMBERED = re.compile(r"^\s*(\d{1,2})[.)]\s+\S")
_ATTRIBUTION = re.compile(
    r"^\s*(?:on\b.{6,}\bwrote|am\b.{6,}\bschrieb\b.*|(?:den|d\.|man|tir|ons|tor|fre|lør|søn)\b.{6,}\bskrev\b.*"
    r"|le\b.{6,}\ba écrit\s?"
    r"|el\b.{6,}\bescribió|il\b.{6,}\bha scritto|op\b.{6,}\bschreef\b.*|em\b.{6,}\bescreveu|(?:dn\."
    r"|w dniu)\b.{6,}\bnapisał.*"
    r"|.{3,}<[^<>@\s]+@[^<>\s]+>\s*(?:wrote|schrieb|skrev|a écrit|escribió|ha scritto|schreef)\s?)\s*:\s*$",
    re.IGNORECASE,
)
_DIVIDER = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|original(?:meddelelse|besked)"
    r"|oprindelig (?:meddelelse|besked)|message d'origine|mensaje original|messaggio originale"
    r"|oorspronkelijk bericht)"
    r"\s*-{2,}|_{10,})\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\s*\*?(?:from|von|fra|de|da|van|från|od)\s?:\*?\s+\S.*[@<].*$", re.IGNORECASE)
_DEVICE = re.compile(
    r"^\s*(?:sent from (?:my |outlook|mail|yahoo|proton)|get outlook|(?:von meinem .{2,30}|gesendet (?:von|mit)"
    r"|diese nachricht wurde von)"
    r"|sendt fra (?:min|outlook)|hentet fra outlook|envoyé de(?:puis)? mon|enviado desde mi"
    r"|inviato da(?:l mio)?|verzonden (?:vanaf|met)"
    r"|skickat från|obtenir outlook|outlook für|enviado do meu).{0,60}$",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"^\s*(?:(?:(?:kind|best|warm|many) )?(?:regards|wishes)|best|all the best|cheers|thanks(?: again)?"
    r"|thank you|many thanks|sincerely"
    r"|yours(?: sincerely)?|mit freundlichen grüßen|freundliche grüße|viele grüße|liebe grüße|beste grüße|gruß"
    r"|grüße|mfg|lg|vg|danke"
    r"|(?:med )?venlig hilsen|(?:de )?bedste hilsner|(?:mange )?hilsner|hilsen|mvh|vh|kh|tak|cordialement"
    r"|bien à vous|bonne journée|merci"
    r"|(?:un )?saludos?|gracias|cordiali saluti|grazie|met vriendelijke groet(?:en)?|groet(?:en|jes)?|mvg"
    r"|bedankt|hälsningar)"
    r"\s*[,.!]*(?:\s+[^\W\d_][\w.'-]*){0,3}\s*$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|dear|good (?:morning|evening|afternoon)|hallo|liebes?|guten (?:tag|morgen|abend)|moin"
    r"|hej|kære|goddag"
    r"|bonjour|bonsoir|salut|hola|ciao|buongiorno|beste|dag)(?:\s+[\w.'-]+){0,3}\s*[,!.]*\s*$",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(r"(?=.*\b20\d\d\b)(?=.*\b\d{1,2}[.:]\d{2}\b).*$|.*\S@\S+.*:\s*$")
SIGNATURE = 5  # lines below a sign-off that can still be a signature
WHOLE = 8  # letters of a whole line of our mail, such as “1: your answer”
KNOWN = 12  # letters from which on a line that stands in our mail is no accident


def own_words(reply: str, sent: str) -> str:
    """`sent`: the mail that is replied to."""
    known, lines = _squeezed(sent), {_squeezed(line) for line in sent.splitlines()}
    kept: list[str] = []
    quoted, number, below = False, None, False
    for line in _unwrapped(reply.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if re.fullmatch(r"--\s?", line):
            break
        bare = _MARK.sub("", line)
        if _ATTRIBUTION.match(bare) or _DIVIDER.match(line) or (_HEADER.match(line) and not _NUMBERED.match(line)):
            quoted = below = True
            number = None
            continue
        letters = _squeezed(bare)
        ours = bool(letters) and (
            (letters in lines and (below or len(letters) >= WHOLE)) or (len(letters) >= KNOWN and letters in known)
        )
        if bare != line or ours:
            if not quoted:
                _drop_introduction(kept)
            quoted = True
            asked = _NUMBERED.match(bare)
            number = asked.group(1) if asked and ours else number
            continue
        if not line.strip():
            kept.append("")
            continue
        if below and number is None:
            continue  # headers of the quoted mail, and what is above its first question
        if quoted and number is not None and not _NUMBERED.match(line):
            kept.append(f"{number}: {line.strip()}")
            number = None if not below else number
            quoted = False
            continue
        kept.append(line.rstrip())
    return _without_ends(kept)


def _drop_introduction(kept: list[str]) -> None:
    """In whatever language: a line with a year and a time, or an address and a colon, right above what is quoted."""
    at = len(kept) - 1
    while at >= 0 and not kept[at].strip():
        at -= 1
    if at >= 0 and _INTRODUCES.match(kept[at]) and not _NUMBERED.match(kept[at]):
        del kept[at:]


def _unwrapped(lines: list[str]) -> list[str]:
    """Programs break "On … wrote:" over two lines."""
    joined: list[str] = []
    for line in lines:
        if joined and not _ATTRIBUTION.match(joined[-1]) and len(joined[-1]) < 200:
            both = f"{joined[-1].rstrip()} {_MARK.sub('', line).strip()}"
            if line.strip() and joined[-1].strip() and _ATTRIBUTION.match(_MARK.sub("", both)):
                joined[-1] = both
                continue
        joined.append(line)
    return joined


def _without_ends(lines: list[str]) -> str:
    said = [line for line in lines if not _DEVICE.match(line)]
    while said and not said[-1].strip():
        said.pop()
    for at in range(max(0, len(said) - SIGNATURE - 1), len(said)):
        short = all(len(line) < 80 and not _NUMBERED.match(line) for line in said[at + 1 :])
        if _SIGN_OFF.match(said[at]) and short:
            said = said[:at]
            break
    while said and (not said[0].strip() or _GREETING.match(said[0])):
        said.pop(0)
    return "\n".join(said).strip()


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
