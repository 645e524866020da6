"""Every task comes many times: imports, mail, messages to webhooks and all regular work."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from benchmarks.chaos_file import make_file, profile_text
from benchmarks.chaos_rig import RigError, wait_until
from benchmarks.chaos_trial import Brought, Chaos, Trial
from benchmarks.chaos_trials import STUCK
from benchmarks.chaos_worker import TWICE
from deals import tasks
from deals.feeds import queue
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive
from deals.models import Delivery, Notification, Webhook, ledger
from investtrack.celery import app

TIMES, PASSES = 4, 12


def every_task(chaos: Chaos, files: int, rows: int) -> Trial:
    """Send all work of the house four times at the same instant, and have the workers send twice
    whatever they send. A person is written to and a webhook is told once of each thing."""
    trial = Trial("every task sent many times")
    before = ledger.head()
    person = get_user_model()._default_manager.create(
        username="chaos-mail", email="chaos@example.org"
    )
    mailbox = chaos.rig.folder / "mail"
    regular = sorted(set(PeriodicTask.objects.values_list("task", flat=True)))
    work = [name for name in regular if name.startswith("deals.")]
    sent = 0
    with _receiver() as (port, told), _sending_twice(chaos, port, mailbox):
        hook = _hook(person, port)
        with ThreadPoolExecutor(TIMES) as pool:
            brought = [_bring(chaos, f"T{number}", rows, person) for number in range(files)]
            while chaos.watch.waiting() or sent < PASSES * len(work) * TIMES:
                for name in [*work * (sent < PASSES * len(work) * TIMES)]:
                    list(pool.map(app.send_task, [name] * TIMES))
                    sent += TIMES
                for run_id, _ in brought:
                    list(pool.map(tasks.ring, [run_id] * TIMES))
                chaos.pause()
                chaos.rig.revive()
        trial.facts |= {"imports": files, "kinds of regular work": len(work)}
        trial.facts["messages of regular work"] = sent
        trial.faults += _waited_for(hook)
        # What was sent many times is still being heard.
        chaos.pause()
    trial.faults += list(_told_once(hook, told, before))
    trial.faults += list(_written_once(person, mailbox, brought))
    trial.facts["messages to the webhook"] = told.total()
    trial.facts["mails"] = _mails(mailbox).count("\nSubject: ")
    return chaos.check(trial, brought)


def _bring(chaos: Chaos, name: str, rows: int, person: User) -> tuple:
    made = make_file(name, rows, chaos.chance)
    file, profile = receive(f"{name}.csv", made.data), load_profile(profile_text(f"Chaos {name}"))
    run = queue.enqueue(file, profile, publish=True, by=person.pk, ring=tasks.ring)
    return run.pk, made


def _hook(person: User, port: int) -> Webhook:
    return Webhook.objects.create(
        public_id="chaos", user=person, name="Chaos", url=f"http://127.0.0.1:{port}/",
        told_seq=ledger.head(), created_at=timezone.now(),
    )  # fmt: skip


@contextmanager
def _sending_twice(chaos: Chaos, port: int, mailbox: Path) -> Iterator[None]:
    """Workers that send each message twice, keep mail in a folder, and reach the receiver."""
    more = {TWICE: "1", "WEBHOOK_ALLOW_INSIDE": f"127.0.0.1:{port}"}
    more["EMAIL_URL"] = f"file:///{mailbox}"
    plain = [dict(worker.environment) for worker in chaos.rig.workers]
    try:
        for worker in chaos.rig.workers:
            worker.kill()
            worker.environment |= more
        chaos.rig.start_workers()
        yield
    finally:
        for worker, environment in zip(chaos.rig.workers, plain, strict=True):
            worker.kill()
            worker.environment = environment
        # What comes now as the hundredth of its kind would only keep the next trial waiting.
        app.control.purge()
        chaos.rig.start_workers()


@contextmanager
def _receiver() -> Iterator[tuple[int, Counter[str]]]:
    """A partner's server: its port, and how often it was told each message."""
    told = Counter[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            told[self.headers["webhook-id"]] += 1
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield int(server.server_address[1]), told
    finally:
        server.shutdown()
        server.server_close()


def _waited_for(hook: Webhook) -> list[str]:
    """Until everything was told and mailed; what never was."""
    connection.close()
    begun = time.monotonic()

    def quiet() -> bool:
        hook.refresh_from_db()
        late = Delivery.objects.filter(state=Delivery.State.WAITING).exists()
        behind = hook.told_seq < ledger.head() or late
        if behind or Notification.objects.filter(mailed_at=None).exists():
            if time.monotonic() - begun > 1:
                app.send_task(tasks.tell_webhooks.name)
                app.send_task(tasks.send_mail.name)
            time.sleep(1)
            return False
        return True

    with suppress(RigError):
        wait_until(quiet, STUCK, "everybody was told")
        return []
    return [f"After {STUCK:.0f} s somebody still waits to be told."]


def _told_once(hook: Webhook, told: Counter[str], before: int) -> Iterator[str]:
    """The webhook got the whole ledger since, in pieces that meet, each of them once."""
    found = list(Delivery.objects.filter(webhook=hook).order_by("after_seq"))
    if {row.message_id: 1 for row in found} != dict(told):
        yield f"{len(found)} messages were made out, and the webhook got {json.dumps(told)}."
    ends = [before, *(row.head_seq for row in found)]
    if ends[:-1] != [row.after_seq for row in found] or ends[-1] != ledger.head():
        pieces = [(row.after_seq, row.head_seq) for row in found]
        yield f"The webhook was told {pieces} of a ledger from {before} to {ledger.head()}."


def _written_once(person: User, mailbox: Path, brought: Brought) -> Iterator[str]:
    said = _mails(mailbox)
    # A mail names the first things only; then it says how many more there are.
    least = 0 if " more\n" in said else 1
    for run_id, made in brought:
        link = f"/imports/{run_id}/"
        notes = Notification.objects.filter(user=person, link__endswith=link).count()
        mails = said.count(f"{link}\n")
        if notes != 1 or not least <= mails <= 1:
            yield f"Of import {run_id} of {made.name} there are {notes} notices, {mails} mails."


def _mails(mailbox: Path) -> str:
    texts = (path.read_text() for path in sorted(mailbox.glob("*")))
    return "\n" + "\n".join(texts)
