"""`manage.py desk_user NAME --role editor|reviewer|manager`: who may work at the desk."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from deals.management.roles import settle_roles
from deals.rules.roles import ROLES


class Command(BaseCommand):
    """Creates the account with a generated password, or gives an account another role."""

    help = "Create an account for the desk, or change its role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name to sign in with")
        parser.add_argument("--role", choices=list(ROLES), required=True)
        parser.add_argument(
            "--new-password", action="store_true", help="make a new password for an old account"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        settle_roles()
        role = ROLES[options["role"]]
        model = get_user_model()
        user = model.objects.filter(username=options["name"]).first()
        made = user is None
        user = user or model(username=options["name"])
        password = secrets.token_urlsafe(12) if made or options["new_password"] else ""
        if password:
            user.set_password(password)
        try:
            user.full_clean(validate_unique=False)
        except ValidationError as error:
            raise CommandError(f"{options['name']}: {' '.join(error.messages)}") from None
        user.save()
        others = [other.group for other in ROLES.values() if other is not role]
        user.groups.remove(*Group.objects.filter(name__in=others))
        user.groups.add(Group.objects.get(name=role.group))
        done = "was created as" if made else "is now"
        self.stdout.write(f"{user.get_username()} {done} {role.title}.")
        if password:
            self.stdout.write(f"Password (shown only now): {password}")
