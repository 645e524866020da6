"""An answer as a few plain lines for a terminal."""

from decimal import Decimal
from typing import Any


def percent(share: str | None) -> str:
    return "no share" if share is None else f"{Decimal(share) * 100:.1f} %"


def _money(block: dict[str, Any]) -> str:
    if block["low"] is None:
        return str(block.get("why_no_value", "not disclosed for any of these deals"))
    low, split, high = (
        f"{Decimal(block[name]) / 1_000_000:,.1f}" for name in ("low", "split", "high")
    )
    return (
        f"{block['currency']} {low}–{split}–{high} m (low–split–high), "
        f"disclosed for {block['disclosed_n']} deals"
    )


def report(answer: dict[str, Any]) -> str:
    """The share with n of N, its range, composition, comparators, value and definition."""
    deals, population = answer["deals"], answer["population"]
    generated = " — GENERATED, not real" if population["generated"] else ""
    mix = deals["composition"]
    lines = [
        f"{deals['n']:,} of {deals['N']:,} deals: {percent(deals['share'])}",
        f"Population: {population['title']}{generated}",
    ]
    if population["why_no_share"]:
        lines.append(population["why_no_share"])
    else:
        lines.append(
            f"At most {percent(deals['share_max'])} if all {deals['unknown']} deals with unknown"
            f" investors count, {percent(deals['share_max_partial'])} with the"
            f" {deals['partial']} partial lists"
        )
    lines.append(
        f"The others: {mix['target_side_only']:,} only from the target's side,"
        f" {mix['other_foreign_only']:,} with other foreign investors, {mix['unknown']:,} unknown"
    )
    for row in answer["compare"]:
        lines.append(f"Compare {row['investor']}: {row['n']:,}, {percent(row['share'])}")
    for name, words in (("with_hk_mo", "With"), ("without_hk_mo", "Without")):
        other = answer[name]
        if other:
            lines.append(
                f"{words} Hong Kong and Macao: {other['n']:,} of {other['N']:,},"
                f" {percent(other['share'])}"
            )
    lines.append(f"Value: {_money(answer['amount'])}")
    lines.append(
        f"Beside: {deals['too_coarse']} too coarse, {deals['undated']} undated,"
        f" {deals['unknown_target']} with unknown target country"
    )
    lines.append(answer["definition"]["text"])
    lines.append(f"Ledger no. {answer['as_of']['change_seq']}")
    return "\n".join(lines)
