"""The population that a profile declares, and its entry in the ledger when it is new or changed."""

from deals.feeds.profile import Profile
from deals.feeds.refusals import Refused
from deals.models import Change, Population, ledger


def check_population(profile: Profile) -> None:
    """Raises `Refused` when the profile calls invented what is real, or the other way round.

    Every fact row of the population says which it is, so this never changes.
    """
    facts = profile.population
    if facts is None:
        return
    known = Population.objects.filter(code=facts.code).first()
    if known is not None and known.generated != facts.generated:
        is_now = "generated" if known.generated else "real"
        raise Refused(
            f"Profile: the population “{facts.code}” holds {is_now} data: give it another "
            "code, since real and generated deals are never mixed."
        )


def settle_population(profile: Profile) -> tuple[Population | None, list[str]]:
    """Make or update the population; returns it with the names of the facts that are new.

    (None, []) for a case list. Raises `Refused` as `check_population` does.
    """
    facts = profile.population
    if facts is None:
        return None, []
    check_population(profile)
    wanted = {
        "title": facts.title,
        "accessed_on": facts.accessed_on,
        "ai_definition": facts.ai_definition,
        "generated": facts.generated,
    }
    population, created = Population.objects.get_or_create(code=facts.code, defaults=wanted)
    if created:
        return population, sorted(wanted)
    changed = [name for name, value in wanted.items() if getattr(population, name) != value]
    if changed:
        for name in changed:
            setattr(population, name, wanted[name])
        population.save(update_fields=changed)
    return population, changed


def announce_population(population: Population | None, changed: list[str], *, by: str) -> None:
    """Tell the ledger, last of all: its lock is then held for a moment and not for an import."""
    if population is not None and changed:
        ledger.append(
            Change.Kind.POPULATION,
            by=by,
            reason=f"Population {population.code}: {', '.join(changed)}.",
            fields=changed,
        )
