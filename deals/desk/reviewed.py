"""What a version that waits for a decision would change, and how it stands to what is live."""

from dataclasses import dataclass

from deals.actions.rebase import compare
from deals.actions.writing import facts_of
from deals.entry.facts import Facts
from deals.entry.three_way import ThreeWay
from deals.models import DealVersion

State = DealVersion.State


@dataclass(frozen=True, slots=True)
class Reviewed:
    """`before` is None for a new deal; `after` is what would be live.

    `standing`: "new" deal, "edit" of what is live, "stale" (others changed other facts since,
    named in `kept`), "clash" (the same facts, in `compared`), "gone" (the deal was retracted or
    merged meanwhile), or "decided".
    """

    before: Facts | None
    after: Facts
    standing: str
    compared: ThreeWay | None = None

    @property
    def kept(self) -> tuple[str, ...]:
        """The facts that others have changed since."""
        return self.compared.by_them if self.compared else ()


def reviewed(version: DealVersion) -> Reviewed:
    """Both sides of a version; of a decided one, as it was decided on."""
    after = facts_of(version)
    base = version.based_on
    before = facts_of(base) if base is not None else None
    if version.state != State.SUBMITTED:
        return Reviewed(before, after, "decided")
    if base is None or before is None:
        return Reviewed(None, after, "new")
    if version.deal.versions.live().first() is None:
        return Reviewed(before, after, "gone")
    compared = compare(version)
    if compared is None:
        return Reviewed(before, after, "edit")
    if compared.clashes:
        return Reviewed(before, after, "clash", compared)
    return Reviewed(compared.theirs, compared.merged, "stale", compared)
