"""Foreign keys are checked while something else is done, and found wrong as at the end."""

import pytest
from django.db import IntegrityError, connection, transaction

from deals.feeds.meanwhile import foreign_keys_checked
from deals.models import OrganizationName
from tests.factories import make_organization

pytestmark = pytest.mark.django_db(transaction=True)


def name_of(organization: int) -> OrganizationName:
    return OrganizationName.objects.create(
        organization_id=organization, name="Acme", key="acme", script="Latn"
    )


def test_a_key_that_leads_to_nothing_is_found_when_what_is_computed_is_ready() -> None:
    done = []

    @transaction.atomic
    def work() -> None:
        name_of(4_000_000)
        with foreign_keys_checked():
            done.append("computed")
        done.append("not reached")

    with pytest.raises(IntegrityError):
        work()
    assert done == ["computed"]
    assert not OrganizationName.objects.exists()


def test_afterwards_keys_may_lead_to_what_is_still_to_come() -> None:
    organization = make_organization("Acme", "CN")
    with transaction.atomic():
        name_of(organization.pk)
        with foreign_keys_checked():
            pass
        OrganizationName.objects.update(organization_id=4_000_000)
        OrganizationName.objects.update(organization_id=organization.pk)
    assert OrganizationName.objects.get().organization_id == organization.pk
    assert not connection.in_atomic_block


def test_what_goes_wrong_meanwhile_is_what_is_raised() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), foreign_keys_checked():
        _ = 1 / 0
    assert not OrganizationName.objects.exists()
