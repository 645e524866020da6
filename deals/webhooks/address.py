"""Where a webhook may go: public addresses by https, and inside ones that a setting names."""

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from deals.feeds.addresses import USUAL_PORTS, may_be_inside, spells_inside

LONGEST_URL = 1000


class Refused(Exception):
    """Why something was not done, in a sentence; `field` is the id of the form's field, if one."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def check_address(text: str) -> str:
    """The address as it is kept. Nothing is looked up: that is done when something is sent.

    Raises `Refused` with the sentence for the field.
    """
    if len(text) > LONGEST_URL:
        said = _("An address has at most %(most)s characters.")
        raise Refused(said % {"most": LONGEST_URL}, "url")
    if not text or not text.isprintable() or " " in text:
        raise Refused(
            _("Give the address that we send to, such as https://example.org/hook."), "url"
        )
    try:
        url = httpx.URL(text)
        port = url.port or (443 if url.scheme == "https" else 80)
        # Names in other scripts are looked up in their ASCII form; some have none.
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Refused(_("This is not a web address: check its spelling."), "url") from None
    if url.scheme not in ("http", "https") or not host:
        raise Refused(_("A web address begins with https://."), "url")
    if url.userinfo:
        said = _("Leave the user name and password out: each message is signed instead.")
        raise Refused(said, "url")
    if may_be_inside(host, port, settings.WEBHOOK_ALLOW_INSIDE):
        return str(url)
    if url.scheme != "https":
        raise Refused(
            _("The address has to begin with https://, so that nobody reads along."), "url"
        )
    if port not in USUAL_PORTS:
        said = _("Port %(port)s is not sent to; it may be one of %(ports)s.")
        ports = ", ".join(map(str, sorted(USUAL_PORTS)))
        raise Refused(said % {"port": port, "ports": ports}, "url")
    if spells_inside(host):
        said = _("This is an inside address (of this machine or a private network).")
        raise Refused(said, "url")
    return str(url)
