"""Model and budget: what this month cost and what is left, which model answers, and how far it may go. For owners."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from litestar import get, post
from litestar.datastructures import FormMultiDict

from app.audit.queries import insert_audit
from app.businesses.model import Answering, Business
from app.businesses.queries import set_answering
from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.choices import PROCESSORS
from app.dashboard.forms import field
from app.dashboard.render import Html, page, see
from app.errors import BadInput
from app.services import Services
from app.usage.queries import list_unpriced, read_month, tell_again
from retrieval.model import Limits

LARGEST_CAP = 10_000_000_000
SHORTEST, LONGEST = 50, 2000  # tokens of an answer, as the database has it
NAMES = (
    "chat_model",
    "economy_model",
    "economy_percent",
    "temperature",
    "max_answer_tokens",
    "monthly_token_cap",
    "visitor_daily_token_cap",
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A model of this installation, as a menu shows it. Not `allowed`: its provider is not ticked in the settings."""

    name: str
    allowed: bool
    price: str

    @property
    def provider(self) -> str:
        key = self.name.partition(":")[0]
        return PROCESSORS[key][0] if key in PROCESSORS else key

    @property
    def model(self) -> str:
        return self.name.partition(":")[2]


@get("/dashboard/{slug:str}/settings/model", opt={"access": "owner"})
async def model_and_budget(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    business = desk.business
    typed = {name: "" if (value := getattr(business, name)) is None else _plain(value) for name in NAMES}
    return await _page(request, services, desk, typed)


@post("/dashboard/{slug:str}/settings/model", opt={"access": "owner"})
async def save_model_and_budget(request: AnyRequest, services: Parts, desk: OwnDesk) -> Html:
    form = await request.form()
    typed = {name: field(form, name, longest=200) for name in NAMES}
    try:
        chosen = _checked(form, services, desk.business)
    except BadInput as error:
        return await _page(request, services, desk, typed, wrong=error.sentence)
    async with desk.transaction() as conn:
        await set_answering(conn, desk.business_id, chosen)
        await tell_again(conn, desk.business_id)
        await insert_audit(conn, desk.business_id, actor=desk.actor, action="business.model", details=asdict(chosen))
    return see(f"{desk.base}/settings/model", "saved")


def dollars(micros: int) -> str:
    """Of millionths: "$12.30", "under 1 cent", "nothing"."""
    if micros <= 0:
        return "nothing"
    return f"${micros / 1e6:,.2f}" if micros >= 10_000 else "under 1 cent"


def _checked(form: FormMultiDict, services: Services, business: Business) -> Answering:
    """Raises BadInput with the first thing that is wrong."""
    answer = field(form, "max_answer_tokens")
    temperature = field(form, "temperature").replace(",", ".")
    return Answering(
        chat_model=_model(form, "chat_model", services, business),
        economy_model=_model(form, "economy_model", services, business),
        economy_percent=_number(form, "economy_percent", "From what share on", 1, 100),
        temperature=_temperature(temperature) if temperature else None,
        max_answer_tokens=_number(form, "max_answer_tokens", "The longest answer", SHORTEST, LONGEST)
        if answer
        else None,
        monthly_token_cap=_number(form, "monthly_token_cap", "The tokens of a month", 0, LARGEST_CAP),
        visitor_daily_token_cap=_number(
            form, "visitor_daily_token_cap", "The tokens of one visitor and day", 0, LARGEST_CAP
        ),
    )


def _model(form: FormMultiDict, name: str, services: Services, business: Business) -> str | None:
    """A choice of before may stay, though it is not to be had at the moment."""
    chosen = field(form, name, longest=200) or None
    allowed = {model.name for model in _offered(services, business) if model.allowed}
    if chosen is None or chosen in allowed or chosen == getattr(business, name):
        return chosen
    raise BadInput(f"The model {chosen} is not one that this installation has and your settings allow.")


def _number(form: FormMultiDict, name: str, called: str, least: int, most: int) -> int:
    """People write thousands with points, commas and spaces; a fraction makes no sense in any of these."""
    text = "".join(character for character in field(form, name, longest=40) if character not in " .,'\u00a0\u202f")
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise BadInput(f"{called} must be a number from {least:,} to {most:,}.")
    return int(text)


def _temperature(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadInput("How much the wording may vary must be a number from 0 to 1, like 0.3.")
    return value


def _offered(services: Services, business: Business) -> list[Offered]:
    return [
        Offered(name, name.partition(":")[0] in business.allowed_processors, _price(services, name))
        for name in dict.fromkeys(services.settings.chat)
    ]


def _price(services: Services, name: str) -> str:
    price = services.prices.of(name)
    if price is None:
        return "price not known"
    return f"${price.input:g} a million tokens read, ${price.output:g} written"


def _plain(value: Any) -> str:
    return f"{value:.2g}" if isinstance(value, float) else str(value)


async def _page(
    request: AnyRequest, services: Services, desk: Desk, typed: dict[str, str], wrong: str | None = None
) -> Html:
    async with desk.transaction() as conn:
        month = await read_month(conn, desk.business_id)
        unpriced = await list_unpriced(conn, desk.business_id)
    assert month is not None
    offered = _offered(services, desk.business)
    return page(
        request,
        "model_budget.html",
        status=400 if wrong else 200,
        place="settings",
        values=typed,
        wrong=wrong,
        models=offered,
        allowed=[model for model in offered if model.allowed],
        kept={model.name for model in offered if model.allowed},
        month=month,
        left=max(0, month.cap - month.used - month.reserved),
        cost=dollars(month.cost_micros),
        unpriced=unpriced,
        priced_on=services.prices.as_of,
        usual_answer=Limits().max_answer_tokens,
    )


HANDLERS = [model_and_budget, save_model_and_budget]
