"""Why something was held back or quoted, in an owner's words. Codes of retrieval in, sentences out."""

from __future__ import annotations

WITHHELD = {
    "unsupported_number": "A figure in it does not stand in your pages.",
    "unsupported_time": "A time in it does not stand in your pages.",
    "unsupported_month": "A date in it does not stand in your pages.",
    "unsupported_date": "A date in it does not stand in your pages.",
    "unsupported_phone": "A phone number in it does not stand in your pages.",
    "unsupported_mail": "A mail address in it does not stand in your pages.",
    "unsupported_link": "A link in it does not stand in your pages.",
    "unsupported_address": "An address in it does not stand in your pages.",
    "unsupported_weekday": "Your pages do not say this of that day.",
    "unsupported_name": "A name in it does not stand in your pages.",
    "figure_of_something_else": "Your pages give this figure for something else.",
    "no_support": "Nothing in your pages says this.",
    "markup": "It held links or code that no visitor may be shown.",
    "rules": "The model was saying its own instructions.",
    "wrong_language": "It was in another language than the visitor's.",
    "refusal": "The model said that it does not know.",
}
QUOTED = {
    "no_model": "no chat model is set up",
    "model_failed": "the chat model could not be reached",
    "model_slow": "the chat model was too slow",
    "over_budget": "the month's budget was spent",
    "withheld": "nothing the chat model wrote could be confirmed in your pages",
}
NOT_CONFIRMED = "It could not be confirmed in your pages."


def why_withheld(reason: str) -> str:
    return WITHHELD.get(reason, NOT_CONFIRMED)


def why_quoted(reason: str | None) -> str | None:
    return QUOTED.get(reason) if reason is not None else None
