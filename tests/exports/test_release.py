"""The files of a release: made once, whole, and the same whenever they are made again."""

import csv
import errno
import hashlib
import io
import json
import os
import signal

import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django_celery_beat.models import PeriodicTask

from deals import actions, tasks
from deals.exports import beside, manifest, release_parts
from deals.exports import release as maker
from deals.exports.naming import describe_release, name_release
from deals.management.schedule import settle_schedule
from deals.models import DealDocument, Release
from deals.models.derived import rebuild
from tests.exports.releases import released
from tests.factories import make_deal, make_organization, make_population
from tests.flows.moves import edit, retract

pytestmark = pytest.mark.django_db
FACTS = {"target": "Momenta", "investors": [("Bosch", "DE")], "date": "2019-05-13", "amount": "5"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.RELEASES_DIR = tmp_path / "releases"
    settings.RELEASES_DIR.mkdir()
    return settings.RELEASES_DIR


def text_of(release: Release, name: str) -> str:
    return (manifest.folder_of(release.name) / name).read_text()


def states(release: Release) -> set[str]:
    return {one.state for one in maker.check(release)}


def test_a_release_has_every_table_and_lists_it_with_size_checksum_and_rows(folder):
    make_deal(**FACTS)
    make_deal(population=make_population("demo", generated=True))
    make_organization("Bosch", "DE")
    made = released()
    names = {file["name"] for file in made.files}
    assert names == {path.name for path in (folder / "2026.11").iterdir()}
    assert names > {
        "deals.csv", "deals.jsonl", "deals.parquet", "deals.xlsx", "participations.csv",
        "participations.parquet", "deals-demo.csv", "organizations.jsonl", "regions.csv",
        "countries.csv", "sectors.csv", "round-types.csv", "rates-used.csv",
        "published-figures.csv", "policy-events.csv", "headline.json", "methods.md",
        "datapackage.json", "SHA256SUMS",
    }  # fmt: skip
    for file in made.files:
        data = (folder / "2026.11" / file["name"]).read_bytes()
        assert file["bytes"] == len(data)
        assert file["sha256"] == hashlib.sha256(data).hexdigest()
    rows = {file["name"]: file["rows"] for file in made.files}
    assert rows["deals.csv"] == rows["deals.xlsx"] == rows["deals-demo.jsonl"] == 1
    assert rows["methods.md"] is None
    assert list(folder.iterdir()) == [folder / "2026.11"]


def test_generated_deals_are_never_in_a_file_with_documented_ones():
    make_deal(**FACTS)
    make_deal(target="Invented", population=make_population("demo", generated=True))
    made = released()
    assert "Invented" not in text_of(made, "deals.jsonl") + text_of(made, "deals.csv")
    assert "Momenta" not in text_of(made, "deals-demo.jsonl")
    assert '"generated":true' in text_of(made, "deals-demo.jsonl")


def test_its_tables_say_the_same_in_every_form():
    make_deal(**FACTS)
    make_deal(target="Neura", kind="acquisition", status="announced", ai="no")
    made = released()
    lines = [json.loads(line) for line in text_of(made, "deals.jsonl").splitlines()]
    table = list(csv.DictReader(io.StringIO(text_of(made, "deals.csv"), newline="")))
    packed = pq.read_table(manifest.folder_of("2026.11") / "deals.parquet").to_pylist()
    ids = [line["id"] for line in lines]
    assert ids == [row["id"] for row in table] == [row["id"] for row in packed]
    assert {row["target_name"] for row in table} == {"Momenta", "Neura"}
    parts = list(csv.DictReader(io.StringIO(text_of(made, "participations.csv"), newline="")))
    assert parts[0]["investor_name"] == "Bosch"


def test_the_checksums_are_those_that_sha256sum_reads():
    make_deal(**FACTS)
    made = released()
    listed = {file["name"]: file["sha256"] for file in made.files}
    lines = dict(reversed(line.split("  ")) for line in text_of(made, "SHA256SUMS").splitlines())
    assert lines == {
        name: listed[name] for name in listed if name not in ("SHA256SUMS", "datapackage.json")
    }


def test_the_descriptor_is_a_data_package_with_types_and_units():
    make_deal(**FACTS)
    made = released(doi="https://doi.org/10.5281/zenodo.1", notes="First.")
    package = json.loads(text_of(made, "datapackage.json"))
    assert package["id"] == "https://doi.org/10.5281/zenodo.1"
    assert package["version"] == "2026.11"
    resources = {one["path"]: one for one in package["resources"]}
    assert len({one["name"] for one in package["resources"]}) == len(resources)
    fields = {field["name"]: field for field in resources["deals.csv"]["schema"]["fields"]}
    assert list(fields) == next(csv.reader(io.StringIO(text_of(made, "deals.csv"))))
    assert fields["amount_low_eur"]["type"] == "number"
    assert fields["amount_low_eur"]["unit"] == "EUR"
    assert fields["date_first"]["type"] == "date"
    for path, one in resources.items():
        entry = next(file for file in made.files if file["name"] == path)
        assert one["hash"] == f"sha256:{entry['sha256']}"
        if path.endswith(".csv"):
            names = [field["name"] for field in one["schema"]["fields"]]
            assert names == next(csv.reader(io.StringIO(text_of(made, path)))), path


def test_headline_numbers_and_rules_are_stored_as_they_were():
    make_deal(**FACTS)
    made = released()
    stored = json.loads(text_of(made, "headline.json"))
    assert stored["change_seq"] == made.seq
    assert stored["questions"][0]["answer"]["deals"]["n"] == 1
    assert "A deal counts once" in text_of(made, "methods.md")
    assert "| regions" not in text_of(made, "methods.md")
    assert "| eu |" in text_of(made, "methods.md")


def test_what_changed_since_the_release_before_is_a_table_and_a_text():
    version, other = make_deal(**FACTS), make_deal(target="=cmd|x!A1")
    released("2026.10")
    edit(version, **FACTS | {"date": "2019-06-01"})
    actions.retract(deal=other.deal, by=None, reason="Not *an* investment")
    made = released("2026.11")
    table = io.StringIO(text_of(made, "changes-since-2026.10.csv"), newline="")
    rows = {row["deal"]: row for row in csv.DictReader(table)}
    assert rows[version.deal.public_id]["fields"] == "amount date"
    assert rows[other.deal.public_id]["what"] == "retracted"
    assert rows[other.deal.public_id]["company"].startswith("'=")
    told = text_of(made, "changes-since-2026.10.md")
    assert "## Deals retracted: 1" in told
    assert "Not \\*an\\* investment" in told


def test_whatever_happens_later_the_same_files_are_made_again():
    kept, changed, gone, double = (make_deal(**FACTS) for _ in range(4))
    text = DealDocument.objects.get(pk=kept.pk).json
    # As older rates would have written it.
    older = text.replace('"eur":{"low":"', '"eur":{"low":"9')
    DealDocument.objects.filter(pk=kept.pk).update(json=older)
    made = released()
    assert states(made) == {"same"}
    edit(changed, **FACTS | {"amount": "7", "target": "Other"})
    retract(gone)
    actions.merge(deal=double.deal, into=kept.deal, by=None, reason="The same round")
    make_deal(target="Later")
    rebuild()
    released("2026.12")
    assert states(made) == {"same"}
    assert states(Release.objects.get(name="2026.12")) == {"same"}
    call_command("release", "2026.11", rebuild=True, check=True)


def test_a_damaged_or_missing_file_is_seen_and_put_back(folder):
    make_deal(**FACTS)
    made = released()
    (folder / "2026.11" / "deals.csv").write_text("broken")
    (folder / "2026.11" / "deals.jsonl").unlink()
    (folder / "2026.11" / "methods.md").write_text("broken")
    found = {one.name: one.state for one in maker.check(made) if not one.right}
    assert found == {"deals.csv": "damaged", "deals.jsonl": "missing", "methods.md": "damaged"}
    with pytest.raises(CommandError, match=r"Not as listed: methods\.md"):
        call_command("release", "2026.11", rebuild=True)
    assert {one.name for one in maker.check(made) if not one.right} == {"methods.md"}


def test_a_release_that_would_come_out_otherwise_is_told():
    version = make_deal(**FACTS)
    made = released()
    DealDocument.objects.filter(pk=version.pk).update(
        json=DealDocument.objects.get(pk=version.pk).json.replace("Momenta", "Moments")
    )
    wrong = {one.name: one.state for one in maker.check(made) if not one.right}
    assert wrong["deals.csv"] == wrong["deals.parquet"] == wrong["deals.xlsx"] == "differs"
    with pytest.raises(CommandError, match="Not as listed"):
        call_command("release", "2026.11", rebuild=True, check=True)


def test_a_maker_that_is_killed_leaves_nothing_listed_and_the_next_goes_on(folder, monkeypatch):
    make_deal(**FACTS)
    one = name_release(name="2026.11", by=None)

    def dies(name):
        raise SystemExit

    monkeypatch.setattr(release_parts, "methods", dies)
    with pytest.raises(SystemExit):
        maker.make(one)
    one.refresh_from_db()
    assert one.files == []
    assert not (folder / "2026.11").exists()
    begun = (folder / ".making-2026.11" / "deals.csv").stat().st_mtime_ns
    monkeypatch.undo()
    assert tasks.make_releases() == 1
    tasks.make_release(one.pk)
    one.refresh_from_db()
    assert one.files
    assert (folder / "2026.11" / "deals.csv").stat().st_mtime_ns == begun
    assert tasks.make_releases() == 0
    # Killed between the folder's name and the list, it comes out the same.
    listed = one.files
    Release.objects.update(files=[], reference={"files_wanted": True})
    tasks.make_release(one.pk)
    one.refresh_from_db()
    assert one.files == listed


def test_a_full_disk_is_said_and_asked_again_by_a_person_only(monkeypatch):
    one = name_release(name="2026.11", by=None)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(manifest, "sync", full)
    with pytest.raises(OSError, match="No space"):
        tasks.make_release(one.pk)
    one.refresh_from_db()
    assert one.problem == "The files could not be written: No space left on device."
    assert tasks.make_releases() == 0


def test_a_file_whose_program_ends_is_said_and_asked_again_by_a_person_only(monkeypatch):
    """As when the disk takes no workbook, or the kernel takes the program's memory."""
    make_deal(**FACTS)
    one = name_release(name="2026.11", by=None)

    def told(maker, text, poll):
        os.kill(maker.pid, signal.SIGKILL)
        return said(maker, text, poll)

    said = beside.Maker._say
    monkeypatch.setattr(beside.Maker, "_say", told)
    with pytest.raises(beside.MakerEnded):
        tasks.make_release(one.pk)
    one.refresh_from_db()
    assert one.problem.startswith("The files could not be made. The program")
    assert "ended with -9" in one.problem
    assert tasks.make_releases() == 0
    with pytest.raises(CommandError, match="ended with -9"):
        call_command("release", "2026.11", rebuild=True)


@pytest.mark.parametrize("why", [errno.EAGAIN, errno.EMFILE])
def test_without_room_for_a_program_a_release_is_tried_again(monkeypatch, caplog, why):
    make_deal(**FACTS)
    one = name_release(name="2026.11", by=None)

    def busy(*_args, **_more):
        raise OSError(why, "Not now")

    monkeypatch.setattr(beside.subprocess, "Popen", busy)
    tasks.make_release(one.pk)
    one.refresh_from_db()
    assert (one.problem, one.files) == ("", [])
    assert "Not now" in caplog.text
    with pytest.raises(CommandError, match="Not now"):
        call_command("release", "2026.11", rebuild=True)
    settle_schedule()
    later = PeriodicTask.objects.get(task=tasks.make_releases.name, enabled=True)
    assert (later.interval.every, later.interval.period) == (5, "minutes")
    rung = []
    monkeypatch.setattr(tasks.make_release, "delay", rung.append)
    assert tasks.make_releases() == 1
    assert rung == [one.pk]
    monkeypatch.undo()
    tasks.make_release(one.pk)
    one.refresh_from_db()
    assert one.files


def test_a_program_that_is_not_there_is_said(monkeypatch, tmp_path):
    make_deal(**FACTS)
    one = name_release(name="2026.11", by=None)
    monkeypatch.setattr(beside.sys, "executable", str(tmp_path / "python"))
    with pytest.raises(FileNotFoundError):
        tasks.make_release(one.pk)
    one.refresh_from_db()
    assert one.problem == "The files could not be written: No such file or directory."
    assert tasks.make_releases() == 0


def test_a_doi_that_comes_later_is_written_into_the_descriptor_and_nothing_else():
    make_deal(**FACTS)
    made = released()
    before = {file["name"]: file["sha256"] for file in made.files}
    describe_release(release=made, notes="", doi="10.5281/zenodo.7", by=None)
    tasks.make_release(made.pk)
    made.refresh_from_db()
    after = {file["name"]: file["sha256"] for file in made.files}
    assert json.loads(text_of(made, "datapackage.json"))["id"].endswith("zenodo.7")
    assert {name for name in after if after[name] != before[name]} == {"datapackage.json"}
    assert states(made) == {"same"}


def test_without_files_a_release_is_a_name_and_gets_them_when_asked(folder, capsys):
    make_deal(**FACTS)
    call_command("release", "2026.11", no_files=True)
    assert tasks.make_releases() == 0
    assert list(folder.iterdir()) == []
    call_command("release", "2026.11", rebuild=True)
    assert "files," in capsys.readouterr().out
    assert Release.objects.get().files
