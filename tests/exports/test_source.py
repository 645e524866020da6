"""Documents as they leave the database: in blocks, by either statement, given up when closed."""

from dataclasses import replace
from itertools import islice

import pytest
from django.db import OperationalError, connection

from deals.exports import files, source
from deals.exports.forms import FORMS, Shape
from deals.flows.listing import Wanted
from deals.flows.query import ALL, FlowQuery
from deals.flows.scope import resolve
from deals.models import DealDocument, EarlierDocument, Release
from tests.factories import make_deal, make_deals

EVERY = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,))


def lines(query=EVERY, wanted=source.EVERY_DEAL, **scope):
    found = replace(resolve(query), **scope)
    blocks = list(source.documents(query, found, wanted, least=1))
    assert sum(block.count for block in blocks) == sum(b.text.count(b"\n") for b in blocks)
    return b"".join(block.text for block in blocks).decode().splitlines()


def test_both_statements_give_the_same_lines_in_the_same_order(db, monkeypatch):
    monkeypatch.setattr(source, "PER_MESSAGE", 3)
    versions = make_deals([{} for _ in range(8)])
    texts = [version.document.json for version in versions]
    assert lines() == texts
    monkeypatch.setattr(source, "_is_wide", lambda *_: False)
    assert lines() == texts
    assert lines(wanted=Wanted(order="-id")) == texts[::-1]


def test_an_empty_register_has_no_lines(db):
    assert lines() == []
    assert lines(wanted=Wanted(order="-date")) == []


def test_what_a_release_showed_comes_back_where_documents_were_computed_again(db):
    version = make_deal()
    release = Release.objects.create(name="r", seq=version.published_seq, at="2026-01-01T00:00:00Z")
    old = version.document.json
    seq = make_deal().published_seq
    EarlierDocument.objects.create(version=version, until_seq=seq, json=old)
    DealDocument.objects.filter(version=version).update(json='{"id":"new"}')
    assert lines()[0] == '{"id":"new"}'
    assert lines(EVERY.but(release=release.name)) == [old]


@pytest.mark.django_db(transaction=True)
def test_a_client_that_leaves_frees_the_connection(monkeypatch):
    monkeypatch.setattr(source, "PER_MESSAGE", 1)
    make_deals([{"notes": "x" * 20_000} for _ in range(60)])
    for form in FORMS:
        pieces = files.stream(form, EVERY, resolve(EVERY), shape=Shape())
        assert list(islice(pieces, 2))
        pieces.close()
        assert not connection.in_atomic_block, form
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            assert cursor.fetchone() == ("0",), form


@pytest.mark.django_db(transaction=True)
def test_a_file_that_takes_too_long_ends_without_its_mark(monkeypatch):
    make_deals([{} for _ in range(3)])
    monkeypatch.setattr(source, "LONGEST_SECONDS", 0.05)
    monkeypatch.setattr(
        source,
        "ALONG_THE_REGISTER",
        source.ALONG_THE_REGISTER.replace(
            "SELECT x.n,", "SELECT x.n + length(pg_sleep(.1)::text),"
        ),
    )
    pieces = files.stream("csv", EVERY, resolve(EVERY))
    assert next(pieces).startswith(b"id,")
    with pytest.raises(OperationalError):
        list(pieces)
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_question_does_not_cut_a_file(settings, monkeypatch):
    make_deals([{} for _ in range(3)])
    settings.QUESTION_MAX_SECONDS = 0.05
    monkeypatch.setattr(
        source,
        "ALONG_THE_REGISTER",
        source.ALONG_THE_REGISTER.replace(
            "SELECT x.n,", "SELECT x.n + length(pg_sleep(.1)::text),"
        ),
    )
    assert len(list(files.stream("jsonl", EVERY, resolve(EVERY)))) == 2
