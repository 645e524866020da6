"""Who is told of what waits for them."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from deals import journal
from deals.actions.rebase import compare
from deals.models import DealVersion, Review
from deals.rules.roles import REVIEW

User = AbstractBaseUser | None
# The page of deals.desk where a review is decided on; a test follows it.
PAGE = "/desk/review/{}/"
# Permissions are asked of groups; other ways to sign in know none.
BACKEND = "django.contrib.auth.backends.ModelBackend"


def page_of(review: Review) -> str:
    """Where a review is decided on."""
    return PAGE.format(review.pk)


def reviewers() -> list[int]:
    """Everybody who may publish what others wrote."""
    people = get_user_model().objects.with_perm(REVIEW, backend=BACKEND)
    return list(people.filter(is_active=True).values_list("pk", flat=True))


def tell_reviewers(review: Review, *, subject: str, by: User, text: str = "") -> None:
    """Something waits for a decision."""
    journal.notify(
        reviewers(), "to_decide", by=by, subject=subject, link=page_of(review), text=text
    )


def tell_the_overtaken(published: DealVersion, by: User) -> None:
    """Whoever has handed in something that now clashes with what was published."""
    waiting = DealVersion.objects.filter(
        deal=published.deal_id, state=DealVersion.State.SUBMITTED, created_by__isnull=False
    ).select_related("based_on", "deal", "review")
    for version in waiting:
        compared = compare(version)
        writer = version.created_by_id
        if writer and compared and compared.clashes and hasattr(version, "review"):
            journal.notify(
                [writer],
                "overtaken",
                by=by,
                subject=version.target_name,
                link=page_of(version.review),
            )
