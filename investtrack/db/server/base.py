"""`ENGINE = "investtrack.db.server"`: takes the settings of `django.db.backends.postgresql`."""

from investtrack.db.health import DatabaseWrapper

__all__ = ["DatabaseWrapper"]
