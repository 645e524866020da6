"""Signing in by password, app and passkey in a real browser, under the strict policy of pages."""

import time
from typing import Any
from urllib.parse import urljoin

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.desk.runs import make_person

PASSWORD = "a long password"
LOGIN = "/account/login/"
PAGES = ["/account/", "/account/sessions/", "/account/password/change/", "/account/email/",
         "/account/2fa/", "/account/2fa/webauthn/", "/desk/people/"]  # fmt: skip
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(live_server):
    person = make_person("ada", "administrator")
    person.email = "ada@example.org"
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def local(visit, live_server):
    """`local("/path/", …)`: as `visit`, but under a name; passkeys are not made for numbers."""
    name = live_server.url.replace("127.0.0.1", "localhost")

    def open_page(path: str, **how: Any) -> Page:
        page: Page = visit(LOGIN, **how)
        page.goto(f"{name}{path}")
        return page

    return open_page


def give_password(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Name or e-mail address").fill("ada")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page) -> None:
    """Say again who one is, before changing how one signs in."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Say again who you are")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def with_authenticator(page: Page) -> None:
    """A device of this browser that keeps passkeys and knows its owner."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_every_page_of_an_account_is_accessible_and_fits(
    ada, local, assert_accessible, width, theme
):
    page = local(LOGIN, width=width, theme=theme)
    assert_accessible(page)
    give_password(page)
    page.wait_for_url("**/desk/")
    for path in PAGES:
        page.goto(urljoin(page.url, path))
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_wrong_password_is_said_and_the_fifth_locks_out(ada, local, assert_accessible):
    page = local(LOGIN, expected="Failed to load resource")
    for _ in range(4):
        give_password(page, "wrong")
        expect(page.get_by_role("alert").first).to_contain_text("do not belong together")
    assert_accessible(page)
    give_password(page, "wrong")
    expect(page.get_by_role("heading", level=1)).to_have_text("Too many failed attempts")
    assert_accessible(page)


def test_an_app_is_set_up_by_its_picture_and_then_asked_for(ada, local, assert_accessible):
    page = local(f"{LOGIN}?next=/account/2fa/totp/activate/")
    give_password(page)
    confirm(page)
    page.wait_for_url("**/totp/activate/")
    assert page.locator("img.account-qr").evaluate("one => one.naturalWidth") > 0
    assert_accessible(page)
    secret = page.locator("#secret").inner_text()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    page.get_by_label("Authenticator code").fill(code)
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    recovery = page.locator(".account-codes code").first.inner_text()
    assert_accessible(page)
    page.get_by_role("button", name="Sign out").click()
    page.goto(urljoin(page.url, LOGIN))
    give_password(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    assert_accessible(page)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/")


def test_a_passkey_is_added_and_signs_in_alone(ada, local):
    page = local(f"{LOGIN}?next=/account/2fa/webauthn/add/")
    give_password(page)
    confirm(page)
    page.wait_for_url("**/webauthn/add/")
    with_authenticator(page)
    page.get_by_label("Its name, for you").fill("Laptop")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.get_by_role("button", name="Sign out").click()
    page.goto(urljoin(page.url, LOGIN))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/")
    expect(page.get_by_role("link", name="ada")).to_be_visible()


def test_a_passkey_that_is_not_there_is_said_on_the_page(ada, local):
    page = local(LOGIN)
    with_authenticator(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The browser got no passkey")


def test_a_session_elsewhere_is_ended_from_here(ada, visit):
    here, there = visit(LOGIN), visit(LOGIN)
    for page in (here, there):
        give_password(page)
        page.wait_for_url("**/desk/")
    here.goto(here.url.replace("/desk/", "/account/sessions/"))
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.get_by_text("You are signed in nowhere else.")).to_be_visible()
    there.reload()
    expect(there.get_by_role("heading", level=1)).to_have_text("Sign in to the desk")
