"""Which models and which mailer there are, and which models a business may use: the one place for its consent.

Settings in; chat models, the embedder and the mailer out. Wiring makes one `Models` a process. openai, anthropic
(40 MB and half a second each) and the mail clients are imported only when a setting asks for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.errors import ConfigurationError
from app.providers.in_turn import ProviderModel, in_turn
from app.providers.mailer import Mailer
from app.settings import Settings
from ingestion.ports import Embedder
from retrieval.ports import ChatModel

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI

    from app.providers.received_mail import ReceivedMail
    from app.providers.token_budget import Vocabularies

# The processors' names in businesses.allowed_processors.
OPENAI = "openai"
ANTHROPIC = "anthropic"
READ_SECONDS = 20.0  # silence between two pieces; an answer's own deadlines are retrieval's and shorter


class Models:
    """Chat models in the order of MILO_CHAT. Raises ConfigurationError for a setting that cannot be met."""

    def __init__(self, settings: Settings, local: Embedder):
        self._settings = settings
        self._local = local
        self._client: AsyncOpenAI | None = None
        self._claude: AsyncAnthropic | None = None
        self._vocabularies: Vocabularies | None = None
        self._chat = [(_provider(name), self._open_chat(name)) for name in _distinct(settings.chat)]
        self._remote = self._open_embedder()
        self._earlier: dict[str, Embedder | None] = {}  # of models that were configured before

    def chat_models(
        self,
        allowed_processors: Sequence[str],
        *,
        first: str | None = None,
        only: str | None = None,
        temperature: float | None = None,
    ) -> list[ChatModel]:
        """In failover order; empty: the business gets quotes.

        `first` is asked before the others, `only` and nothing else; a name that is not configured or not allowed
        (any more) changes nothing.
        """
        found = [model for processor, model in self._chat if processor in allowed_processors]
        found = [model for model in found if model.name == only] or found
        return [*in_turn(sorted(found, key=lambda model: model.name != first), temperature)]

    def embedder_for(self, allowed_processors: Sequence[str]) -> Embedder:
        """The one of MILO_EMBEDDING, or the local one for a business that does not allow its provider."""
        return self._remote if self._remote is not None and OPENAI in allowed_processors else self._local

    def embedder_of(self, model: str | None, allowed_processors: Sequence[str]) -> Embedder | None:
        """The one whose vectors may be compared with those of `model`; None when it is not at hand or not allowed.

        A model that was configured before is still asked, where its provider is: until the pages are embedded anew.
        """
        if model is None:
            return self.embedder_for(allowed_processors)
        if model == self._local.model:
            return self._local
        if OPENAI not in allowed_processors:
            return None
        if self._remote is not None and self._remote.model == model:
            return self._remote
        if model not in self._earlier:
            self._earlier[model] = self._open_earlier(model)
        return self._earlier[model]

    @property
    def comparer(self) -> Embedder:
        """Compares texts of one answer with each other: the local one, which never waits for a network."""
        return self._local

    def start(self) -> None:
        """Begins what may take its time: the vocabularies for counting tokens."""
        if self._vocabularies is not None:
            names = [model.name for processor, model in self._chat if processor == OPENAI]
            self._vocabularies.start([name.partition(":")[2] for name in names])

    async def close(self) -> None:
        if self._vocabularies is not None:
            await self._vocabularies.close()
        if self._client is not None:
            await self._client.close()
        if self._claude is not None:
            await self._claude.close()

    def _open_chat(self, name: str) -> ProviderModel:
        provider, _, model = name.partition(":")
        return self._open_claude(model) if provider == ANTHROPIC else self._open_gpt(model)

    def _open_gpt(self, model: str) -> ProviderModel:
        from app.providers.openai_chat import OpenAIChat
        from app.providers.openai_client import is_official
        from app.providers.token_budget import Vocabularies

        client = self._openai("MILO_CHAT")
        if self._vocabularies is None:
            self._vocabularies = Vocabularies(self._settings.data_dir / "models" / "vocabularies")
        return OpenAIChat(client, model, self._vocabularies, official=is_official(self._settings.openai_base_url))

    def _open_claude(self, model: str) -> ProviderModel:
        key, base_url = self._settings.anthropic_api_key, self._settings.anthropic_base_url
        if key is None and base_url is None:
            raise ConfigurationError("MILO_CHAT asks for Anthropic: set ANTHROPIC_API_KEY (or ANTHROPIC_API_KEY_FILE).")
        from app.providers.anthropic_chat import AnthropicChat
        from app.providers.anthropic_client import open_client

        if self._claude is None:
            self._claude = open_client(key.reveal() if key else None, base_url, read_seconds=READ_SECONDS)
        return AnthropicChat(self._claude, model)

    def _open_embedder(self) -> Embedder | None:
        provider, _, model = self._settings.embedding.partition(":")
        if provider != OPENAI:
            return None
        from app.providers.openai_embeddings import OpenAIEmbeddings

        return OpenAIEmbeddings(self._openai("MILO_EMBEDDING"), model)

    def _open_earlier(self, model: str) -> Embedder | None:
        provider, _, setting = model.partition(":")
        if provider != OPENAI or (self._settings.openai_api_key is None and self._settings.openai_base_url is None):
            return None
        from app.providers.openai_embeddings import OpenAIEmbeddings

        return OpenAIEmbeddings(self._openai("an earlier MILO_EMBEDDING"), setting)

    def _openai(self, asked_by: str) -> AsyncOpenAI:
        key, base_url = self._settings.openai_api_key, self._settings.openai_base_url
        if key is None and base_url is None:
            raise ConfigurationError(f"{asked_by} asks for OpenAI: set OPENAI_API_KEY (or OPENAI_BASE_URL).")
        if self._client is None:
            from app.providers.openai_client import open_client

            self._client = open_client(key.reveal() if key else None, base_url, read_seconds=READ_SECONDS)
        return self._client


def own_servers(settings: Settings) -> list[str]:
    """The providers that are asked at their own address, and so at their listed prices."""
    addresses = {OPENAI: settings.openai_base_url, ANTHROPIC: settings.anthropic_base_url}
    hosts = {OPENAI: "openai.com", ANTHROPIC: "anthropic.com"}
    return [
        provider
        for provider, address in addresses.items()
        if address is None or (urlsplit(address).hostname or "").endswith(hosts[provider])
    ]


def make_mailer(settings: Settings) -> Mailer:
    """The one of MILO_MAIL_URL, else the built-in mailbox. Raises ConfigurationError for an address that is wrong."""
    if settings.mail_url is None:
        from app.providers.mailbox_mail import Mailbox

        return Mailbox()
    from app.providers.mail_url import read_mail_url

    server = read_mail_url(settings.mail_url.reveal(), settings.mail_from)
    match server.scheme:
        case "resend":
            from app.providers.resend_mail import ResendMailer

            return ResendMailer(server)
        case "sendgrid":
            from app.providers.sendgrid_mail import SendGridMailer

            return SendGridMailer(server)
        case _:
            from app.providers.smtp_mail import SmtpMailer

            return SmtpMailer(server)


def _provider(name: str) -> str:
    return name.partition(":")[0]


def make_received_mail(settings: Settings) -> ReceivedMail | None:
    """Where mails are whose notice comes without their text; None where no such provider is configured."""
    if settings.mail_url is None or settings.resend_inbound_secret is None:
        return None
    from app.providers.mail_url import read_mail_url
    from app.providers.received_mail import ResendReceived

    server = read_mail_url(settings.mail_url.reveal(), settings.mail_from)
    if server.scheme != "resend":
        raise ConfigurationError("MILO_RESEND_INBOUND_SECRET needs MILO_MAIL_URL=resend://KEY, which reads replies.")
    return ResendReceived(server)


def _distinct(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))
