"""A version that waits while its deal moves on: put together what both sides meant, or say where
they cannot both be right."""

from deals.actions.writing import facts_of, rewrite_version
from deals.entry.facts import Facts
from deals.entry.three_way import ThreeWay, three_way
from deals.feeds.publish import StaleVersionError
from deals.models import DealVersion


class Clash(StaleVersionError):
    """The deal has changed meanwhile, in facts that this changes, too; a person chooses."""

    def __init__(self, compared: ThreeWay, live: DealVersion) -> None:
        super().__init__([live.deal.public_id])
        self.compared, self.live = compared, live

    def __str__(self) -> str:
        facts = ", ".join(self.compared.clashes).replace("_", " ")
        return (
            f"Somebody else has changed the same facts of {self.live.deal} meanwhile ({facts}). "
            "Nothing was done; compare both and choose."
        )


def compare(version: DealVersion) -> ThreeWay | None:
    """A pending version beside what is live by now; None while it is up to date, for a new deal,
    and for one that is not live any more."""
    base, live = version.based_on, version.deal.versions.live().first()
    if base is None or live is None or live.pk == base.pk:
        return None
    return three_way(facts_of(base), facts_of(live), facts_of(version))


def combined(
    base: DealVersion | None, live: DealVersion | None, mine: Facts
) -> tuple[Facts, ThreeWay | None]:
    """`mine` with what others changed since `base`. Raises `Clash`."""
    if base is None or live is None or base.pk == live.pk:
        return mine, None
    compared = three_way(facts_of(base), facts_of(live), mine)
    if compared.clashes:
        raise Clash(compared, live)
    return compared.merged, compared


def bring_up_to_date(version: DealVersion) -> None:
    """Rewrite a pending version on top of what is live, if it is stale. Raises `Clash`.

    Belongs into a transaction that holds the ledger's lock, so that what is live stays so.
    """
    live = version.deal.versions.live().first()
    if live is None or version.based_on_id == live.pk:
        # Its facts need not be read while everybody else waits for the ledger.
        return
    facts, compared = combined(version.based_on, live, facts_of(version))
    if compared is not None:
        rewrite_version(version=version, facts=facts, reason=version.reason, based_on=live)
