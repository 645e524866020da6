"""`manage.py ledger`: retract, restore or merge a deal, recorded as system."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deals import actions
from deals.models import Deal


class Command(BaseCommand):
    help = "Take a deal out of the numbers, bring it back, or say that it is another deal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=("retract", "restore", "merge"))
        parser.add_argument("deal", help="the deal's public id, D-…")
        parser.add_argument("--into", help="merge: the deal that it really is")
        parser.add_argument("--reason", required=True, help="kept in the ledger")

    def handle(self, *args: Any, **options: Any) -> None:
        action, reason = options["action"], options["reason"]
        if (action == "merge") != bool(options["into"]):
            raise CommandError("--into D-… goes with merge, and only with merge.")
        deal = _deal(options["deal"])
        try:
            if action == "retract":
                seq = actions.retract(deal=deal, by=None, reason=reason).seq
            elif action == "merge":
                into = _deal(options["into"])
                seq = actions.merge(deal=deal, into=into, by=None, reason=reason).seq
            else:
                seq = actions.restore(deal=deal, by=None, reason=reason).published_seq or 0
        except actions.NotAllowed as error:
            raise CommandError(str(error)) from None
        done = {"retract": "retracted", "restore": "restored", "merge": "merged"}[action]
        self.stdout.write(f"{deal} was {done}; ledger no. {seq}.")


def _deal(public_id: str) -> Deal:
    try:
        return Deal.objects.get(public_id=public_id)
    except Deal.DoesNotExist:
        raise CommandError(f"There is no deal {public_id}.") from None
