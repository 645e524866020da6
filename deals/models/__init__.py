"""One noun a file; `docs/architecture.md` has the picture."""

from deals.models.activity import Activity, MailChoice, Notification
from deals.models.apikey import ApiCount, ApiKey, ApiWrite
from deals.models.change import Change, FrozenView, Release
from deals.models.deal import Deal, DealVersion
from deals.models.draft import Draft, Presence
from deals.models.duplicate import DealSuggestion
from deals.models.edit import OrganizationEdit
from deals.models.fact import DealDocument, DealFact, EarlierDocument, PreparedFact
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
from deals.models.report import Report
from deals.models.review import Comment, Review, SampleCheck
from deals.models.rollup import FlowCell, RegionCell
from deals.models.schedule import FeedSchedule, FeedSlot
from deals.models.searchname import SearchName
from deals.models.source import Citation, Source
from deals.models.suggestion import Suggestion
from deals.models.targetname import TargetName
from deals.models.upload import Upload
from deals.models.webhook import Delivery, Webhook

__all__ = [
    "Activity",
    "ApiCount",
    "ApiKey",
    "ApiWrite",
    "Change",
    "Citation",
    "Comment",
    "Deal",
    "DealDocument",
    "DealFact",
    "DealSuggestion",
    "DealVersion",
    "Delivery",
    "Domicile",
    "Draft",
    "EarlierDocument",
    "Feed",
    "FeedRecord",
    "FeedSchedule",
    "FeedSlot",
    "FlowCell",
    "FrozenView",
    "Identifier",
    "ImportRun",
    "MailChoice",
    "Notification",
    "Organization",
    "OrganizationEdit",
    "OrganizationName",
    "Ownership",
    "Participation",
    "PolicyEvent",
    "Population",
    "PreparedFact",
    "Presence",
    "PublishedFigure",
    "RegionCell",
    "Release",
    "Report",
    "Review",
    "RowError",
    "SampleCheck",
    "SearchName",
    "Source",
    "StagedDeal",
    "StagedRow",
    "Suggestion",
    "TargetName",
    "Upload",
    "Webhook",
]
