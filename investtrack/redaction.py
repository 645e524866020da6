"""Takes secrets out of a text before it is logged or told to an error tracker.

Nothing here should ever be needed: no line of ours writes a secret. But what a library says, what a
driver repeats and what stands in an address are not ours to choose.
"""

import json
import re
from collections.abc import Callable
from typing import Any

HIDDEN = "***"
# Names under which nothing is ever told, whatever it is.
SECRET_NAMES = frozenset(
    {
        "api_key", "authorization", "body", "code", "cookie", "cookies", "credential", "csrftoken",
        "csrfmiddlewaretoken", "dsn", "password", "password1", "password2", "oldpassword",
        "proxy-authorization", "secret", "secret_key", "sessionid", "set-cookie", "token",
        "webhook-signature", "x-api-key", "x-csrftoken",
    }
)  # fmt: skip
# A sign that a pattern may apply, and the pattern: looking for the sign costs next to nothing.
_END = r"[^\s\"'\\&;,<>]"
_RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    # A key of the API: the beginning by which people recognise it may stay.
    (("itk_",), re.compile(r"(itk_[a-z]_[\w-]{8})[\w-]+"), r"\1…"),
    # The secret that a webhook is signed with
    (("whsec_",), re.compile(r"whsec_[\w+/=-]+"), f"whsec_{HIDDEN}"),
    # postgres://user:password@host
    (("://",), re.compile(r"([a-z][\w+.-]*://[^\s:/@\"']*):[^\s\"'/]+@"), rf"\1:{HIDDEN}@"),
    # password=… in a connection string or an address, and other names of that kind
    (
        ("=",),
        re.compile(
            r"(?<![^\W_])((?:password|passwd|token|secret|secret_key|api_?key|access_token|signature|"
            rf"sessionid|csrftoken|csrfmiddlewaretoken)=)(?:'[^']*'|{_END}+)",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # What a reader searched for is theirs; some servers of suppliers take a key in the address.
    (("?", "&"), re.compile(rf"([?&](?:q|key|sig)=){_END}+"), rf"\1{HIDDEN}"),
    # A header, or a member of a document, as text
    (
        ("uthorization", "UTHORIZATION", "ookie", "OOKIE"),
        re.compile(
            r"((?:proxy-|http_)?authorization\\?[\"']?\s*[:=,]\s*\\?[\"']?)"
            r"(?:(bearer|basic|token)\s+)?[^\s\"'\\,}]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (
        ("ookie", "OOKIE"),
        re.compile(
            r"((?:set-|http_)?cookie\\?[\"']?\s*[:=]\s*\\?[\"']?)[^\"'\\\n}]+", re.IGNORECASE
        ),
        rf"\1{HIDDEN}",
    ),
    (("earer", "EARER"), re.compile(r"(bearer\s+)[^\s\"'\\,}]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    # Links by which a password is set or an address confirmed
    (
        ("/reset/key/", "/confirm-email/"),
        re.compile(r"(/(?:reset/key|confirm-email)/)[^\s\"'\\<>]+"),
        rf"\1{HIDDEN}",
    ),
    # Readers' own pages of a report
    (("/reports/",), re.compile(r"(/reports/)[^\s\"'\\/<>?]+"), rf"\1{HIDDEN}"),
)
SHORTEST_SECRET = 6


def redactor(secrets: list[str]) -> Callable[[str], str]:
    """A function that hides patterns of secrets and these very texts, also as JSON spells them."""
    spelled = {one for one in secrets if len(one) >= SHORTEST_SECRET}
    spelled |= {json.dumps(one, ensure_ascii=False)[1:-1] for one in spelled}
    ours = sorted(spelled, key=len, reverse=True)

    def redact(text: str) -> str:
        for secret in ours:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        for signs, pattern, instead in _RULES:
            if any(sign in text for sign in signs):
                text = pattern.sub(instead, text)
        return text

    return redact


def redact_within(value: Any, redact: Callable[[str], str], name: str = "") -> Any:
    """The same for lists and dicts of any depth; members with a secret's name lose their value."""
    if name.casefold() in SECRET_NAMES and value not in (None, "", HIDDEN):
        return HIDDEN
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: redact_within(one, redact, str(key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [redact_within(one, redact) for one in value]
    return value


def secrets_of(settings: Any) -> list[str]:
    """The secrets that this installation was given, wherever they are in Django's settings."""
    found = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", [])]
    found += [one.get("PASSWORD") for one in settings.DATABASES.values()]
    found += [getattr(settings, "EMAIL_HOST_PASSWORD", ""), getattr(settings, "METRICS_TOKEN", "")]
    names = ("CELERY_BROKER_URL", "SENTRY_DSN", "BACKUP_URL")
    addresses = [getattr(settings, name, "") for name in names]
    addresses += [str(one.get("LOCATION", "")) for one in settings.CACHES.values()]
    for address in addresses:
        if password := re.search(r"://[^:/@\s]*:([^@\s]+)@", address):
            found.append(password[1])
    return [one for one in found if one]
