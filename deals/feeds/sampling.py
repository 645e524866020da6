"""The random sample of an import that people look at before it may be published.

Of a file with thousands of deals nobody reads all; of some, drawn by chance, somebody has to, and
what they find says how wrong the rest may be. What the command line approves needs no sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deals.models import ImportRun, SampleCheck, StagedDeal
from deals.rules.sampling import clopper_pearson

Outcome, Verdict = StagedDeal.Outcome, SampleCheck.Verdict
# Imports with so few new and changed deals are read as a whole on their page.
FEW = 5
LONGEST_NOTE = 500
# Drawn by chance, and the same deals each time: numbers that a hash gives cannot be chosen.
DRAWN = """
SELECT id FROM deals_stageddeal
WHERE import_run_id = %(run)s AND outcome IN ('created', 'updated')
ORDER BY md5(%(run)s || ':' || id), id LIMIT %(size)s
"""


class SampleError(Exception):
    """What was said of a deal of a sample cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """`drawn` are the keys of staged deals in the order in which they are shown; `of` is how many
    deals would be published. `wrong` of the `seen` were found wrong by somebody."""

    drawn: tuple[int, ...]
    of: int
    seen: int
    wrong: int

    @property
    def size(self) -> int:
        return len(self.drawn)

    @property
    def left(self) -> int:
        """How many nobody has looked at yet."""
        return self.size - self.seen

    @property
    def is_all(self) -> bool:
        """Whether every deal was drawn, so that nothing has to be estimated."""
        return self.size >= self.of

    @property
    def shares(self) -> tuple[Decimal, Decimal]:
        """Between which shares of all deals may be wrong, with 95 % confidence."""
        return clopper_pearson(self.wrong, self.seen)


def sample(run: ImportRun) -> Sample | None:
    """The sample of an import and what was found; None where none is asked for.

    What the person who brought the file in says of it does not count, unless the desk has only one.
    """
    of = run.deals_created + run.deals_updated
    if not settings.REVIEW_SAMPLE or of <= FEW:
        return None
    drawn = tuple(
        one.pk
        for one in StagedDeal.objects.raw(DRAWN, {"run": run.pk, "size": settings.REVIEW_SAMPLE})
    )
    verdicts = verdicts_of(run, drawn)
    wrong = sum(1 for found in verdicts.values() if Verdict.WRONG in found)
    return Sample(drawn, of, len(verdicts), wrong)


def verdicts_of(run: ImportRun, drawn: Sequence[int]) -> dict[int, set[str]]:
    """What people said of the deals of a sample, by staged deal."""
    checks = SampleCheck.objects.filter(staged__in=drawn)
    if run.created_by_id and not settings.SELF_APPROVAL:
        checks = checks.exclude(by=run.created_by_id)
    found: dict[int, set[str]] = {}
    for staged, verdict in checks.values_list("staged_id", "verdict"):
        found.setdefault(staged, set()).add(verdict)
    return found


def why_not_yet(run: ImportRun) -> str:
    """The sentence that says how much of the sample nobody has looked at, "" for nothing."""
    found = sample(run)
    if found is None or not found.left:
        return ""
    return _(
        "Look at the sample first: of %(size)s deals drawn by chance, nobody has looked at %(left)s"
        " yet."
    ) % {"size": found.size, "left": found.left}


@transaction.atomic
def check(*, run: ImportRun, staged: int, verdict: str, note: str, by: int) -> SampleCheck:
    """Say that a deal of the sample is right or wrong; saying it again takes the first back."""
    # Locked, so that nothing is said of an import that is being decided on.
    locked = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.state != ImportRun.State.REVIEW:
        raise SampleError(_("This import has been decided on already."))
    if locked.created_by_id == by and not settings.SELF_APPROVAL:
        raise SampleError(
            _("You brought this file in yourself; somebody else looks at the sample.")
        )
    found = sample(locked)
    if found is None or staged not in found.drawn:
        raise SampleError(_("This deal is not in the sample."))
    if verdict not in Verdict.values:
        raise SampleError(_("Say whether the deal is right or wrong."))
    if len(note) > LONGEST_NOTE:
        raise SampleError(_("A note has at most %(most)s characters.") % {"most": LONGEST_NOTE})
    made, _new = SampleCheck.objects.update_or_create(
        staged_id=staged,
        by_id=by,
        defaults={"verdict": verdict, "note": note, "at": timezone.now()},
    )
    return made
