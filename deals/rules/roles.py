"""Who may do what at the desk: three roles, each with everything that the one before it may."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """`group` is the name of the group in the database, `permissions` are codenames of `deals`."""

    title: str
    group: str
    permissions: tuple[str, ...]


BRING, DECIDE, MANAGE = "deals.bring_import", "deals.decide_import", "deals.manage_feeds"

ROLES = {
    "editor": Role("editor", "Editors", (BRING,)),
    "reviewer": Role("reviewer", "Reviewers", (BRING, DECIDE)),
    "manager": Role("feed manager", "Feed managers", (BRING, DECIDE, MANAGE)),
}
# What a person is told who lacks a permission.
ALLOWS = {
    BRING: "bring files in",
    DECIDE: "publish, turn down and undo imports",
    MANAGE: "schedule feeds and decide on held ones",
}


def roles_with(permission: str) -> list[str]:
    """Titles of the roles that have a permission, the smallest first."""
    return [role.title for role in ROLES.values() if permission in role.permissions]
