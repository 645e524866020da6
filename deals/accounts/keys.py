"""Keys of the API in their owners' hands: who may make which, how many, and how they end.

Every act is one transaction and one entry of the log, and raises `Refused` with a sentence when it
may not be done. The key itself is returned once, and kept nowhere.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_variables

from deals import journal
from deals.accounts.people import Refused
from deals.models import ApiKey
from deals.rules.keys import digest_of, new_key, prefix_of
from deals.rules.roles import BRING, PROPOSE

Power = ApiKey.Power
MOST_LIVE, LONGEST_NAME, LONGEST_DAYS = 20, 100, 3650
# What each power is for, and the permission that somebody needs to give it to their own key.
POWERS: dict[str, str] = {
    Power.READ: gettext_noop("read what is published"),
    Power.IMPORT: gettext_noop("read, and bring files in"),
    Power.WRITE: gettext_noop("read, bring files in, and propose deals for review"),
}
WRITES_ONLY = gettext_noop("read, and propose deals for review")
NEEDS = {Power.READ: "", Power.IMPORT: BRING, Power.WRITE: PROPOSE}
# How long a key lasts, in days; "" is until it is revoked.
ENDS = {
    "30": gettext_noop("30 days"),
    "90": gettext_noop("90 days"),
    "365": gettext_noop("one year"),
    "": gettext_noop("until it is revoked"),
}
USUAL_END = "365"


def powers_of(user: User) -> list[str]:
    """The powers that a person may give to a key of their own, the smallest first."""
    return [str(power) for power, needed in NEEDS.items() if not needed or user.has_perm(needed)]


def power_words(power: str, user: User | None = None) -> str:
    """What a power is for, in the reader's language; of a key of their own, with `user`, without
    what they may not do themselves."""
    if power == Power.WRITE and user is not None and not user.has_perm(BRING):
        return _(WRITES_ONLY)
    return _(POWERS[power])


def words_of(key: ApiKey) -> str:
    """What a key is for; see `power_words`."""
    return power_words(key.power, key.user if key.granted_by_id == key.user_id else None)


def live_keys(user: User) -> "QuerySet[ApiKey]":
    """A person's keys that are neither revoked nor at their end."""
    lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    live = ApiKey.objects.filter(lasting, user=user, revoked_at__isnull=True)
    return live.select_related("user")


def newest_key(user: User) -> int:
    """The number of the key that a person was given last; 0 for none. A form carries it, so that
    the same form sent again makes no second key."""
    return (
        ApiKey.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True).first() or 0
    )


def check_key(*, user: User, name: str, power: str, days: str) -> dict[str, str]:
    """What is wrong with a form for a key: sentences by field."""
    wrong = {}
    if not 1 <= len(clean_name(name)) <= LONGEST_NAME:
        said = _("Give the key a name, with at most %(limit)s characters.")
        wrong["name"] = said % {"limit": LONGEST_NAME}
    if power not in powers_of(user):
        wrong["power"] = _("Choose one of the powers that your role allows.")
    if days not in ENDS:
        wrong["days"] = _("Choose one of the ends.")
    return wrong


@sensitive_variables("key")
@transaction.atomic
def make_key(*, name: str, power: str, days: str, after: int, by: User) -> tuple[ApiKey, str]:
    """A key of one's own, and its text, which is nowhere else. `after` is `newest_key` of the
    form: a form that was sent before is refused, so is one key more than 20."""
    # Whoever sends two forms at once waits here, and then counts both.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if newest_key(by) != after:
        raise Refused(
            _(
                "A key was made since this form was opened, perhaps by sending it twice. Each is "
                "shown only once: if you have not seen it, revoke it. Send the form again for "
                "one more."
            )
        )
    if live_keys(by).count() >= MOST_LIVE:
        said = _("You have %(most)s keys, and more are not given. Revoke one first.")
        raise Refused(said % {"most": MOST_LIVE})
    if wrong := check_key(user=by, name=name, power=power, days=days):
        field, sentence = next(iter(wrong.items()))
        raise Refused(sentence, field)
    return give_key(user=by, name=name, power=power, days=int(days or 0), by=by)


@sensitive_variables("key")
@transaction.atomic
def give_key(
    *, user: User, name: str, power: str, days: int, by: User | None, limit: int | None = None
) -> tuple[ApiKey, str]:
    """A key for somebody, and its text. `days` 0 is for ever; `limit` is requests in an hour, None
    the usual number and 0 no limit. What was not given by its user keeps its power as it is."""
    key, now = new_key(power), timezone.now()
    made = ApiKey.objects.create(
        name=clean_name(name), prefix=prefix_of(key), digest=digest_of(key), power=power,
        user=user, granted_by=by, created_at=now, hourly_limit=limit,
        expires_at=now + timedelta(days=days) if days else None,
    )  # fmt: skip
    journal.record("key_made", by=by, text=_said(made))
    return made, key


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User | None) -> None:
    """End a key, at once and for ever: the next request under it is refused."""
    revoked = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True)
    if not revoked.update(revoked_at=timezone.now()):
        raise Refused(_("This key was revoked already."))
    journal.record("key_revoked", by=by, text=_said(key))


def clean_name(name: str) -> str:
    """A name on one line, without what no text may hold."""
    return " ".join(name.replace("\0", "").split())


def usual_limit() -> int:
    """Requests in an hour that a key has unless an administrator gave it others; 0 is no limit."""
    return int(settings.API_PER_HOUR)


def _said(key: ApiKey) -> str:
    return f"{key.user.get_username()}: {key.name} ({key.prefix}…, {key.power})"
