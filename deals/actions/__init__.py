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
    Overtaken,
    begin_draft,
    discard_draft,
    rebase_draft,
    reopen_draft,
    save_draft,
    submit_draft,
)
from deals.actions.once import begin_once
from deals.actions.rebase import Clash, compare
from deals.actions.writing import facts_of

__all__ = [
    "Clash",
    "NotAllowed",
    "Overtaken",
    "approve",
    "begin_draft",
    "begin_once",
    "compare",
    "discard_draft",
    "facts_of",
    "merge",
    "rebase_draft",
    "reject",
    "reopen_draft",
    "restore",
    "retract",
    "save_draft",
    "submit",
    "submit_draft",
    "take_back",
]
