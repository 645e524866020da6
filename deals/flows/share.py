"""What share of the deals into Y had an investor from X? The product's first question."""

from typing import Any

from deals.flows import frame, links
from deals.flows.answer import kept
from deals.flows.conditions import COUNTED
from deals.flows.cube import Cube, cube, distinct_sides
from deals.flows.definition import definition
from deals.flows.frame import share_of
from deals.flows.money import amount, text
from deals.flows.query import FlowQuery
from deals.flows.rollup import are_used, places
from deals.flows.scope import Scope, is_provisional
from deals.rules.counting import VALUE_KINDS
from deals.rules.regions import swap_china

REQUIRED = ("investor", "target")


def counts(all_cells: Cube, scope: Scope) -> dict[str, Any]:
    """The block `deals`: n of N, its range if the unknown count, and what is beside."""
    counted = all_cells.at(*COUNTED)
    n, N = all_cells.at("flow").count(), counted.count()
    unknown = all_cells.at("unknown").count()
    partial = all_cells.at("target_side_only", "other_foreign_only").count("partial")
    return {
        "n": n,
        "N": N,
        "share": share_of(n, N, scope),
        "unknown": unknown,
        "share_max": share_of(n + unknown, N, scope),
        "partial": partial,
        "share_max_partial": share_of(n + unknown + partial, N, scope),
        "too_coarse": all_cells.at("too_coarse").count(),
        "undated": all_cells.at("undated").count(),
        "unknown_target": all_cells.at("unknown_target").count(),
        "composition": {
            "target_side_only": all_cells.at("target_side_only").count(),
            "with_investor": n,
            "other_foreign_only": all_cells.at("other_foreign_only").count(),
            "unknown": unknown,
        },
    }


def years_of(query: FlowQuery, cells: Cube) -> list[int]:
    """Every year of the window; without a full window, of the counted deals."""
    first, last = query.window
    seen = cells.at(*COUNTED).years()
    if not seen and not (first and last):
        return []
    begin = first.year if first else min(seen, default=last.year if last else 0)
    end = last.year if last else max(seen, default=first.year if first else 0)
    # A window may be asked for that is far wider than any data; empty edges are not listed then.
    if end - begin > 200:
        begin, end = min(seen, default=begin), max(seen, default=begin)
    return list(range(begin, end + 1))


def by_year(query: FlowQuery, cells: Cube, scope: Scope) -> list[dict[str, Any]]:
    """One row a year. `complete` is false for young years and for those the window cuts."""
    first, last = query.window
    has_value = len(query.kind) == 1 and query.kind[0] in VALUE_KINDS
    rows = []
    for year in years_of(query, cells):
        of_year = cells.of_year(year)
        flow = of_year.at("flow")
        n, N = flow.count(), of_year.at(*COUNTED).count()
        cut = bool(
            (first and first.year == year and (first.month, first.day) != (1, 1))
            or (last and last.year == year and (last.month, last.day) != (12, 31))
        )
        provisional = is_provisional(year, scope.seen_on)
        within = query.but(
            from_=query.from_ if first and first.year == year else str(year).zfill(4),
            to=query.to if last and last.year == year else str(year).zfill(4),
        )
        band = {
            name: text(flow.money(name)) if has_value else None for name in ("low", "split", "high")
        }
        rows.append(
            {
                "year": year,
                "n": n,
                "N": N,
                "share": share_of(n, N, scope),
                **band,
                "complete": not provisional and not cut,
                "provisional": provisional,
                "deals": links.deals(within),
            }
        )
    return rows


def beside_years(cells: Cube) -> dict[str, dict[str, int]]:
    """What no row of the series holds, so that the rows and these add up to the whole.

    Undated deals are counted in N where no window is asked, and stand beside N where one is.
    """
    loose = cells.of_year(None)
    flow, counted = loose.at("flow"), loose.at(*COUNTED)
    undated, N_undated = flow.count("undated"), counted.count("undated")
    return {
        "several_years": {"n": flow.count() - undated, "N": counted.count() - N_undated},
        "too_coarse": {"N": cells.at("too_coarse").count()},
        "undated": {"n": undated, "N": N_undated + cells.at("undated").count()},
    }


def hong_kong(query: FlowQuery, scope: Scope, with_hk_mo: bool) -> dict[str, Any] | None:
    """The same question with (or without) Hong Kong and Macao on the Chinese side (rule 11)."""
    investor = swap_china(query.investor_side, with_hk_mo)
    target = swap_china(query.target_side, with_hk_mo)
    if investor is None and target is None:
        return None
    other = query.but(
        investor=investor.codes if investor else query.investor,
        target=target.codes if target else query.target,
    )
    found = places(other, scope)
    n, N = found.get("flow", 0), sum(found.get(place, 0) for place in COUNTED)
    return {"n": n, "N": N, "share": share_of(n, N, scope), "deals": links.deals(other)}


def comparators(query: FlowQuery, cells: Cube, scope: Scope) -> list[dict[str, Any]]:
    """Other investor sides over the same N; they overlap, so they add up to nothing."""
    counted = cells.at(*COUNTED)
    rows = []
    for position, code in enumerate(query.compare):
        n = counted.compared(position)
        other = query.but(investor=(code,))
        rows.append(
            {
                "investor": code,
                "n": n,
                "share": share_of(n, counted.count(), scope),
                "deals": links.deals(other),
            }
        )
    return rows


def cells_of(query: FlowQuery, scope: Scope) -> Cube:
    """The cube of a question, kept: its answer and its chart over time are both sums of it."""
    mark = "cube" if are_used() else "cube of facts"
    found: Cube = kept(mark, query, scope, lambda: cube(query, scope, query.compare))
    return found


def flow_share(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """The whole answer, as the API gives it; shapes and names are documented in docs/api.md."""
    cells = cells_of(query, scope)
    companies, investors = cells.sides or distinct_sides(query, scope)
    return {
        "query": query.to_params(),
        "population": frame.population(scope),
        "deals": counts(cells, scope),
        "compare": comparators(query, cells, scope),
        "with_hk_mo": hong_kong(query, scope, with_hk_mo=True),
        "without_hk_mo": hong_kong(query, scope, with_hk_mo=False),
        "amount": amount(cells, query, is_share=scope.population is not None),
        "companies": companies,
        "investors": investors,
        "by_year": by_year(query, cells, scope),
        "by_year_beside": beside_years(cells),
        "definition": definition(query, scope),
        "as_of": frame.as_of(scope),
        "links": {
            "page": links.page(query),
            "deals": links.deals(query),
            "cite": links.cite(query, scope.change_seq),
        },
    }
