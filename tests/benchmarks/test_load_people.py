"""Those who are at work under load ask for addresses that are there, and know enough to."""

import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.urls import resolve

from benchmarks.load.people import plan
from tests.factories import make_deal

SOURCE = Path(__file__).parents[2] / "benchmarks" / "load" / "locustfile.py"
ADDRESS = re.compile(r'f?"(/[\w/{}()\[\]\'.-]*)(?:\?[^"]*)?"')
KEYED = re.compile(r'f"((?:deals|flows|changes)/[\w/{}()\[\]\'.-]*)\??')


def addresses() -> set[str]:
    """Every address in the source, without its question, 1 for what is put in."""
    text = SOURCE.read_text()
    found = {each for each in ADDRESS.findall(text) if each != "/api/v1/{path}"}
    found |= {f"/api/v1/{each}" for each in KEYED.findall(text)}
    return {re.sub(r"{[^}]*}", "1", each) for each in found}


def test_every_address_is_there() -> None:
    found = addresses()
    assert {"/", "/flows/", "/desk/review/1/decide/", "/api/v1/flows/share/"} <= found
    for address in found:
        resolve(address)


@pytest.mark.django_db
def test_people_know_deals_organizations_names_and_how_to_sign_in(client) -> None:
    make_deal(target="Horizon Robotics")
    known = plan(3)
    assert client.get(f"/deals/{known['deals'][0]}/").status_code == 200
    assert client.get(f"/organizations/{known['organizations'][0]}/").status_code == 200
    assert "Horizon Robotics" in known["names"]
    name, password = known["editors"][0]
    assert get_user_model().objects.get(username=name).check_password(password)
    asked = client.get("/api/v1/me/", headers={"Authorization": f"Bearer {known['keys'][0]}"})
    assert asked.status_code == 200
