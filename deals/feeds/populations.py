"""The population that a profile declares, and its entry in the ledger when it is new or changed."""

from typing import Any

from deals.feeds.profile import PopulationFacts, Profile
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


def population_of(profile: Profile) -> Population | None:
    """The population that versions are prepared for, made when it is missing, else left as it is.

    None for a case list. Raises `Refused` as `check_population` does.
    """
    facts = profile.population
    if facts is None:
        return None
    check_population(profile)
    population, _ = Population.objects.get_or_create(code=facts.code, defaults=_wanted(facts))
    return population


def settle_population(profile: Profile) -> tuple[Population | None, list[str]]:
    """Bring the population up to date; returns it with the names of the facts that are new.

    To be called in the transaction that tells the ledger. (None, []) for a case list. Raises
    `Refused` as `check_population` does.
    """
    population = population_of(profile)
    if population is None or profile.population is None:
        return None, []
    wanted = _wanted(profile.population)
    if not population.feeds.exists():
        # Made for an import that is published only now, or was never published.
        Population.objects.filter(pk=population.pk).update(**wanted)
        return population, sorted(wanted)
    changed = [name for name, value in wanted.items() if getattr(population, name) != value]
    if changed:
        for name in changed:
            setattr(population, name, wanted[name])
        population.save(update_fields=changed)
    return population, changed


def _wanted(facts: PopulationFacts) -> dict[str, Any]:
    return {
        "title": facts.title,
        "accessed_on": facts.accessed_on,
        "ai_definition": facts.ai_definition,
        "generated": facts.generated,
    }


def announce_population(population: Population | None, changed: list[str], *, by: str) -> None:
    """Tell the ledger, last of all: its lock is then held for a moment and not for an import."""
    if population is not None and changed:
        ledger.append(
            Change.Kind.POPULATION,
            by=by,
            reason=f"Population {population.code}: {', '.join(changed)}.",
            fields=changed,
        )
