"""`manage.py review_import`: list imports that wait, approve, reject or undo one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deals.feeds import report
from deals.feeds.refusals import Refused
from deals.feeds.review import NotDecidableError, reject
from deals.feeds.run import approve, undo
from deals.models import ImportRun


class Command(BaseCommand):
    help = "Without a number: list imports in review. With one: --approve, --reject or --undo it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, nargs="?", help="the import's number")
        decision = parser.add_mutually_exclusive_group()
        decision.add_argument("--approve", action="store_true", help="publish it")
        decision.add_argument("--reject", action="store_true", help="close it, publish nothing")
        decision.add_argument("--undo", action="store_true", help="take back what it published")
        parser.add_argument("--reason", default="", help="kept in the ledger")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["id"] is None:
            self._list()
            return
        try:
            self._decide(options)
        except ImportRun.DoesNotExist:
            raise CommandError(f"There is no import {options['id']}.") from None
        except (NotDecidableError, Refused) as error:
            raise CommandError(str(error)) from None

    def _decide(self, options: dict[str, Any]) -> None:
        if options["approve"]:
            run = approve(options["id"], reason=options["reason"])
            title = f"Import {run.pk} of {run.file_name}: published."
        elif options["reject"]:
            if not options["reason"].strip():
                raise CommandError("Say why, with --reason: the supplier or a colleague will ask.")
            run = reject(options["id"], reason=options["reason"])
            title = f"Import {run.pk} of {run.file_name}: rejected, nothing was published."
        elif options["undo"]:
            run = undo(options["id"], reason=options["reason"])
            title = _undone(run)
        else:
            run = ImportRun.objects.get(pk=options["id"])
            title = f"Import {run.pk} of {run.file_name}: {run.state}."
        self.stdout.write("\n".join(report.lines(report.of_run(run), title=title)))

    def _list(self) -> None:
        waiting = ImportRun.objects.filter(state=ImportRun.State.REVIEW).select_related("feed")
        for run in waiting.order_by("pk"):
            self.stdout.write(
                f"{run.pk}  {run.created_at:%Y-%m-%d %H:%M}  {run.feed.name}  {run.file_name}: "
                f"{run.deals_created:,} new, {run.deals_updated:,} updated, "
                f"{run.deals_conflict:,} in conflict, {run.rows_rejected:,} rows rejected"
            )
        if not waiting:
            self.stdout.write("No import waits for review.")


def _undone(run: ImportRun) -> str:
    did = run.undo_report or {}
    lines = [
        f"Import {run.pk} of {run.file_name}: undone. {did['retracted']:,} deals retracted, "
        f"{did['restored']:,} put back, {len(did['kept']):,} kept.",
        *(f"  kept {kept['deal']}: {kept['why']}" for kept in did["kept"]),
    ]
    return "\n".join(lines)
