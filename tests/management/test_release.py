"""`manage.py release`: a name for one point of the ledger."""

import pytest
from django.core.management import CommandError, call_command

from deals.flows.asked import share_answer
from deals.flows.query import FlowQuery
from deals.models import Release
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
ASKED = {"investor": "europe", "target": "CN", "release": "2026.11"}


def test_a_release_keeps_its_number_while_the_register_grows(capsys) -> None:
    make_deal()
    call_command("release", "2026.11", notes="The first.")
    make_deal()
    assert "no. 1" in capsys.readouterr().out
    answer, _ = share_answer(FlowQuery.from_params(ASKED))
    assert answer["deals"]["n"] == 1
    assert answer["as_of"] == answer["as_of"] | {"release": "2026.11", "change_seq": 1}


def test_a_name_is_given_once() -> None:
    call_command("release", "2026.11")
    make_deal()
    with pytest.raises(CommandError, match="never changes"):
        call_command("release", "2026.11")
    assert Release.objects.get().seq == 0


@pytest.mark.parametrize("name", ["two words", "x" * 33, "<b>", ""])
def test_a_name_that_no_question_could_ask_for_is_refused(name: str) -> None:
    with pytest.raises(CommandError):
        call_command("release", name)
    assert not Release.objects.exists()
