"""Who may do what at the desk: roles, each a group in the database with its permissions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """`group` is the name of the group in the database; `does` completes "A … can"."""

    title: str
    group: str
    permissions: tuple[str, ...]
    does: str


PROPOSE = "deals.propose_deal"
EVIDENCE, BRING, ANSWER = "deals.edit_evidence", "deals.bring_import", "deals.answer_report"
REVIEW, DECIDE = "deals.decide_version", "deals.decide_import"
MANAGE, PEOPLE = "deals.manage_feeds", "deals.manage_people"

_EDITS = (PROPOSE, EVIDENCE, BRING, ANSWER)
_REVIEWS = (*_EDITS, REVIEW, DECIDE)
# What an administrator keeps in the Django admin: reference data, people; the ledger only to read.
REFERENCE = ("publishedfigure", "policyevent", "population", "source")
_ADMIN = (
    *(f"deals.{act}_{model}" for model in REFERENCE for act in ("view", "add", "change")),
    *(f"auth.{act}_user" for act in ("view", "add", "change")),
    "auth.view_group",
    "deals.view_change",
    "deals.view_release",
    "deals.view_dealversion",
    "deals.view_activity",
)

ROLES = {
    "reader": Role("reader", "Readers", (), "keep an account and be told what becomes of reports"),
    "contributor": Role("contributor", "Contributors", (PROPOSE,), "write deals for review"),
    "editor": Role(
        "editor",
        "Editors",
        _EDITS,
        "write deals, bring files in, keep organizations, and answer readers",
    ),
    "reviewer": Role(
        "reviewer", "Reviewers", _REVIEWS, "publish and turn down what others wrote or brought in"
    ),
    "manager": Role(
        "feed manager", "Feed managers", (*_REVIEWS, MANAGE), "review, and schedule feeds"
    ),
    "administrator": Role(
        "administrator",
        "Administrators",
        (*_REVIEWS, MANAGE, PEOPLE, *_ADMIN),
        "do everything, give accounts and roles, and keep the reference data",
    ),
}
# What a person is told who lacks a permission.
ALLOWS = {
    PROPOSE: "write deals",
    EVIDENCE: "change what is known about organizations",
    BRING: "bring files in",
    ANSWER: "answer readers’ reports",
    REVIEW: "publish and turn down what others wrote",
    DECIDE: "publish, turn down and undo imports",
    MANAGE: "schedule feeds and decide on held ones",
    PEOPLE: "give accounts and roles",
}


def roles_with(permission: str) -> list[str]:
    """Titles of the roles that have a permission, the smallest first."""
    return [role.title for role in ROLES.values() if permission in role.permissions]
