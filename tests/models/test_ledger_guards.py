"""What the ledger promises holds against plain SQL, not only against our own code."""

import pytest
from django.db import IntegrityError, connection, transaction

from deals.models import Change, DealVersion
from tests.factories import make_deal, submit_version

pytestmark = pytest.mark.django_db


def run(sql: str, *params: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE deals_dealversion SET notes = 'better' WHERE id = %s",
        "UPDATE deals_dealversion SET amount_state = 'undisclosed', amount_low = NULL,"
        " amount_high = NULL WHERE id = %s",
        "UPDATE deals_dealversion SET state = 'draft', published_seq = NULL, decided_at = NULL"
        " WHERE id = %s",
        "UPDATE deals_dealversion SET published_seq = published_seq + 1 WHERE id = %s",
        "DELETE FROM deals_dealversion WHERE id = %s",
        "UPDATE deals_participation SET country = 'FR' WHERE version_id = %s",
        "DELETE FROM deals_participation WHERE version_id = %s",
        "DELETE FROM deals_citation WHERE version_id = %s",
        "UPDATE deals_citation SET quote = 'said' WHERE version_id = %s",
        "INSERT INTO deals_participation (version_id, position, investor_name, country_basis,"
        " ultimate, ultimate_basis, state_linked)"
        " VALUES (%s, 9, '', 'unknown', '{}', 'owner_not_researched', false)",
        "UPDATE deals_change SET reason = 'other' WHERE version_id = %s",
        "DELETE FROM deals_change WHERE version_id = %s",
    ],
)
def test_plain_sql_cannot_touch_what_was_published(sql: str) -> None:
    version = make_deal(amount="5")
    before = list(DealVersion.objects.filter(pk=version.pk).values())
    with pytest.raises(IntegrityError):
        run(sql, version.pk)
    assert list(DealVersion.objects.filter(pk=version.pk).values()) == before


@pytest.mark.parametrize("table", ["change", "dealversion", "participation", "citation"])
def test_history_is_not_truncated_unless_the_database_is_a_test(table: str) -> None:
    make_deal()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL investtrack.may_truncate = 'off'")
    with pytest.raises(IntegrityError, match="cannot be truncated"):
        run(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE deals_{table} CASCADE")


@pytest.mark.parametrize("state", ["published", "rejected"])
def test_a_version_never_begins_decided(state: str) -> None:
    version = submit_version()
    version.pk, version.number, version.state = None, 2, state
    with pytest.raises(IntegrityError, match="begins as draft or submitted"), transaction.atomic():
        version.save(force_insert=True)


def test_a_draft_is_not_published_without_being_submitted() -> None:
    version = submit_version()
    run("UPDATE deals_dealversion SET state = 'draft' WHERE id = %s", version.pk)
    with pytest.raises(IntegrityError, match="cannot go from draft to published"):
        run(
            "UPDATE deals_dealversion SET state = 'published', published_seq = 1,"
            " decided_at = now() WHERE id = %s",
            version.pk,
        )


def test_a_rejected_version_stays_rejected() -> None:
    version = submit_version()
    run(
        "UPDATE deals_dealversion SET state = 'rejected', decided_at = now() WHERE id = %s",
        version.pk,
    )
    with pytest.raises(IntegrityError, match="cannot go from rejected"):
        run(
            "UPDATE deals_dealversion SET state = 'submitted', decided_at = NULL WHERE id = %s",
            version.pk,
        )


def test_a_version_without_a_source_is_not_published() -> None:
    version = submit_version()
    version.citations.all().delete()
    with pytest.raises(IntegrityError, match="without a source"):
        run(
            "UPDATE deals_dealversion SET state = 'published', published_seq = 1,"
            " decided_at = now() WHERE id = %s",
            version.pk,
        )


def test_superseding_happens_once() -> None:
    version = make_deal()
    run("UPDATE deals_dealversion SET superseded_seq = 900 WHERE id = %s", version.pk)
    with pytest.raises(IntegrityError, match="never change"):
        run("UPDATE deals_dealversion SET superseded_seq = NULL WHERE id = %s", version.pk)


def test_an_entry_needs_the_ledgers_lock() -> None:
    with pytest.raises(IntegrityError, match="lock"):
        run(
            "INSERT INTO deals_change (seq, kind, fields, reason, by, at)"
            " VALUES (77, 'reference', '[]', '', 'system', now())"
        )
    assert not Change.objects.filter(seq=77).exists()


@pytest.mark.parametrize("table", ["deal", "organization"])
def test_public_ids_never_change(table: str) -> None:
    make_deal()
    with pytest.raises(IntegrityError, match="public id never changes"):
        run(f"UPDATE deals_{table} SET public_id = 'X-00000000'")


def test_what_waits_for_a_decision_may_be_corrected() -> None:
    version = submit_version()
    run("UPDATE deals_dealversion SET notes = 'better' WHERE id = %s", version.pk)
    version.refresh_from_db()
    assert version.notes == "better"
