"""An existing thing behind every address of the desk and of the API's imports."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from deals import tasks
from deals.actions import reports
from deals.api.urls import urlpatterns as api_urls
from deals.desk.urls import urlpatterns as desk_urls
from deals.feeds.receive import receive
from deals.models import (
    DealSuggestion,
    FeedSchedule,
    FeedSlot,
    Release,
    Review,
    Suggestion,
    Upload,
)
from tests.desk.routes import API, OTHERS_FILES
from tests.desk.runs import make_run, stage
from tests.factories import make_deal, make_organization, submit_version
from tests.feeds.supplier import PROFILE


def make_things(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Addresses by their names; everything was brought by somebody who is none of the people."""
    monkeypatch.setattr(tasks, "ring", lambda _: None)
    owner = get_user_model().objects.create_user("owner")
    run = make_run("review", created_by=owner)
    file = receive("rounds.csv", b"deal_id;company;country\n1;Horizon;CN\n")
    upload = Upload.objects.create(
        file_name=file.name, file_sha256=file.sha256, size=file.size, profile=PROFILE,
        created_by=owner, created_at=run.created_at,
    )  # fmt: skip
    schedule = FeedSchedule.objects.create(
        feed=run.feed, url="https://supplier.example/rounds.csv", minutes=60,
        first_at=run.created_at,
    )  # fmt: skip
    slot = FeedSlot.objects.create(schedule=schedule, due_at=run.created_at, state="unchanged")
    one, other = make_organization("One"), make_organization("Other")
    pair = Suggestion.objects.create(one=one, other=other, score=0.9, created_at=run.created_at)
    deal = make_deal().deal
    version = submit_version(created_by=owner)
    review = Review.objects.create(version=version, submitted_at=run.created_at)
    twins = DealSuggestion.objects.create(
        one=deal, other=make_deal().deal, score=90, created_at=run.created_at
    )
    arguments = {
        "desk-duplicate": [twins.pk],
        "desk-duplicate-apart": [twins.pk],
        "desk-deal-merge": [deal.public_id],
        "desk-deal-retract": [deal.public_id],
        "desk-deal-restore": [deal.public_id],
        "desk-review": [review.pk],
        "desk-review-decide": [review.pk],
        "desk-review-comment": [review.pk],
        "desk-review-assign": [review.pk],
        "desk-review-withdraw": [review.pk],
        "desk-deal-here": [deal.public_id],
        "desk-deal-edit": [deal.public_id],
        "desk-template": ["investtrack", "csv"],
        "desk-staged-decide": [stage(make_run("published"), "conflict").pk],
        "desk-suggestion": [pair.pk],
        "desk-organization-merge": [one.public_id],
        "desk-suggestion-merge": [pair.pk],
        "desk-suggestion-apart": [pair.pk],
        "desk-organization-edit": [one.public_id],
        "desk-organization-split": [one.public_id],
        "desk-slot-release": [slot.pk],
        "desk-slot-discard": [slot.pk],
        "desk-release": [Release.objects.create(name="a", seq=1, at=run.created_at).pk],
        "desk-person": [owner.pk],
        "desk-quality-list": ["single-source"],
        "desk-report": [reports.send(deal=deal, text="Wrong.", address="::1").pk],
        "desk-feed": [run.feed.code],
        "desk-feed-profile": [run.feed.code],
        "desk-feed-schedule": [run.feed.code],
    }
    found = {}
    for pattern in (*desk_urls, *api_urls):
        if not pattern.name or (pattern.name.startswith("api-") and pattern.name not in API):
            continue
        default = [upload.pk] if pattern.name in OTHERS_FILES else [run.pk]
        takes = pattern.pattern.converters
        found[pattern.name] = reverse(
            pattern.name, args=arguments.get(pattern.name, default) if takes else []
        )
    return found
