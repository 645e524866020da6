"""The desk's roles as groups, so that an administrator can look at them and add to them."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from deals.rules.roles import ROLES


def settle_roles(**_: Any) -> None:
    """Make each role's group and give it what it lacks; what was added by hand stays.

    Runs after every `migrate`, when Django has written the permissions.
    """
    for role in ROLES.values():
        group, _made = Group.objects.get_or_create(name=role.group)
        wanted = [permission.split(".") for permission in role.permissions]
        named = Q()
        for app, codename in wanted:
            named |= Q(content_type__app_label=app, codename=codename)
        if wanted:
            group.permissions.add(*Permission.objects.filter(named))
