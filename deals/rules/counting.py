"""What counts: statuses and kinds of deals, and how a share is written.

The rules themselves, with their sources, are the methodology page's rules 1, 8, 9 and 20.
"""

from decimal import ROUND_HALF_EVEN, Decimal

STATUSES: dict[str, str] = {
    "rumoured": "Rumoured",
    "announced": "Announced",
    "completed": "Completed",
    "withdrawn": "Withdrawn by the parties",
    "blocked": "Blocked by an authority",
    "terminated": "Terminated before completion",
    "divestment_ordered": "Completed, divestment ordered later",
    "unwound": "Completed, unwound later",
}

# A deal counts once it has ever been completed, whatever an authority ordered afterwards.
EVER_COMPLETED_STATUSES = frozenset({"completed", "divestment_ordered", "unwound"})

KINDS: dict[str, str] = {
    "funding_round": "Funding round",
    "acquisition": "Acquisition (control gained)",
    "joint_venture": "Joint venture",
    "listed_stake": "Stake in a listed company",
    "secondary": "Existing shares, no control",
    "debt": "Debt",
    "grant": "Grant",
    "ipo": "Initial public offering",
    "greenfield": "Greenfield investment",
    "licence": "Licence",
    "partnership": "Partnership",
    "exit": "Exit",
}

DEFAULT_KIND = "funding_round"

# Only these have a value; each is totalled on its own, never added to another kind.
VALUE_KINDS = frozenset(
    {"funding_round", "acquisition", "joint_venture", "listed_stake", "secondary"}
)


def share(n: int | Decimal, N: int | Decimal) -> str | None:
    """n ÷ N as text with six places, rounded half to even; None when N is 0.

    Takes counts of deals or sums of money. None, never 0, because nothing out of nothing is not
    a share.
    """
    if N == 0:
        return None
    return str((Decimal(n) / Decimal(N)).quantize(Decimal("0.000001"), ROUND_HALF_EVEN))
