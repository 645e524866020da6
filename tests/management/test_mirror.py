"""`manage.py mirror`: a line a step, the proof, and an exit status for each end."""

from functools import partial

import pytest
from django.core.management import CommandError, call_command

from deals.management.commands import mirror
from deals.mirror.client import Client
from deals.mirror.parquet import ParquetCopy
from tests.api.partners import make_key
from tests.factories import make_deal
from tests.mirror.places import URL, Asked, never

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch, settings, tmp_path, capsys):
    """Runs the command into a folder, and gives what it printed."""
    settings.API_PER_HOUR = settings.API_PER_HOUR_OPEN = 0
    asking = partial(Client, transport=Asked(), sleep=never)
    monkeypatch.setattr(mirror, "Client", asking)

    def run(*options: str, url: str = URL, into: str = "") -> str:
        call_command("mirror", url, "--into", into or str(tmp_path / "copy"), *options)
        return capsys.readouterr().out

    return run


def ended(run, *options, **where):
    """Exit status and sentence of a run that fails."""
    with pytest.raises(CommandError) as told:
        run(*options, **where)
    return told.value.returncode, str(told.value)


def test_it_says_what_it_took_and_that_both_are_equal(run):
    make_deal()
    took, proof = run().splitlines()
    assert took == f"Took 1 deals of {URL} at ledger no. 1."
    assert proof.startswith(f"Copy equals {URL} at ledger no. 1: 1 deals, digest ")
    assert proof.endswith(", 2 organizations.")
    assert run("--check").splitlines() == [proof]


def test_a_check_makes_nothing(run, tmp_path):
    status, said = ended(run, "--check")
    assert (status, said) == (3, f"There is no copy in {tmp_path / 'copy'} yet.")
    assert not (tmp_path / "copy").exists()


def test_a_copy_that_differs_ends_with_three_and_is_repaired_when_asked(run, tmp_path):
    deal = make_deal().deal
    run()
    copy = ParquetCopy(tmp_path / "copy")
    copy.apply({}, {deal.public_id}, copy.state())
    copy.close()
    assert ended(run, "--check")[0] == 3
    status, said = ended(run)
    assert (status, deal.public_id in said) == (3, True)
    assert "Everything is taken anew." in run("--repair")
    run("--check")


def test_a_server_that_refuses_or_is_none_ends_with_two(run, monkeypatch):
    assert ended(run, url="investtrack.example")[0] == 2
    assert ended(run, url=f"{URL}/developers")[0] == 2
    monkeypatch.setenv("KEY_OF_A_TEST", "itk_r_wrong")
    status, said = ended(run, "--key-env", "KEY_OF_A_TEST", url="http://localhost")
    assert (status, "refuses the key" in said) == (2, True)


def test_a_place_that_cannot_be_used_ends_with_four(run, tmp_path):
    (tmp_path / "file").write_text("x")
    assert ended(run, into=str(tmp_path / "file"))[0] == 4
    assert ended(run, into="mysql://x")[0] == 4
    assert ended(run, into="postgres://nobody@127.0.0.1:1/none")[0] == 4
    run()
    assert ended(run, "--population", "other")[0] == 4
    copy = ParquetCopy(tmp_path / "copy")
    assert "Another run" in ended(run)[1]
    copy.close()
    (tmp_path / "copy" / "manifest.json").write_text("{")
    assert "is no manifest" in ended(run)[1]


def test_a_key_comes_from_the_environment_only(run, monkeypatch):
    assert ended(run, "--key-env", "NOT_SET_BY_A_TEST")[0] == 1
    monkeypatch.setenv("KEY_OF_A_TEST", make_key("partner", "read"))
    assert "Copy equals" in run("--key-env", "KEY_OF_A_TEST", url="http://localhost")


def test_it_goes_on_asking_and_tells_of_each_change(run, monkeypatch):
    make_deal()
    turns = []

    def sleep(seconds: float) -> None:
        turns.append(seconds)
        if len(turns) == 2:
            make_deal()
        if len(turns) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(mirror.time, "sleep", sleep)
    lines = run("--follow", "5").splitlines()
    assert turns == [5, 5, 5, 5]
    beginnings = (
        "Took 1",
        "Copy equals",
        "Ledger no. 2: deals written 1",
        "Copy equals",
        "Stopped.",
    )
    assert [line[: len(begin)] for line, begin in zip(lines, beginnings, strict=True)] == [
        *beginnings
    ]
