"""The population that a profile declares, and its entry in the ledger when it is new or changed."""

from deals.feeds.profile import Profile
from deals.models import Change, Population, ledger


def settle_population(profile: Profile, *, by: str) -> Population | None:
    """Make or update the population of a profile; None for a case list."""
    facts = profile.population
    if facts is None:
        return None
    wanted = {
        "title": facts.title,
        "accessed_on": facts.accessed_on,
        "ai_definition": facts.ai_definition,
        "generated": facts.generated,
    }
    population, created = Population.objects.get_or_create(code=facts.code, defaults=wanted)
    changed = [name for name, value in wanted.items() if getattr(population, name) != value]
    if changed:
        for name in changed:
            setattr(population, name, wanted[name])
        population.save(update_fields=changed)
    if created or changed:
        ledger.append(
            Change.Kind.POPULATION,
            by=by,
            reason=f"Population {facts.code} {'declared' if created else 'changed'}.",
            fields=sorted(wanted) if created else changed,
        )
    return population
