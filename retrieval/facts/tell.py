"""Which facts answer a question, and in what words. Question and facts in, sentences before their quotes out; pure.

Precision first: what is asked must be named by exactly one fact, and no fact may be of something narrower. What the
owner decided stands over pages. Called by answer_facts.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from retrieval.analyse import fold
from retrieval.facts.model import PRICE, AskedFact, Fact
from retrieval.facts.naming import Name, last_of, name_of, within
from retrieval.hours.words import MONTHS, sections
from retrieval.model import Knowledge

# Where a footer runs on in one line, the label of what follows is read as the end of the town.
_NEXT_LABEL = re.compile(
    r"[\s,·|]+(?:tel|tlf|tfn|telf?|phone|fon|tele(?:f|ph)\w+|télé\w+|fax|e-?mail|mail|mobil\w*|cvr|ust)\.?:?$",
    re.IGNORECASE,
)
# Boxes that not everybody may write to, as they are named in addresses.
DEPARTMENTS = frozenset(
    "invoice invoices billing bookkeeping accounting accounts payable faktura fakturaer bogholderi regnskab rechnung"
    " rechnungen buchhaltung facture factures facturation comptabilite compta factura facturas fattura fatture"
    " fatturazione amministrazione administratie facturen ekonomi regnskap job jobs career careers hr recruiting"
    " bewerbung bewerbungen karriere personal ansogning recrutement emploi empleo lavoro vacatures jobb press presse"
    " media prensa stampa pers privacy datenschutz gdpr dpo dataprotection rgpd abuse postmaster webmaster hostmaster"
    " security noreply reply newsletter unsubscribe rezept rezepte".split()
)
SEVERAL = 2  # values that are told side by side; of more nobody can say which is meant


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence before its quotes; with `quoted` the facts' own lines follow it."""

    text: str
    facts: tuple[Fact, ...]
    quoted: bool = False


def tell_facts(asked: AskedFact, facts: Sequence[Fact], earlier: str, knowledge: Knowledge) -> list[Told]:
    """Empty when the facts do not decide."""
    languages = tuple(dict.fromkeys((knowledge.language, asked.language)))
    own_name = name_of(knowledge.business_name, languages)
    rest = tuple(word for word in name_of(asked.rest, languages) if not within((word,), own_name))
    words = sections("told.txt", Path(__file__).parent)[asked.language]
    if asked.kinds == (PRICE,):
        return _tell_price(facts, name_of(asked.rest, languages), languages, words, knowledge, asked)
    spoken = name_of(earlier, languages)
    told: list[Told] = []
    for kind in asked.kinds:
        named = [fact for fact in facts if fact.kind == kind]
        if spoken and any(fact.subject and within(name_of(fact.subject, languages), spoken) for fact in named):
            return []  # a part was spoken of before: "the phone number" may be its
        about = [fact for fact in named if _is_about(fact, rest, languages)]
        values = _by_value([fact for fact in about if fact.owned] or about)
        if not values or len(values) > SEVERAL:
            return []  # of two things asked for, one alone would be half an answer
        label = words[kind] + (f" ({next(iter(values.values()))[0].subject})" if rest else "")
        if len(values) == 1:
            [same] = values.values()
            told.append(Told(f"{_labelled(label, asked.language)} {_contact(same[0])}", tuple(same)))
        else:
            told.append(Told(words["several"].format(label=label), tuple(one[0] for one in values.values()), True))
    return [_dated(one, words, asked.language, knowledge) for one in told]


def _is_about(fact: Fact, rest: Name, languages: Sequence[str]) -> bool:
    if not rest:
        return not fact.subject_key and (fact.owned or not _is_of_a_department(fact))
    name = name_of(fact.subject, languages)
    return bool(name) and within(name, rest) and within(rest, name)


def _is_of_a_department(fact: Fact) -> bool:
    """A site's only mail address may be that for invoices: no answer to "what is your mail address?"."""
    local = str(fact.value.get("address") or "").partition("@")[0]
    return not DEPARTMENTS.isdisjoint(re.findall(r"[^\W\d_]+", fold(local)))


def _tell_price(
    facts: Sequence[Fact],
    rest: Name,
    languages: Sequence[str],
    words: dict[str, str],
    knowledge: Knowledge,
    asked: AskedFact,
) -> list[Told]:
    if not rest:
        return []
    close = [fact for fact in facts if fact.kind == PRICE and within(rest, name_of(fact.subject, languages))]
    if len({(fact.subject_key, fact.value.get("per")) for fact in close}) != 1:
        return []  # "adults" of the day ticket, or of the season ticket?
    if not within(name_of(last_of(close[0].subject), languages), rest):
        return []  # the fact is of something narrower than the question
    close = [fact for fact in close if fact.owned] or close
    values = _by_value(close)
    if len(values) > 1:
        documents = {fact.origin.document_id for fact in close}
        if len(values) > SEVERAL or len(documents) < len(values):
            return []
        label = close[0].subject
        return [Told(words["differ"].format(label=label), tuple(one[0] for one in values.values()), True)]
    told = Told("", tuple(close))
    return [_dated(told, words, asked.language, knowledge)]


def _by_value(facts: Sequence[Fact]) -> dict[str, list[Fact]]:
    values: dict[str, list[Fact]] = {}
    for fact in facts:
        values.setdefault(_same(fact), []).append(fact)
    return values


def _same(fact: Fact) -> str:
    """Two spellings of one street are one address."""
    if fact.kind != "address":
        return fact.value_key
    figures = re.findall(r"\d+", str(fact.value.get("street") or ""))
    code = re.sub(r"\W", "", str(fact.value.get("postcode") or fact.value.get("city") or ""))
    return f"{fold(code)} {'-'.join(figures[:1])}"


def _contact(fact: Fact) -> str:
    value: dict[str, Any] = fact.value
    if fact.kind != "address":
        # As the page writes it: a number in the groups that people there know.
        written = " ".join(fact.origin.shown.split())
        return str(value.get("e164") or value.get("address")) if fact.owned else written
    town = " ".join(str(value[part]) for part in ("postcode", "city") if value.get(part))
    street = re.split(r"\s[·|•]\s", str(value.get("street") or ""))[-1]  # without the name before it
    return ", ".join(part for part in (street, _NEXT_LABEL.sub("", town)) if part)


def _labelled(label: str, language: str) -> str:
    return f"{label} :" if language == "fr" else f"{label}:"


def _dated(told: Told, words: dict[str, str], language: str, knowledge: Knowledge) -> Told:
    """With the day on which the owner said so."""
    at = next((fact.decided_at for fact in told.facts if fact.decided_at is not None), None)
    if at is None or told.quoted:
        return told
    day = at.astimezone(ZoneInfo(knowledge.time_zone)).date()
    date = words["date"].format(n=day.day, month=MONTHS[language].split()[day.month - 1], year=day.year)
    return replace(told, text=words["own"].format(text=told.text or _owners(told.facts[0]), date=date))


def _owners(fact: Fact) -> str:
    """The owner's line names the thing and says its price."""
    return fact.origin.shown
