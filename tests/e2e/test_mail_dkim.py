"""DKIM keys take turns while mail flows, and there is no moment in which a signature cannot be verified."""

import json
import threading
import time

import pytest

from clients import dkim, mail
from clients.mailboxes import published
from clients.wait import until

PAUSE_S = 0.3


class Flow:
    """Messages from one mailbox to another, one after the other, until it is stopped. What is asked to come again does."""

    def __init__(self, sender, recipient):
        self.sender, self.recipient = sender, recipient
        self.sent, self.delays, self.fault = [], [], None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join(mail.TIMEOUT_S)

    def _run(self):
        try:
            with mail.submission(self.sender.address, self.sender.password) as smtp:
                while not self.over.is_set():
                    made = mail.message(self.sender.address, self.recipient.address, subject=f"no {len(self.sent)}")
                    try:
                        smtp.send_message(made)
                        self.sent.append(made["Message-ID"])
                    except mail.smtplib.SMTPDataError as e:
                        assert 400 <= e.smtp_code < 500, e
                        self.delays.append(e)
                    time.sleep(PAUSE_S)
        except Exception as e:  # told by the test, whose thread this is not
            self.fault = e

    def count(self):
        assert self.fault is None, repr(self.fault)
        return len(self.sent)


@pytest.fixture(scope="module")
def reader(mailboxes, people):
    return mailboxes.create(people.theirs.domain, "reader")


def all_of(box, message_ids):
    """Message-ID to raw message, when all have come."""

    def probe():
        with mail.Imap(box.address, box.password) as imap:
            found = {mail.parsed(m)["Message-ID"]: m for m in imap.raw()}
        assert set(message_ids) <= set(found), f"{len(set(message_ids) - set(found))} of {len(message_ids)} are missing"
        return found

    return until(f"mail of {box.address}", probe, mail.DELIVERED_S, pause=1)


def test_two_rotations_with_mail_flowing(mailboxes, people, reader):
    """Every message that was taken is signed by the pair of its time, and every signature verifies at the end: those of a pair that
    signs no more too, also of the last message before a rotation."""
    domain = people.ours.domain
    pairs = [mailboxes.signing(domain)]
    with Flow(people.anna, reader) as flow:
        until("mail flows", lambda: flow.count() >= 3)
        for _ in range(2):
            pairs.append(mailboxes.rotate(domain))
            begin = flow.count()
            until("mail flows with the new pair", lambda n=begin: flow.count() >= n + 3)
    assert flow.fault is None and flow.delays == [], (flow.fault, flow.delays)
    found = all_of(reader, flow.sent)
    used = [sorted(dkim.verify(found[m], domain)) for m in flow.sent]
    assert all(pair in pairs for pair in used), used
    order = [pairs.index(pair) for pair in used]
    assert order == sorted(order) and set(order) == {0, 1, 2}, order


def test_a_pair_that_signs_no_more_stays_in_the_zone_for_what_is_on_its_way(mailboxes, people, reader):
    domain = people.ours.domain
    made = mail.message(people.anna.address, reader.address, subject="just before")
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        smtp.send_message(made)
    old, new = mailboxes.signing(domain), mailboxes.rotate(domain)
    raw = mail.received(reader.address, reader.password, made["Message-ID"])
    assert sorted(dkim.verify(raw, domain)) == old
    for selector in (*old, *new):
        assert published(domain, selector), selector
    states = {k["selector"]: k["state"] for k in mailboxes.keys(domain)}
    assert {states[s] for s in old} == {"retired"} and {states[s] for s in new} == {"signing"}


def private_keys(kube, domain):
    """What Rspamd is given when it signs, asked for as it asks: a line of a PEM, or the seed of an Ed25519 key, in base64."""
    rspamd = kube.pods("mail-system", "app.kubernetes.io/name=rspamd")[0]["metadata"]["name"]
    answer = kube.shell("mail-system", rspamd, f"""set -e
        setting() {{ sed -n "s/^$1 = \\"\\(.*\\)\\";/\\1/p" /run/rspamd/vault.inc; }}
        url=$(setting vault_url) at=${{url#http://}}
        exec 3<> "/dev/tcp/${{at%:*}}/${{at##*:}}"
        printf 'GET /v1/dkim/{domain} HTTP/1.1\r\nHost: %s\r\nX-Vault-Token: %s\r\nConnection: close\r\n\r\n' "$at" "$(setting vault_token)" >&3
        cat <&3""")
    selectors = json.loads(answer[answer.index("{"):answer.rindex("}") + 1])["data"]["selectors"]
    return [max(key["key"].splitlines(), key=len) for key in selectors]


def test_no_key_is_where_it_can_be_read(api, kube, mailboxes, people):
    """Private keys are in no ConfigMap, no log, and no answer of the API."""
    domain = people.ours.domain
    keys = private_keys(kube, domain)
    assert len(keys) == 2 and all(len(key) >= 40 for key in keys)
    places = {f"ConfigMap {c['metadata']['name']}": str(c.get("data")) for c in kube.list("ConfigMap", "mail-system") + kube.list("ConfigMap", "panel-system")}
    for namespace in ("mail-system", "panel-system"):
        for pod in kube.list("Pod", namespace):
            name = pod["metadata"]["name"]
            places[f"log of {name}"] = kube.kubectl("-n", namespace, "logs", name, "--all-containers", "--tail=-1", check=False).stdout
    places |= {f"answer of {path}": str(api.get(path)) for path in (f"/domains/{domain}", f"/domains/{domain}/dkim", f"/customers/{people.ours.id}/conditions")}
    for place, text in places.items():
        assert "PRIVATE KEY" not in text, place
        assert not [key for key in keys if key in text], place


def test_without_a_key_nothing_leaves_unsigned(kube, people):
    """berthd, which alone has the keys, is away: a submission is asked to come again, and is signed when it does."""
    made = mail.message(people.anna.address, people.carl.address)
    kube.scale("panel-system", "berthd", 0)
    try:
        until("berthd is gone", lambda: not kube.list("Pod", "panel-system", labelSelector="app.kubernetes.io/name=berthd"))
        with mail.submission(people.anna.address, people.anna.password) as smtp:
            code, text = mail.refusal(smtp, people.anna.address, people.carl.address, made)
        assert code == 451 and "signing key" in text, text
    finally:
        kube.scale("panel-system", "berthd", 1)
    until("berthd is back", lambda: kube.get("Deployment", "berthd", "panel-system")["status"].get("readyReplicas") == 1, 120)

    def taken():
        try:
            with mail.submission(people.anna.address, people.anna.password) as smtp:
                return smtp.send_message(made) == {}
        except mail.smtplib.SMTPDataError as e:
            raise AssertionError(e) from e

    until("it is taken", taken, 60, pause=1)
    dkim.verify(mail.received(people.carl.address, people.carl.password, made["Message-ID"]), people.ours.domain)
