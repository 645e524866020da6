"""`manage.py desk_user NAME --role ROLE`: who may work at the desk, and as what."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from deals import journal
from deals.accounts.people import give_role
from deals.management.roles import settle_roles
from deals.rules.roles import ROLES


class Command(BaseCommand):
    """Creates the account with a generated password, or gives an account another role."""

    help = "Create an account for the desk, or change its role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name to sign in with")
        parser.add_argument("--role", choices=list(ROLES), required=True)
        parser.add_argument("--email", help="where links and notices go")
        parser.add_argument(
            "--new-password", action="store_true", help="make a new password for an old account"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        settle_roles()
        role = ROLES[options["role"]]
        user = User.objects.filter(username=options["name"]).first()
        made = user is None
        user = user or User(username=options["name"])
        if options["email"]:
            user.email = options["email"]
        password = secrets.token_urlsafe(12) if made or options["new_password"] else ""
        if password:
            user.set_password(password)
        try:
            user.full_clean(validate_unique=False)
        except ValidationError as error:
            raise CommandError(f"{options['name']}: {' '.join(error.messages)}") from None
        user.save()
        give_role(user, options["role"])
        journal.record("changed_person", by=None, text=f"{user.get_username()}: {role.title}")
        done = "was created as" if made else "is now"
        self.stdout.write(f"{user.get_username()} {done} {role.title}.")
        if password:
            self.stdout.write(f"Password (shown only now): {password}")
