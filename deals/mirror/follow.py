"""Keeping a copy: everything once, then what changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from deals.mirror.copies import Copy, State, Tables
from deals.mirror.register import REFERENCE, Register, entry_of
from deals.mirror.troubles import CutOff, PlaceTrouble

GONE = ("merged", "retracted", "purged")
TRIES = 3
# The mark of the last answer about changes; an entry makes it void.
CHANGES = "changes"
Say = Callable[[str], object]


class Follower:
    """Brings `copy` to the head of `register`. `say` gets a sentence for each step."""

    def __init__(self, register: Register, copy: Copy, say: Say) -> None:
        self.register, self.copy, self.say = register, copy, say

    def state(self) -> State | None:
        """None where there is no copy yet. Raises where it is one of something else."""
        state, asked = self.copy.state(), (self.register.url, self.register.population)
        if state and (state.server, state.population) != asked:
            whose = f"{state.server}, {state.population or 'all real deals'}"
            raise PlaceTrouble(
                f"This place holds a copy of something else: {whose}. "
                "Give another folder, or another --schema."
            )
        return state

    def known(self) -> State:
        """The state of a copy that is there."""
        state = self.state()
        if state is None:
            raise PlaceTrouble("The copy was taken away while it was being kept.")
        return state

    def catch_up(self) -> bool:
        """Take what is missing; whether anything was. One small question when nothing is."""
        state = self.state()
        if state is None:
            self.take()
            return True
        answer = self.register.last_known(state.seq, state.etags.get(CHANGES, ""))
        if answer is None:
            return False
        if why := _another_history(self.register.url, state, answer.body):
            self.say(f"{why}: the server went back to a backup. Everything is taken anew.")
            self.take()
            return True
        if answer.body["head"] > state.seq:
            self.follow(state)
            return True
        self.copy.apply({}, set(), replace(state, etags={**state.etags, CHANGES: answer.etag}))
        return False

    def take(self) -> None:
        """Everything, once. An export that breaks off leaves the copy as it was."""
        for left in reversed(range(TRIES)):
            try:
                deals = self._take_once()
                break
            except CutOff as error:
                if not left:
                    raise
                self.say(f"{error} Once more.")
        state = self.known()
        self.say(f"Took {deals:,} deals of {self.register.url} at ledger no. {state.seq:,}.")
        self.follow(state)

    def _take_once(self) -> int:
        export, register = self.register.export(), self.register

        def begin() -> State:
            entry = register.entry(export.seq)
            return State(register.url, register.population, export.seq, entry)

        self.copy.replace(export.texts(), begin)
        return export.deals

    def follow(self, state: State, upto: int | None = None) -> None:
        """Apply entries, to the head or to one entry, many at a time where writing is dear."""
        put: dict[str, str] = {}
        gone: set[str] = set()
        while True:
            page = self.register.changes(state.seq)
            results = [row for row in page["results"] if upto is None or row["seq"] <= upto]
            self._mean(results, put, gone)
            if results:
                etags = {name: etag for name, etag in state.etags.items() if name != CHANGES}
                last = results[-1]
                state = replace(state, seq=last["seq"], entry=entry_of(last), etags=etags)
            at_end = not results or state.seq >= (page["head"] if upto is None else upto)
            if at_end or len(put) + len(gone) >= self.copy.at_once:
                self._write(put, gone, state)
            if at_end:
                return

    def _write(self, put: dict[str, str], gone: set[str], state: State) -> None:
        if state == self.copy.state():
            return
        self.copy.apply(put, gone, state)
        self.say(f"Ledger no. {state.seq:,}: deals written {len(put):,}, out {len(gone):,}.")
        put.clear()
        gone.clear()

    def tables(self) -> None:
        """Reference tables that changed."""
        state = self.known()
        etags, changed = dict(state.etags), {}
        for name in REFERENCE:
            answer = self.register.table(name, etags.get(name, ""))
            if answer is not None:
                changed[name] = [orjson.dumps(row).decode() for row in answer.body["results"]]
                etags[name] = answer.etag
        if changed:
            self.copy.tables(Tables(None, changed), replace(state, etags=etags))

    def _mean(self, results: list[dict[str, Any]], put: dict[str, str], gone: set[str]) -> None:
        """Add what entries do to the copy; the last word about a deal counts."""
        for row in results:
            if row["kind"] in GONE:
                gone.add(row["deal"])
                put.pop(row["deal"], None)
            for document in filter(None, [row["document"], *row["documents"]]):
                pk = document["id"]
                if self.register.is_ours(document):
                    put[pk] = orjson.dumps(document).decode()
                    gone.discard(pk)
                else:
                    gone.add(pk)
                    put.pop(pk, None)


def _another_history(url: str, state: State, page: dict[str, Any]) -> str:
    if page["head"] < state.seq:
        return f"{url} ends at ledger no. {page['head']:,} and the copy at {state.seq:,}"
    if state.seq and entry_of(page["results"][0]) != state.entry:
        return f"Ledger no. {state.seq:,} of {url} is not the one that was copied"
    return ""
