"""What `manage.py check --deploy` finds wrong besides what Django looks for."""

from typing import Any

from django.conf import settings
from django.core.checks import Error


def any_name(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Links in mails begin with the name that a request came under, so it has to be one of ours."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    hint = "Name the hosts under which browsers reach this server."
    return [
        Error(
            "ALLOWED_HOSTS has *: the server answers to any name.", hint=hint, id="investtrack.E001"
        )
    ]
