"""What the settings' menus offer: languages, countries, time zones, processors."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

LANGUAGES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "yo": "Yoruba",
    "zh": "Chinese",
}

# Who may see a business's data, and what for. The keys are what `allowed_processors` holds.
PROCESSORS = {
    "openai": (
        "OpenAI",
        "writes answers from your pages and the question, and is told not to store them; without a service that"
        " writes, Milo quotes your pages word for word",
    ),
    "anthropic": (
        "Anthropic",
        "writes answers from your pages and the question, beside or in place of OpenAI; how long it keeps them is its"
        " own rule or your contract with it, Milo can only ask it to cache nothing",
    ),
    "resend": ("Resend", "carries mails to you, such as a lead"),
    "sendgrid": ("SendGrid", "carries mails to you, such as a lead"),
}


@cache
def time_zones() -> list[str]:
    """Places one would recognise, in order; no abbreviations and old names."""
    continents = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return ["UTC", *sorted(name for name in available_timezones() if name.startswith(continents))]
