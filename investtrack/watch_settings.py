"""What the running system tells of itself: its log, its metrics, its errors.

`settings` takes every name from here.
"""

from ipaddress import ip_network

from django.core.exceptions import ImproperlyConfigured
from environs import validate

from investtrack.environment import env
from investtrack.logs import logging_settings

# --- the log --------------------------------------------------------------------------------
# "text" for people, "json" (one object a line) for a collector of logs.
LOG_FORMAT = env.str("LOG_FORMAT", "text", validate=validate.OneOf(["text", "json"]))
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING"]))
# Of a reader's address: nothing, the network (192.0.2.0/24, 2001:db8::/64), or all of it.
LOG_ADDRESS = env.str(
    "LOG_ADDRESS", "network", validate=validate.OneOf(["none", "network", "full"])
)
LOGGING = logging_settings(LOG_FORMAT, LOG_LEVEL)

# --- metrics --------------------------------------------------------------------------------
# Whether /metrics answers at all; nothing is counted, or even loaded, otherwise.
METRICS = env.bool("METRICS", False)
# Who may read it: these networks, and whoever sends `Authorization: Bearer METRICS_TOKEN`.
METRICS_ALLOW: list[str] = env.list("METRICS_ALLOW", ["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
for _network in METRICS_ALLOW:
    try:
        ip_network(_network)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"METRICS_ALLOW has {_network!r}, which is no network: write 10.1.0.0/16, or one "
            "address, and separate several by commas."
        ) from error

# --- errors ---------------------------------------------------------------------------------
# The address of a Sentry-compatible error tracker; without it nothing of that is even loaded.
SENTRY_DSN = env.str("SENTRY_DSN", "")
# What the tracker calls this installation, such as "production" or "trial".
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", "production")
