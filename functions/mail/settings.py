"""The environment that the mail functions need."""

from functions.kernel.http import WebSettings


class MailSettings(WebSettings):
    """Shared by the pages, the dispatcher, the sender and the sweeper."""

    account_sender: str
    """The address that service mail comes from. Its stream carries no list headers."""
    events_sender: str
    """The address that invitations come from, and the organiser of every calendar entry."""
    reply_to: str
    """A mailbox that people read."""
    mail_queue_url: str
