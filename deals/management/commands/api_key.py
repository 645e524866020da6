"""`manage.py api_key create NAME --user USER`: keys of partners and scripts."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from deals.accounts import keys
from deals.accounts.keys_counted import limit_of
from deals.accounts.people import Refused
from deals.models import ApiKey
from deals.rules.keys import prefix_of

# What the column holds.
LARGEST_LIMIT = 2**31 - 1


class Command(BaseCommand):
    help = "Create, list and revoke keys of the API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a key and print it, once")
        create.add_argument("name", help="who or what uses it, such as “MERICS nightly”")
        create.add_argument("--user", required=True, help="the user who answers for it")
        create.add_argument(
            "--power", choices=ApiKey.Power.values, default=ApiKey.Power.READ,
            help="read (default); import: also bring files in; write: also that, and propose deals",
        )  # fmt: skip
        create.add_argument("--expires", type=int, default=0, metavar="DAYS", help="else it lasts")
        create.add_argument(
            "--limit", type=int, metavar="N",
            help="requests in an hour, 0 for no limit; else as API_PER_HOUR says",
        )  # fmt: skip
        actions.add_parser("list", help="all keys, by their beginnings")
        revoke = actions.add_parser("revoke", help="end a key, at once and for ever")
        revoke.add_argument("prefix", help="the key's beginning, as `list` shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "create":
            self._create(options)
        elif options["action"] == "revoke":
            self._revoke(options["prefix"])
        else:
            self._list()

    @sensitive_variables("key")
    def _create(self, options: dict[str, Any]) -> None:
        users, username = get_user_model(), options["user"]
        user = users._default_manager.filter(**{users.USERNAME_FIELD: username}).first()
        if user is None:
            raise CommandError(f"There is no user {username}.")
        name, days, limit = keys.clean_name(options["name"]), options["expires"], options["limit"]
        if not 1 <= len(name) <= keys.LONGEST_NAME:
            raise CommandError(f"A key's name has 1 to {keys.LONGEST_NAME} characters.")
        if not 0 <= days <= keys.LONGEST_DAYS:
            raise CommandError(f"A key lasts 1 to {keys.LONGEST_DAYS} days, or for ever.")
        if limit is not None and not 0 <= limit <= LARGEST_LIMIT:
            raise CommandError(f"A limit is a number from 0 to {LARGEST_LIMIT}.")
        power = options["power"]
        _made, key = keys.give_key(
            user=user, name=name, power=power, days=days, limit=limit, by=None
        )
        # The key alone goes to standard output, so that a script can catch it.
        article = "An" if power == "import" else "A"
        self.stderr.write(
            f"{article} {power} key for {username}. Only its digest is kept: it is not shown again."
        )
        self.stdout.write(key)

    def _revoke(self, prefix: str) -> None:
        # Also the whole key is taken, in case that is all somebody has of a leaked one.
        found = ApiKey.objects.filter(prefix=prefix_of(prefix.rstrip("…"))).first()
        if found is None:
            raise CommandError("No key begins like that; see manage.py api_key list.")
        try:
            keys.revoke_key(key=found, by=None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Revoked {found.name} ({found.prefix}…).")

    def _list(self) -> None:
        found = ApiKey.objects.select_related("user")
        for key in found:
            used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
            self.stdout.write(
                f"{key.prefix}…  {key.power:6}  {key.user.get_username()}  {key.name}  "
                f"({_state(key) or used}; {_limit(key)})"
            )
        if not found:
            self.stdout.write("There are no keys.")


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at and key.expires_at <= timezone.now():
        return f"expired {key.expires_at:%Y-%m-%d}"
    return ""


def _limit(key: ApiKey) -> str:
    ends = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "for ever"
    limit = limit_of(key)
    return f"{ends}, {limit:,} an hour" if limit else f"{ends}, no limit"
