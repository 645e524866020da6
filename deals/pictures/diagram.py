"""From where, to where, into what: investor countries → target countries → sectors as ribbons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.charts.sankey import Node, Ribbon, Sankey, Stage, sankey_figure
from deals.flows import links
from deals.flows.query import FlowQuery
from deals.flows.rows import into_country
from deals.pictures import words
from deals.pictures.picture import Panel, Picture
from deals.pictures.table import Column, Table, total_row
from deals.rules.vocab import SECTORS
from deals.svg.sankey import flow_diagram, phone_diagram
from deals.templatetags.formats import country, number

# The strongest of each column have a box of their own; the others share one.
MOST_NODES = 11
# More pairs than so many are only in the API.
MOST_ROWS = 150
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Column_:
    """The nodes of a column: codes in their order, and which of them share the last box."""

    own: tuple[str, ...]
    shared: tuple[str, ...]
