"""What each address of the desk needs, how it may be asked, and how it answers.

A row of `DESK`: permission, methods, the code by GET and by an empty POST from somebody who may.
302 leads back to a page that says what came of it. A new route has to be entered here before it
passes.
"""

from deals.rules.roles import (
    ANSWER,
    BRING,
    DECIDE,
    EVIDENCE,
    MANAGE,
    PEOPLE,
    PROPOSE,
    REVIEW,
    ROLES,
)  # fmt: skip

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
READ, ACT, FORM = {"GET", "HEAD"}, {"POST"}, {"GET", "HEAD", "POST"}
VISITORS = ("anonymous", "no role", *ROLES)
Row = tuple[str, set[str], int | None, int | None]

DESK: dict[str, Row] = {
    "desk": ("", READ, 200, None),
    "desk-template": (BRING, READ, 200, None),
    "desk-upload": (BRING, FORM, 200, 200),
    "desk-file": (BRING, FORM, 200, 200),
    "desk-file-columns": (BRING, FORM, 200, 200),
    "desk-file-check": (BRING, FORM, 200, 200),
    "desk-file-profile": (BRING, READ, 200, None),
    "desk-imports": (BRING, READ, 200, None),
    "desk-import": (BRING, READ, 200, None),
    "desk-import-progress": (BRING, READ, 302, None),
    "desk-import-errors": (BRING, READ, 302, None),
    "desk-import-deals": (BRING, READ, 200, None),
    "desk-import-profile": (BRING, READ, 200, None),
    "desk-import-decide": (DECIDE, FORM, 200, 200),
    "desk-import-sample": (DECIDE, FORM, 200, 400),
    "desk-import-cancel": (BRING, ACT, None, 403),
    "desk-import-retry": (BRING, ACT, None, 403),
    "desk-import-undo": (DECIDE, FORM, 302, 302),
    # A draft that nobody overtook leads back to its form; others' drafts are not there.
    "desk-draft-compare": (PROPOSE, FORM, 404, 404),
    "desk-deal-new": (PROPOSE, FORM, 200, 302),
    "desk-deal-edit": (PROPOSE, FORM, 200, 302),
    "desk-drafts": (PROPOSE, READ, 200, None),
    # Somebody else's draft is not there.
    "desk-draft": (PROPOSE, FORM, 404, 404),
    "desk-draft-save": (PROPOSE, ACT, None, 404),
    "desk-deal-here": (PROPOSE, ACT, None, 200),
    "desk-lookup-deals": (PROPOSE, ACT, None, 200),
    "desk-read": (PROPOSE, ACT, None, 400),
    "desk-read-investors": (PROPOSE, ACT, None, 200),
    "desk-reviews": (PROPOSE, READ, 200, None),
    "desk-review": (PROPOSE, READ, 200, None),
    "desk-review-decide": (REVIEW, ACT, None, 400),
    "desk-review-comment": (PROPOSE, ACT, None, 400),
    # Of a change of a deal, which is taken back in its draft.
    "desk-review-withdraw": (PROPOSE, ACT, None, 404),
    "desk-review-assign": (REVIEW, ACT, None, 302),
    "desk-duplicates": (EVIDENCE, READ, 200, None),
    "desk-duplicate": (EVIDENCE, READ, 200, None),
    "desk-duplicate-apart": (EVIDENCE, ACT, None, 302),
    "desk-deal-merge": (REVIEW, FORM, 200, 400),
    "desk-deal-retract": (REVIEW, FORM, 200, 400),
    "desk-deal-restore": (REVIEW, FORM, 302, 302),
    "desk-conflicts": (BRING, READ, 200, None),
    "desk-staged-decide": (DECIDE, ACT, None, 400),
    "desk-organizations": (BRING, READ, 200, None),
    "desk-organization-groups": (BRING, READ, 200, None),
    "desk-organization-group-merge": (DECIDE, ACT, None, 400),
    "desk-organization-merge": (DECIDE, FORM, 200, 400),
    "desk-suggestion": (BRING, READ, 200, None),
    "desk-suggestion-merge": (DECIDE, ACT, None, 400),
    "desk-suggestion-apart": (DECIDE, ACT, None, 302),
    "desk-organization-edit": (EVIDENCE, FORM, 200, 400),
    "desk-organization-split": (DECIDE, FORM, 302, 302),
    "desk-reports": (ANSWER, READ, 200, None),
    "desk-report": (ANSWER, FORM, 200, 200),
    "desk-quality": (PROPOSE, READ, 200, None),
    "desk-quality-list": (PROPOSE, READ, 200, None),
    "desk-activity": ("", READ, 200, None),
    "desk-notifications": ("", FORM, 200, 302),
    "desk-lookup": (PROPOSE, READ, 200, None),
    "desk-lookup-similar": (PROPOSE, READ, 200, None),
    "desk-feeds": (BRING, READ, 200, None),
    "desk-slot-release": (MANAGE, ACT, None, 302),
    "desk-slot-discard": (MANAGE, ACT, None, 302),
    "desk-feed": (BRING, READ, 200, None),
    "desk-feed-profile": (BRING, READ, 200, None),
    "desk-feed-schedule": (MANAGE, FORM, 200, 400),
    "desk-releases": (MANAGE, FORM, 200, 400),
    "desk-release": (MANAGE, FORM, 200, 400),
    "desk-people": (PEOPLE, FORM, 200, 400),
    "desk-person": (PEOPLE, FORM, 200, 400),
}
# Signing in and out, for everybody.
OPEN_TO_ALL = {"desk-sign-in", "desk-sign-out"}
# Own imports may be cancelled by whoever brought them, others' only by whoever decides.
CONCERNS_DECIDERS = {"desk-import-cancel", "desk-import-retry"}
# Somebody else's file at the desk is not there, but for managers.
OTHERS_FILES = {"desk-file", "desk-file-columns", "desk-file-check", "desk-file-profile"}
# What somebody else handed in is not there, but for people who review.
OTHERS_REVIEWS = {"desk-review", "desk-review-comment"}

# What each address of the API about imports takes. HEAD is refused there everywhere, as DRF does
# for functions.
API = {
    "api-imports": {"GET", "HEAD", "POST"},
    "api-import": {"GET", "HEAD"},
    "api-import-errors": {"GET", "HEAD"},
    "api-import-errors-csv": {"GET", "HEAD"},
    "api-import-cancel": {"POST"},
}


def permissions(person: str) -> tuple[str, ...]:
    return ROLES[person].permissions if person in ROLES else ()


def expected(name: str, method: str, person: str) -> int:
    """The code of a desk page for one of `VISITORS`."""
    needed, allowed, by_get, by_post = DESK[name]
    if method not in allowed:
        return 405
    if person == "anonymous":
        return 302
    if needed and needed not in permissions(person):
        return 403
    if name in CONCERNS_DECIDERS:
        return 302 if DECIDE in permissions(person) else 403
    if name in OTHERS_FILES and MANAGE not in permissions(person):
        return 404
    if name in OTHERS_REVIEWS and REVIEW not in permissions(person):
        return 404
    return (by_post if method == "POST" else by_get) or 0
