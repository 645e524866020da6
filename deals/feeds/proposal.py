"""A proposed profile: a draft with the reason for everything in it."""

from dataclasses import dataclass, field

from deals.feeds.draft import ProfileDraft


@dataclass(slots=True, kw_only=True)
class Proposal(ProfileDraft):
    """A draft with `why`: the reason in words, by fact, or by the profile's key ("rows", "key",
    "unit", "currency", "kind", "fill_down" …). `check` are those that a person should look at,
    `notes` sentences about what no fact or key could say.
    """

    why: dict[str, str] = field(default_factory=dict)
    check: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def say(self, key: str, why: str, *, sure: bool = True) -> None:
        """Give a reason for a key."""
        self.why[key] = why
        if not sure:
            self.check.add(key)
