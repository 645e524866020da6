"""Giving accounts, roles and new beginnings; closing accounts. Each is one entry of the log.

Every function is one transaction and raises `Refused` with a sentence when it may not be done.
Nobody changes their own role or closes their own account, and one administrator always stays.
"""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deals import journal
from deals.accounts import lockout
from deals.models import ApiKey
from deals.rules.roles import BRING, PROPOSE, ROLES

LONGEST_REASON = 500
LAST = "administrator"


class Refused(Exception):
    """Why nothing was done, in a sentence; `field` is the id of the form's field, if one."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def role_of(user: User) -> str:
    """The code of the largest role of a person, "" for none; reads `user.groups` as prefetched."""
    groups = {group.name for group in user.groups.all()}
    return next((code for code in reversed(ROLES) if ROLES[code].group in groups), "")


@transaction.atomic
def add_person(*, name: str, email: str, role: str, by: User | None) -> User:
    """An account that waits for its owner to set a password; see `link_for`."""
    user = User(username=_name(name), email=_email(email))
    user.set_unusable_password()
    user.save()
    give_role(user, _known_role(role))
    journal.record("changed_person", by=by, text=f"{user.username}: {_title(role)}")
    return user


@transaction.atomic
def change_role(*, user: User, role: str, by: User | None) -> None:
    """Another role, at once: the next page that the person asks for is answered by it."""
    _known_role(role)
    _not_oneself(user, by, _("You cannot change your own role; ask another administrator."))
    if role != LAST:
        _keep_one_administrator(user)
    before = role_of(user)
    if role == before:
        raise Refused(_("This is the role that the account has."), "role")
    give_role(user, role)
    text = f"{user.username}: {_title(before)} → {_title(role)}"
    journal.record("changed_person", by=by, text=text)


@transaction.atomic
def close(*, user: User, reason: str, by: User | None) -> None:
    """Sign the person out everywhere, let them in no longer, and revoke their keys."""
    reason = _reason(reason)
    _not_oneself(user, by, _("You cannot close your own account; ask another administrator."))
    _keep_one_administrator(user)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise Refused(_("This account is closed already."))
    end_sessions(user)
    _revoke_keys(user)
    journal.record("changed_person", by=by, text=f"{user.username}: {_('closed')}. {reason}")


@transaction.atomic
def open_again(*, user: User, by: User | None) -> None:
    """Let a person in again. Keys that were revoked stay revoked."""
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise Refused(_("This account is open already."))
    journal.record("changed_person", by=by, text=f"{user.username}: {_('opened again')}")


@transaction.atomic
def remove_factors(*, user: User, reason: str, by: User | None) -> None:
    """Forget a person's passkeys, app and codes, for somebody who has lost them all."""
    reason = _reason(reason)
    _not_oneself(
        user, by, _("Change your own second factors in your account, where you confirm them.")
    )
    gone, _by_kind = Authenticator.objects.filter(user=user).delete()
    if not gone:
        raise Refused(_("This account has no second factor."))
    end_sessions(user)
    text = f"{user.username}: {_('second factors removed')}. {reason}"
    journal.record("changed_person", by=by, text=text)


@transaction.atomic
def unlock(*, user: User, by: User | None) -> None:
    """Let a person try again before the pause has ended."""
    lockout.unlock(user.username)
    journal.record("changed_person", by=by, text=f"{user.username}: {_('may sign in again')}")


@transaction.atomic
def new_link(*, user: User, by: User | None) -> str:
    """A way in for a person who has no password, or has forgotten it; see `link_for`."""
    if not user.is_active:
        raise Refused(_("This account is closed; open it again first."))
    journal.record("changed_person", by=by, text=f"{user.username}: {_('link for a password')}")
    return link_for(user)


def link_for(user: User) -> str:
    """The path at which a person sets a password: good for three days, and once."""
    key = default_token_generator.make_token(user)
    return reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key}
    )


def end_sessions(user: User) -> None:
    """Sign a person out everywhere, also where the list of their sessions does not reach."""
    UserSession.objects.filter(user=user).delete()
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def give_role(user: User, role: str) -> None:
    """The groups of one role, and of no other; administrators may open the Django admin.

    Whoever may no longer bring files in, or write deals, loses the keys that could.
    """
    if before := role_of(user):
        _revoke_powerful(user, set(ROLES[before].permissions) - set(ROLES[role].permissions))
    groups = Group.objects.filter(name__in=[one.group for one in ROLES.values()])
    by_name = {group.name: group for group in groups}
    chosen = by_name.pop(ROLES[role].group)
    user.groups.remove(*by_name.values())
    user.groups.add(chosen)
    user.is_staff = role == LAST
    user.save(update_fields=["is_staff"])


def _title(role: str) -> str:
    return ROLES[role].title if role else "–"


def _known_role(role: str) -> str:
    if role not in ROLES:
        raise Refused(_("Choose one of the roles."), "role")
    return role


def _name(text: str) -> str:
    """A name to sign in with that nobody has, in whatever case."""
    name = text.strip()
    try:
        User._meta.get_field("username").clean(name, None)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), "name") from None
    if User.objects.filter(username__iexact=name).exists():
        raise Refused(_("Somebody has this name already."), "name")
    return name


def _email(text: str) -> str:
    email = text.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("Write an e-mail address, such as ada@example.org."), "email") from None
    if len(email) > 254 or User.objects.filter(email__iexact=email).exists():
        raise Refused(_("Another account has this address, or it is too long."), "email")
    return email


def _reason(text: str) -> str:
    reason = text.replace("\0", "").strip()
    if not reason:
        raise Refused(_("Say why; it stays in the log."), "reason")
    if len(reason) > LONGEST_REASON:
        said = _("Say it in at most %(limit)s characters.") % {"limit": LONGEST_REASON}
        raise Refused(said, "reason")
    return reason


def _not_oneself(user: User, by: User | None, sentence: str) -> None:
    if by is not None and by.pk == user.pk:
        raise Refused(sentence)


def _keep_one_administrator(user: User) -> None:
    """Refuse what would leave nobody to give accounts. Two at once wait for each other."""
    group = Group.objects.select_for_update().get(name=ROLES[LAST].group)
    others = User.objects.filter(groups=group, is_active=True).exclude(pk=user.pk)
    if user.groups.filter(pk=group.pk).exists() and not others.exists():
        raise Refused(_("This is the last administrator; give somebody else that role first."))


def _revoke_powerful(user: User, lost: set[str]) -> None:
    """End the keys that could do what is lost. A key of one's own that writes deals stays with who
    may still write them: it can do no more than its user."""
    own = Q(granted_by=user)
    if PROPOSE in lost:
        _revoke_keys(user, Q(power=ApiKey.Power.WRITE))
    if BRING in lost:
        _revoke_keys(user, Q(power=ApiKey.Power.IMPORT) | Q(power=ApiKey.Power.WRITE) & ~own)


def _revoke_keys(user: User, which: Q | None = None) -> None:
    keys = ApiKey.objects.filter(which or Q(), user=user, revoked_at=None)
    keys.update(revoked_at=timezone.now())
