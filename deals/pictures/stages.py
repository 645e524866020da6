"""Types of rounds in the order of the stages of a company, not by size."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from deals.flows import links
from deals.flows.query import FlowQuery
from deals.pictures.picture import Picture
from deals.pictures.ranked import Ranking, draw_rankings, titled
from deals.rules.vocab import ROUND_STAGES, ROUND_TYPES

STAGES = ("early", "growth", "late", "unstated")


def rounds(query: FlowQuery, answers: Mapping[str, Any]) -> Picture:
    """`top-rounds`; what no round was stated for comes last."""
    answer = dict(answers["top-rounds"])
    answer["rows"] = sorted(answer["rows"], key=lambda row: _place(row["code"]))
    ranking = Ranking("rounds", _("Round types"), _("Round type"), titled, bars=99)
    return draw_rankings("rounds", query, [(ranking, answer)], [
        _("In the order of a company’s stages: early, growth, late, then rounds whose stage is "
          "not stated."),
        _("Shares are held against the counted deals of the same type of round."),
    ], links.address("/api/v1/flows/top/", query, of="rounds"))  # fmt: skip


def _place(code: str) -> tuple[int, int]:
    if code not in ROUND_STAGES:
        return len(STAGES), 0
    return STAGES.index(ROUND_STAGES[code]), list(ROUND_TYPES).index(code)
