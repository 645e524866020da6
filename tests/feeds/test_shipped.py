"""Each shipped profile reads its own template, and the template alone would have led to it."""

import csv
import io
from pathlib import Path

import pytest

from deals.feeds.detect import detect
from deals.feeds.profile_toml import load_profile
from deals.feeds.profile_write import profile_toml
from deals.feeds.propose import propose
from deals.feeds.receive import receive, receive_path
from deals.feeds.run import dry_run, prepare
from deals.feeds.shipped import CODES, FOLDER, Shipped, shipped

EXAMPLE = ("EXAMPLE", "示例")


@pytest.fixture(params=shipped(), ids=lambda kept: kept.code)
def kept(request: pytest.FixtureRequest) -> Shipped:
    return request.param


def test_all_files_of_the_folder_are_shipped():
    assert {path.stem for path in FOLDER.iterdir()} == set(CODES)
    assert len({kept.title for kept in shipped()}) == len(CODES)


def test_a_profile_has_its_code_a_title_and_a_note(kept):
    assert load_profile(kept.text).code == kept.code
    assert kept.title
    assert kept.note.endswith(".")


def test_a_template_is_read_without_an_error(kept):
    done = prepare(receive("template.csv", kept.template.encode()), load_profile(kept.text))
    assert not done.problems
    assert 2 <= len(done.deals) <= 3


@pytest.mark.django_db
def test_a_template_goes_through_an_import(kept):
    said = dry_run(receive("template.csv", kept.template.encode()), load_profile(kept.text))
    assert said["deals_created"] == said["deals_in_file"] != 0
    assert said["errors"] == []


def test_example_rows_are_marked_as_examples(kept):
    rows = list(csv.DictReader(io.StringIO(kept.template)))
    target = load_profile(kept.text).columns["target_name"]
    assert all(row[target].startswith(EXAMPLE) for row in rows if row[target])
    assert all("delete this row" in row[target] or "请删除此行" in row[target] for row in rows[:1])


def test_the_template_alone_leads_to_an_equivalent_profile(kept):
    received = receive("template.csv", kept.template.encode())
    own = load_profile(kept.text)
    found = load_profile(profile_toml(propose(detect(received, {}))))
    shared = own.columns.keys() & found.columns.keys()
    assert own.columns.keys() - found.columns.keys() <= {"kind"}
    assert {fact: found.columns[fact] for fact in shared} == {f: own.columns[f] for f in shared}
    assert set(found.key) <= set(own.key)
    one, other = prepare(received, own), prepare(received, found)
    for mine, theirs in zip(one.deals, other.deals, strict=True):
        for fact in ("target", "date", "amount", "kind", "round_type", "investors", "ai"):
            assert mine.facts.get(fact) == theirs.facts.get(fact), fact


def test_the_starter_register_is_in_our_own_format():
    starter = Path(__file__).parents[2] / "deals" / "data" / "starter" / "deals.csv"
    profile = load_profile(next(kept.text for kept in shipped() if kept.code == "investtrack"))
    done = prepare(receive_path(starter), profile)
    assert len(done.deals) == 64
    assert not done.rows_rejected


def test_the_open_export_is_read_with_its_profile(shared_data: Path) -> None:
    kept = next(kept for kept in shipped() if kept.code == "crunchbase-2015-acquisitions")
    data = (shared_data / "feeds" / "cb2015" / "acquisitions.csv").read_bytes()
    received = receive("acquisitions.csv", b"".join(data.splitlines(keepends=True)[:2_001]))
    assert not prepare(received, load_profile(kept.text)).rows_rejected
