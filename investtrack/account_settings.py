"""How people sign in: what django-allauth and django-axes are told, the same on every machine.

What differs between installations (HTTPS, SIGN_UP, REQUIRE_MFA, EMAIL_URL) is in `settings`, which
takes every name from here.
"""

from datetime import timedelta

# --- passwords ------------------------------------------------------------------------------
# The first one counts failures and refuses whoever has had too many.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesBackend",
    "deals.accounts.backends.NameAndPassword",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    # What older installations have; rewritten when their people sign in.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
# Seconds for which a link to set a password is good.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600

# --- accounts (django-allauth) ----------------------------------------------------------------
ACCOUNT_ADAPTER = "deals.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
# A person has one address; a new one takes its place once it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "InvestTrack: "
# A stranger's address gets no mail, and the page says the same as for one that is known.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# People hear of a change of their password and of their second factors.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = True
# Seconds for which one need not say again who one is, before changing how one signs in.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Failures are counted by django-axes, in the database, for all processes together.
ACCOUNT_RATE_LIMITS = {"login_failed": None}
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- second factors -----------------------------------------------------------------------------
MFA_ADAPTER = "deals.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "deals.accounts.forms.CodeForm",
    "reauthenticate": "deals.accounts.forms.CodeAgainForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey stands for both factors, so the device has to know its owner.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "InvestTrack"
# Clocks of telephones may differ by half a minute.
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True

# --- sessions -----------------------------------------------------------------------------------
USERSESSIONS_TRACK_ACTIVITY = False

# --- lock-out (django-axes) ---------------------------------------------------------------------
AXES_HANDLER = "deals.accounts.lockout.Handler"
# Failures of one name from one address; `Handler` says how many one address may have in all.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# The page says until when; trying meanwhile does not move that.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "deals.accounts.lockout.name_of"
AXES_CLIENT_IP_CALLABLE = "deals.accounts.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "deals.accounts.lockout.locked_page"
AXES_SENSITIVE_PARAMETERS = [
    "login", "username", "ip_address", "oldpassword", "password1", "password2", "code",
    "credential", "csrfmiddlewaretoken",
]  # fmt: skip
# Sessions are listed to their owners, so signing in leaves no second trace; the list of people
# has who is locked out.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
