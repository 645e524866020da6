"""One noun a file; `docs/architecture.md` has the picture."""

from deals.models.apikey import ApiKey
from deals.models.change import Change, FrozenView, Release
from deals.models.deal import Deal, DealVersion
from deals.models.fact import DealDocument, DealFact
from deals.models.feed import Feed, FeedRecord, Population
from deals.models.imports import ImportRun, RowError, StagedDeal, StagedRow
from deals.models.organization import (
    Domicile,
    Identifier,
    Organization,
    OrganizationName,
    Ownership,
)
from deals.models.participation import Participation
from deals.models.published import PolicyEvent, PublishedFigure
from deals.models.rollup import FlowCell
from deals.models.schedule import FeedSchedule, FeedSlot
from deals.models.source import Citation, Source
from deals.models.suggestion import Suggestion
from deals.models.upload import Upload

__all__ = [
    "ApiKey",
    "Change",
    "Citation",
    "Deal",
    "DealDocument",
    "DealFact",
    "DealVersion",
    "Domicile",
    "Feed",
    "FeedRecord",
    "FeedSchedule",
    "FeedSlot",
    "FlowCell",
    "FrozenView",
    "Identifier",
    "ImportRun",
    "Organization",
    "OrganizationName",
    "Ownership",
    "Participation",
    "PolicyEvent",
    "Population",
    "PublishedFigure",
    "Release",
    "RowError",
    "Source",
    "StagedDeal",
    "StagedRow",
    "Suggestion",
    "Upload",
]
