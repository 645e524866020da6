"""Whether a deal is about AI, and on what basis: the row's own word, or the profile's rule."""

from collections.abc import Callable

from deals.feeds import fields
from deals.feeds.checker import Checker
from deals.feeds.profile import Profile

Judgement = tuple[str, str]
LONGEST_BASIS = 300


def judgements(checker: Checker) -> list[Judgement]:
    """(yes, no or unknown; basis) of each row."""
    own = checker.column("ai", fields.ai, "unknown")
    bases = checker.column("ai_basis", fields.text_up_to(LONGEST_BASIS), "")
    if checker.profile.ai is None:
        return list(zip(own, bases, strict=True))
    rule = judge(checker.profile)
    tags = checker.cells.tags or [""] * checker.size
    ruled = {tag: rule(tag) for tag in set(tags)}
    return [
        (word, basis) if text else (ruled[tag][0], basis or ruled[tag][1])
        for word, basis, text, tag in zip(own, bases, checker.texts("ai"), tags, strict=True)
    ]


def judge(profile: Profile) -> Callable[[str], Judgement]:
    """The profile's rule over a supplier's tags. No tags at all: not known, rather than no."""
    rule = profile.ai
    assert rule is not None

    def judged(tags: str) -> Judgement:
        if rule.always:
            return rule.always, "" if rule.always == "unknown" else "all deals of this feed"
        if not tags or tags.casefold() in profile.unknown:
            return "unknown", ""
        found = [word for word in rule.words if word.casefold() in tags.casefold()]
        basis = f"supplier's {rule.column}: {', '.join(found)}" if found else rule.column or ""
        return ("yes" if found else "no"), basis[:LONGEST_BASIS]

    return judged
