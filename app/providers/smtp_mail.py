"""Mail over SMTP. A Mail goes in; 4xx and a broken line are tried again later, 5xx about this mail is final.

Where the line breaks after the text and before the reply nobody can know whether the mail went out: it
is sent again with the same Message-ID, by which mail programs and servers drop the double.
"""

from __future__ import annotations

import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from app.providers.mail_url import MailServer
from app.providers.mailer import Mail, MailFailed

TIMEOUT = 30.0


class SmtpMailer:
    provider = "smtp"
    processor: str | None = None  # the owner's own server

    def __init__(self, server: MailServer, tls: ssl.SSLContext | None = None):
        """`tls`: another trust than the system's, for a server with a certificate of one's own."""
        self._server = server
        self._tls = tls

    async def send(self, mail: Mail) -> str | None:
        server = self._server
        message = compose_message(server, mail)
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=TIMEOUT,
            use_tls=server.scheme == "smtps",
            # None: upgrade when the server offers it.
            start_tls=False if server.scheme == "smtps" else {"required": True, "never": False}.get(server.starttls),
            tls_context=self._tls,
            local_hostname=server.sender.address.rpartition("@")[2],
        )
        try:
            async with client:
                if server.user is not None:
                    await client.login(server.user, server.password or "")
                await client.send_message(message, sender=server.sender.address, recipients=list(mail.to))
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._failure(error) from error
        return server.sender.message_id(mail.key)

    async def close(self) -> None:
        """Nothing is kept open between mails."""

    def _failure(self, error: Exception) -> MailFailed:
        at = f"The mail server {self._server.host}"
        match error:
            case aiosmtplib.SMTPAuthenticationError():
                # The owner can mend it, so the mail waits and is not lost.
                return MailFailed(f"{at} refused the user name or password in MILO_MAIL_URL ({error.code}).")
            case aiosmtplib.SMTPRecipientsRefused():
                codes = [refused.code for refused in error.recipients]
                return MailFailed(
                    f"{at} refused the recipient ({', '.join(map(str, codes))}).", permanent=min(codes) >= 500
                )
            case aiosmtplib.SMTPSenderRefused():
                return MailFailed(f"{at} refused the sender {self._server.sender.address} ({error.code}).")
            case aiosmtplib.SMTPDataError():
                return MailFailed(f"{at} refused the mail ({error.code}).", permanent=error.code >= 500)
            case aiosmtplib.SMTPNotSupported():
                return MailFailed(f"{at} cannot do what is needed (a letter in the recipient's address).")
            case aiosmtplib.SMTPResponseException():
                return MailFailed(f"{at} answered {error.code}.")
            case ssl.SSLError():
                return MailFailed(f"{at} has a certificate that is not trusted.")
            case aiosmtplib.SMTPConnectError():
                return MailFailed(f"{at} cannot be reached on port {self._server.port}.")
            case TimeoutError():
                return MailFailed(f"{at} did not answer in time.")
            case aiosmtplib.SMTPException() if "STARTTLS" in error.message:
                return MailFailed(f"{at} offers no encryption (STARTTLS), so nothing was sent.")
            case _:
                return MailFailed(f"The connection to the mail server {self._server.host} broke.")


def compose_message(server: MailServer, mail: Mail) -> EmailMessage:
    """The same bytes at every attempt, but for the line breaks of the library's version."""
    message = EmailMessage(policy=SMTP)
    message["From"] = str(server.sender)
    message["To"] = ", ".join(mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = server.sender.message_id(mail.key)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes back
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message.set_content(mail.text)
    return message
