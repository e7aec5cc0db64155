"""Pages that say “there is no such page” with status 200: told by words, and by what the host says of nonsense.

By words only where a title part or a heading is nothing but such a phrase and hardly anything else stands on
the page: an article about error 404 is a page like any other. Phrases in the languages of the widget and a
few more. Called by judge.py.
"""

from __future__ import annotations

import re

from ingestion.likeness import Print, alike, line_hash, print_of
from ingestion.model import BlockKind, ExtractedDocument

OWN_WORDS = 80  # that an error page has besides what stands on the start page too
_ALIKE = 0.9
_ALIKE_WITH_TITLE = 0.5
_PARTS = re.compile(r"\s+[-–—|·•»«:/]+\s+|\s*[|»«·•]\s*|:\s+")
_TRIMMED = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_TRIMMED_BARE = re.compile(r"^[\s\W\d_]+|[\s\W\d_]+$")
_CODE = re.compile(
    r"^(?:http |status |code |error |fehler |erreur |fejl |fout |errore )*4(?:04|10)(?: error| fehler)?$"
)
_AROUND = re.compile(
    r"^(?:(?:http|error|fehler|erreur|fejl|fout|errore|code|status|sorry|oops|ups|hoppla|whoops|entschuldigung|désolé"
    r"|beklager|undskyld|lo sentimos|spiacenti|helaas|4(?:04|10)|[\W_])\s*)+|\s*(?:\W*4(?:04|10)\W*)$"
)
PHRASES = frozenset(
    phrase.strip()
    for phrase in """
    not found|page not found|the page was not found|this page was not found|file not found|content not found
    page cannot be found|page could not be found|page can't be found|this page can't be found
    that page can't be found|that page can’t be found|the page cannot be found|the page could not be found
    the requested page could not be found|the page you are looking for could not be found
    the page you are looking for doesn't exist|the page you are looking for does not exist
    the page you requested could not be found|the page you requested was not found|page does not exist
    page doesn't exist|this page does not exist|this page doesn't exist|this page could not be found
    this page isn't available|page not available|page no longer exists|nothing found|nothing found here
    we can't find that page|we couldn't find that page|product not found|item not found|article not found
    nicht gefunden|seite nicht gefunden|die seite wurde nicht gefunden|diese seite wurde nicht gefunden
    seite wurde nicht gefunden|seite konnte nicht gefunden werden|die seite konnte nicht gefunden werden
    die angeforderte seite wurde nicht gefunden|die angeforderte seite konnte nicht gefunden werden
    die gesuchte seite wurde nicht gefunden|diese seite existiert nicht|seite existiert nicht
    diese seite existiert nicht mehr|die seite existiert nicht|diese seite gibt es nicht|seite nicht vorhanden
    produkt nicht gefunden|artikel nicht gefunden|datei nicht gefunden|inhalt nicht gefunden
    page introuvable|page non trouvée|la page est introuvable|cette page est introuvable|page inexistante
    cette page n'existe pas|cette page n’existe pas|la page demandée est introuvable|cette page n'existe plus
    la page que vous cherchez n'existe pas|la page demandée n'existe pas|contenu introuvable|produit introuvable
    ikke fundet|siden blev ikke fundet|siden findes ikke|side ikke fundet|siden kunne ikke findes
    siden er ikke fundet|denne side findes ikke|siden eksisterer ikke|vi kunne ikke finde siden
    no encontrado|no encontrada|página no encontrada|la página no existe|esta página no existe
    la página no fue encontrada|no se encontró la página|no se ha encontrado la página|página inexistente
    la página solicitada no existe|la página que buscas no existe|producto no encontrado
    non trovato|non trovata|pagina non trovata|la pagina non esiste|questa pagina non esiste|pagina inesistente
    la pagina richiesta non esiste|la pagina che cerchi non esiste|la pagina non è stata trovata|prodotto non trovato
    niet gevonden|pagina niet gevonden|deze pagina bestaat niet|de pagina bestaat niet|pagina bestaat niet
    deze pagina is niet gevonden|de pagina is niet gevonden|de pagina kan niet worden gevonden
    deze pagina bestaat niet meer|pagina kon niet worden gevonden|product niet gevonden
    página não encontrada|esta página não existe|sidan hittades inte|sidan kunde inte hittas|sidan finns inte
    siden ble ikke funnet|fant ikke siden|siden finnes ikke|sivua ei löytynyt|nie znaleziono strony
    strona nie istnieje|strona nie została znaleziona|stránka nenalezena|sayfa bulunamadı|страница не найдена
    """.replace("\n", "|").split("|")
    if phrase.strip()
)


class Missing:
    """What this host shows for what it does not have. Lines of the start page (menu, footer) are left out of it."""

    def __init__(self) -> None:
        self._start: Print = frozenset()
        self._start_title = ""
        self._probe: Print = frozenset()
        self._probe_title = ""

    def know_start(self, found: Print, title: str) -> None:
        self._start, self._start_title = found, title

    def know_probe(self, document: ExtractedDocument, url: str) -> None:
        """The answer to an address that cannot exist. Nonsense that is answered with the start page tells nothing:
        copies of that are known as copies."""
        self._probe, self._probe_title = print_of(document, url) - self._start, document.title

    def is_missing(self, document: ExtractedDocument, url: str) -> bool:
        return self._is_like_probe(document, url) or self._says_so(document)

    def _is_like_probe(self, document: ExtractedDocument, url: str) -> bool:
        own = print_of(document, url) - self._start
        if not self._probe or not own:
            return False
        likeness = alike(own, self._probe)
        same_title = document.title == self._probe_title and document.title != self._start_title
        return likeness >= _ALIKE or (same_title and likeness >= _ALIKE_WITH_TITLE)

    def _says_so(self, document: ExtractedDocument) -> bool:
        own = [block for block in document.blocks if line_hash(block.text) not in self._start]
        if sum(len(block.text.split()) for block in own) > OWN_WORDS:
            return False
        if any(is_phrase(part) for part in (document.title, *_PARTS.split(document.title))):
            return True
        return any(block.kind is BlockKind.HEADING and is_phrase(block.text) for block in own)


def is_phrase(text: str) -> bool:
    """ "404 - Seite nicht gefunden!" and “404”; not “How to fix 404 not found”."""
    plain = _TRIMMED.sub("", text.casefold())
    if _CODE.match(plain):
        return True
    bare = _TRIMMED_BARE.sub("", _AROUND.sub("", plain))
    return plain in PHRASES or bare in PHRASES
