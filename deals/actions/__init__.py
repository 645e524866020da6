"""What people do: one function an act, keyword-only, `by=` the person, one transaction each."""

from deals.actions.deals import (
    NotAllowed,
    approve,
    merge,
    reject,
    restore,
    retract,
    submit,
    take_back,
)
from deals.actions.drafts import (
    Clash,
    Overtaken,
    begin_draft,
    discard_draft,
    facts_of,
    rebase_draft,
    save_draft,
    submit_draft,
)

__all__ = [
    "Clash",
    "NotAllowed",
    "Overtaken",
    "approve",
    "begin_draft",
    "discard_draft",
    "facts_of",
    "merge",
    "rebase_draft",
    "reject",
    "restore",
    "retract",
    "save_draft",
    "submit",
    "submit_draft",
    "take_back",
]
