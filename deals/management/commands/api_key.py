"""`manage.py api_key create NAME --user USER`: keys of partners and scripts."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from deals.models import ApiKey
from deals.rules.keys import digest_of, new_key, prefix_of


class Command(BaseCommand):
    help = "Create, list and revoke keys of the API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a key and print it, once")
        create.add_argument("name", help="who or what uses it, such as “MERICS nightly”")
        create.add_argument("--user", required=True, help="the user who answers for it")
        create.add_argument(
            "--power", choices=ApiKey.Power.values, default=ApiKey.Power.READ,
            help="read (default), or write: read and bring files in",
        )  # fmt: skip
        actions.add_parser("list", help="all keys, by their beginnings")
        revoke = actions.add_parser("revoke", help="end a key, at once and for ever")
        revoke.add_argument("prefix", help="the key's beginning, as `list` shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "create":
            self._create(options["name"], options["user"], options["power"])
        elif options["action"] == "revoke":
            self._revoke(options["prefix"])
        else:
            self._list()

    @sensitive_variables("key")
    def _create(self, name: str, username: str, power: str) -> None:
        users = get_user_model()
        user = users._default_manager.filter(**{users.USERNAME_FIELD: username}).first()
        if user is None:
            raise CommandError(f"There is no user {username}.")
        name = name.strip()
        if not 1 <= len(name) <= 200:
            raise CommandError("A key's name has 1 to 200 characters.")
        key = new_key(power)
        ApiKey.objects.create(
            name=name, prefix=prefix_of(key), digest=digest_of(key), power=power, user=user,
            created_at=timezone.now(),
        )  # fmt: skip
        # The key alone goes to standard output, so that a script can catch it.
        self.stderr.write(
            f"A {power} key for {username}. Only its digest is kept: it is not shown again."
        )
        self.stdout.write(key)

    def _revoke(self, prefix: str) -> None:
        # Also the whole key is taken, in case that is all somebody has of a leaked one.
        found = ApiKey.objects.filter(prefix=prefix_of(prefix.rstrip("…")))
        if not found:
            raise CommandError("No key begins like that; see manage.py api_key list.")
        if not found.filter(revoked_at__isnull=True).update(revoked_at=timezone.now()):
            raise CommandError("This key was revoked before.")
        self.stdout.write(f"Revoked {found.get().name} ({found.get().prefix}…).")

    def _list(self) -> None:
        keys = ApiKey.objects.select_related("user")
        for key in keys:
            used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
            state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else used
            self.stdout.write(
                f"{key.prefix}…  {key.power:5}  {key.user.get_username()}  {key.name}  ({state})"
            )
        if not keys:
            self.stdout.write("There are no keys.")
