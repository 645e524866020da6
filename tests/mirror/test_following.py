"""A copy is taken once, follows what changes, and is proved equal each time."""

from dataclasses import replace

import orjson
import psycopg
import pytest

from deals import actions, organizations
from deals.feeds.run import undo
from deals.mirror.copies import Copy, State
from deals.mirror.parquet import ParquetCopy
from deals.mirror.postgres import PostgresCopy
from deals.mirror.troubles import CutOff, Different, PlaceTrouble
from deals.models import DealDocument, ledger
from deals.models.derived import rebuild
from deals.rules.digest import digest_of
from tests.factories import make_deal, make_deals, make_organization, submit_version
from tests.feeds.supplier import published_import
from tests.mirror.places import SCHEMA, Asked, drop_schema, live_documents, mirror_of
from tests.serving import database_url

pytestmark = pytest.mark.django_db


def equals(copy: Copy) -> bool:
    return copy.digests() == {pk: digest_of(text) for pk, text in live_documents().items()}


def test_an_empty_register_has_an_empty_copy(copy):
    proof = mirror_of(copy)[0].run()
    assert (proof.seq, proof.deals, proof.digest) == (0, 0, "0" * 64)


def test_everything_is_taken_once_and_then_only_what_changed(copy):
    one, other, third = make_deals([{"target": "一", "amount": "5"}, {}, {}])
    transport = Asked()
    mirror, said = mirror_of(copy, transport=transport)
    assert mirror.run().deals == 3
    assert equals(copy)
    transport.log.clear()
    actions.approve(version=submit_version(one.deal, amount="6"), by=None)
    actions.merge(deal=other.deal, into=one.deal, by=None, reason="one round")
    actions.retract(deal=third.deal, by=None, reason="never happened")
    make_deal()
    proof = mirror.again()
    assert proof is not None
    assert (proof.deals, proof.seq) == (2, ledger.head())
    assert equals(copy)
    assert not [path for path, _status in transport.log if "exports" in path]
    assert said[-1].startswith(f"Ledger no. {ledger.head()}: deals written 2, out 2")


def test_an_unchanged_register_costs_one_small_question(copy):
    make_deal()
    transport = Asked()
    mirror, _said = mirror_of(copy, transport=transport)
    mirror.run()
    mirror.run()
    transport.log.clear()
    assert mirror.again() is None
    assert transport.log == [("/api/v1/changes/?after=0&page_size=1", 304)]


def test_what_comes_back_is_back_in_the_copy(copy):
    deals = make_deals([{}, {}])
    mirror, _said = mirror_of(copy)
    actions.merge(deal=deals[0].deal, into=deals[1].deal, by=None, reason="one")
    run = published_import(["Acme,CN,2019-05,5,USD,Fund,DE"])
    mirror.run()
    actions.restore(deal=deals[0].deal, by=None, reason="two")
    undo(run.pk, reason="a wrong file")
    make_organization("A new one")
    mirror.run()
    assert equals(copy)
    assert copy.organizations_digest()[0] > 2


def test_merged_organizations_and_documents_computed_again_are_followed(copy):
    one, into = make_organization("Tencent", "CN"), make_organization("Tencent Holdings", "CN")
    made = make_deal(investors=[("Tencent", "CN")])
    DealDocument.objects.filter(pk=made.pk).update(
        json=made.document.json.replace("Tencent", "An older rule")
    )
    mirror, _said = mirror_of(copy)
    mirror.run()
    assert equals(copy)
    rebuild()
    mirror.run()
    assert equals(copy)
    organizations.merge(one=one, into=into, by=None, reason="the same")
    mirror.run()
    assert equals(copy)


def test_invented_deals_are_in_the_copy_of_their_population_only(copy):
    make_deal()
    make_deal(population="supplier")
    mirror, _said = mirror_of(copy, population="supplier")
    assert mirror.run().deals == 1
    make_deal(population="supplier")
    make_deal()
    assert mirror.run().deals == 2
    with pytest.raises(PlaceTrouble, match="a copy of something else: http://testserver, supplier"):
        mirror_of(copy)[0].run()


def test_a_copy_that_differs_is_named_and_repaired_when_asked(copy):
    changed, lost, kept = make_deals([{"target": name} for name in ("Changed", "Lost", "Kept")])
    mirror, _said = mirror_of(copy)
    mirror.run()
    state = copy.state()
    ids = [version.deal.public_id for version in (changed, lost)]
    text = orjson.dumps(orjson.loads(live_documents()[ids[0]]) | {"kind": "grant"}).decode()
    copy.apply({ids[0]: text}, {ids[1]}, state)
    with pytest.raises(Different, match="without --check it says which"):
        mirror.check()
    with pytest.raises(Different) as told:
        mirror.run()
    assert f"missing: {ids[1]}; different: {ids[0]}." in str(told.value)
    assert kept.deal.public_id not in str(told.value)
    assert mirror.run(repair=True).deals == 3
    assert equals(copy)
    assert mirror.check().deals == 3


def test_a_server_that_went_back_to_a_backup_is_taken_anew(copy):
    make_deals([{}, {}])
    mirror, said = mirror_of(copy)
    mirror.run()
    state = copy.state()
    ahead = {"layout": state.layout, "server": state.server, "population": None}
    copy.apply({}, set(), State(**ahead, seq=state.seq + 5, entry=state.entry))
    mirror.run()
    assert any("ends at ledger no. 2 and the copy at 7" in line for line in said)
    other = State(**ahead, seq=state.seq, entry="created D-00000000 1 system 2020-01-01T00:00:00Z")
    copy.apply({}, set(), other)
    said.clear()
    mirror.run()
    assert "is not the one that was copied" in said[0]
    assert equals(copy)


def test_an_export_that_breaks_off_leaves_the_copy_as_it_was(copy):
    make_deals([{}, {}])
    mirror, _said = mirror_of(copy)
    mirror.run()
    before = copy.digests(), copy.state()

    def broken():
        yield from list(live_documents().values())[:1]
        raise CutOff("The export ended before its end mark.")

    with pytest.raises(CutOff):
        copy.replace(broken(), lambda: before[1])
    assert (copy.digests(), copy.state()) == before


def test_a_copy_of_another_layout_is_taken_anew(copy):
    make_deal()
    mirror, said = mirror_of(copy)
    mirror.run()
    copy.apply({}, set(), replace(copy.state(), layout=0))
    said.clear()
    if isinstance(copy, PostgresCopy):
        copy.close()
        copy = PostgresCopy(database_url(), SCHEMA)
        mirror, said = mirror_of(copy)
    assert mirror.run().deals == 1
    assert said[0].startswith("Took 1 deals")
    copy.close()


def test_tables_that_somebody_hangs_on_a_copy_are_not_emptied(db):
    make_deal()
    drop_schema()
    copy = PostgresCopy(database_url(), SCHEMA)
    try:
        mirror_of(copy)[0].run()
        with psycopg.connect(database_url(), autocommit=True) as theirs:
            theirs.execute(f"CREATE TABLE {SCHEMA}.notes (deal text REFERENCES {SCHEMA}.deals)")
            with pytest.raises(psycopg.errors.FeatureNotSupported, match="cannot truncate"):
                copy.replace([], copy.state)
    finally:
        copy.close()
        drop_schema()


def test_reference_tables_are_fetched_when_they_change(copy):
    transport = Asked()
    mirror, _said = mirror_of(copy, transport=transport)
    mirror.run()
    transport.log.clear()
    mirror.run()
    tables = [status for path, status in transport.log if "regions" in path or "sectors" in path]
    assert tables == [304, 304]


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "passwd").write_text("root")
    with pytest.raises(PlaceTrouble, match="has other files in it"):
        ParquetCopy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["passwd"]
