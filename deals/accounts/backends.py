"""Names and passwords: how long an answer takes does not tell whether a name has an account."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class NameAndPassword(AuthenticationBackend):
    """django-allauth looks for a name as a name and as an address; each person is tried once.

    A name that nobody has costs one hash of a password. Tried as both, a known address would cost
    two, and the time of the answer would tell. Django makes one of these for each attempt.
    """

    def __init__(self) -> None:
        self.refused: set[int] = set()

    def _check_password(self, user: Any, password: str) -> Any:
        if user is None or user.pk in self.refused:
            return None
        found = super()._check_password(user, password)
        if found is None:
            self.refused.add(user.pk)
        return found
