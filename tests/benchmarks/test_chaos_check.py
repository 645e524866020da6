"""The accounts at the end of a chaos run find what is lost, doubled or left behind."""

import random

import pytest
from django.db import connection

from benchmarks.chaos_check import faults
from benchmarks.chaos_file import make_file, profile_text
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive
from deals.feeds.run import import_file
from deals.models import FeedRecord, StagedRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought():
    made = make_file("T0", 40, random.Random(3))
    run = import_file(
        receive("T0.csv", made.data), load_profile(profile_text("Test")), publish=True
    )
    return [(run.pk, made)]


def execute(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_import_that_nothing_disturbed_has_no_fault(brought) -> None:
    assert brought[0][1].duplicates > 0
    assert faults(brought) == []


def test_a_deal_that_is_lost_is_found(brought) -> None:
    FeedRecord.objects.order_by("key").first().delete()
    found = faults(brought, derived=False)
    assert any("keys that are lost 1, and not 0" in fault for fault in found)
    assert any("deals in the register" in fault for fault in found)


def test_rows_that_are_left_behind_are_found(brought) -> None:
    StagedRow.objects.create(run=1, key="x", number=2, facts="{}", partial=False)
    assert faults(brought, derived=False) == ["1 staged rows were left behind."]


def test_an_organization_that_is_there_twice_is_found(brought) -> None:
    execute(
        "INSERT INTO deals_organization (public_id, name, key, kind, country, generated)"
        " SELECT 'O-twice', name, key, kind, country, generated FROM deals_organization LIMIT 1"
    )
    assert faults(brought, derived=False) == ["There are 1 organizations that are there twice."]


def test_a_document_that_does_not_follow_from_its_version_is_found(brought) -> None:
    execute(
        "UPDATE deals_dealdocument SET json = replace(json, 'Chaos', 'Cosmos') WHERE version_id ="
        " (SELECT min(version_id) FROM deals_dealdocument)"
    )
    assert faults(brought) == ["Facts or documents differ from what their versions give."]
