"""What the mail servers tell Prometheus: each figure moves with what it counts, and nobody but the monitoring may ask."""

import base64
import re

import pytest

from clients import mail
from clients.sink import ADDRESS, Sink
from clients.visitor import pod_target, reachable, until_denied, visitor_pod
from clients.wait import until

PORTS = {"postfix": 9154, "dovecot": 9900, "rspamd": 11334}
MOVED_S = 120


@pytest.fixture(scope="module")
def figures(kube):
    password = base64.b64decode(kube.get("Secret", "rspamd-metrics", "mail-system")["data"]["password"]).decode()

    def read(name, headers=None):
        pod = kube.pods("mail-system", f"app.kubernetes.io/name={name}")[0]["metadata"]["name"]
        path = f"/api/v1/namespaces/mail-system/pods/http:{pod}:{PORTS[name]}/proxy/metrics"
        return kube.http.get(path, headers={"Password": password} if headers is None else headers)

    def figure(name, series):
        answer = read(name)
        assert answer.status_code == 200, answer.text
        found = re.search(rf"^{re.escape(series)} ([\d.]+)", answer.text, re.M)
        assert found, f"{series} is not in\n{answer.text}"
        return float(found[1])

    figure.read = read
    return figure


def moves(figures, name, series, deed, by=1):
    before = figures(name, series)
    deed()
    until(f"{series} moves", lambda: figures(name, series) >= before + by, MOVED_S, pause=0.5)


def test_a_refused_recipient_is_counted(figures, people):
    def refused():
        with mail.Smtp(mail.SMTP) as smtp:
            nobody = f"nobody@{people.ours.domain}"
            assert mail.refusal(smtp, people.carl.address, nobody, mail.message(people.carl.address, nobody))[0] == 550

    moves(figures, "postfix", 'postfix_rejected_total{service="smtpd",class="5xx"}', refused)


def test_spam_is_counted_by_the_filter_and_by_postfix(figures, people):
    def refused():
        with mail.Smtp(mail.SMTP) as smtp:
            spam = mail.message(people.anna.address, people.carl.address, body=mail.GTUBE + "\n")
            assert mail.refusal(smtp, people.anna.address, people.carl.address, spam)[0] == 554

    moves(figures, "rspamd", 'rspamd_actions_total{type="reject"}', refused)
    moves(figures, "postfix", 'postfix_rejected_total{service="milter",class="5xx"}', refused)


def test_failed_sign_ins_are_counted(figures, people):
    def by_imap():
        with pytest.raises(mail.imaplib.IMAP4.error):
            mail.Imap(people.anna.address, "wrong")

    def by_smtp():
        with pytest.raises(mail.smtplib.SMTPAuthenticationError):
            mail.submission(people.anna.address, "wrong")

    moves(figures, "dovecot", "dovecot_auth_failure_total", by_imap)
    moves(figures, "postfix", 'postfix_sign_in_failures_total{service="submission"}', by_smtp)


def test_sign_ins_and_deliveries_are_counted(figures, people):
    def deliver():
        made = mail.message(people.anna.address, people.carl.address)
        with mail.submission(people.anna.address, people.anna.password) as smtp:
            assert smtp.send_message(made) == {}
        mail.received(people.carl.address, people.carl.password, made["Message-ID"])

    moves(figures, "dovecot", "dovecot_auth_success_total", deliver, by=2)
    moves(figures, "postfix", 'postfix_deliveries_total{transport="lmtp",status="sent"}', deliver)


def test_what_waits_is_counted(figures, api, kube, tenants, people):
    """Mail to a server that wants it later; then it takes it."""
    away = tenants.make()
    for name, kind, value in ((away.domain, "MX", f"10 mx.{away.domain}."), (f"mx.{away.domain}", "A", ADDRESS)):
        api.change("PUT", f"/domains/{away.domain}/records/{name}/{kind}", json={"values": [value]})
    later = f"later@{away.domain}"
    made = mail.message(people.anna.address, later)

    def send():
        with mail.submission(people.anna.address, people.anna.password) as smtp:
            assert smtp.send_message(made) == {}

    with Sink() as sink:
        sink.refuse[later] = "450 4.2.0 not now"
        deferred = figures("postfix", 'postfix_deliveries_total{transport="smtp",status="deferred"}')
        moves(figures, "postfix", 'postfix_queue_messages{queue="deferred"}', send)
        assert figures("postfix", 'postfix_deliveries_total{transport="smtp",status="deferred"}') > deferred
        waiting = figures("postfix", 'postfix_queue_messages{queue="deferred"}')
        sink.refuse.clear()
        kube.shell("mail-system", "postfix-0", "postqueue -f")
        sink.of(made["Message-ID"])
        until("it waits no more", lambda: figures("postfix", 'postfix_queue_messages{queue="deferred"}') < waiting, MOVED_S)
    tenants.leave(away.id)


def test_the_filter_wants_its_password(figures):
    assert figures.read("rspamd", {"Password": "wrong"}).status_code in (401, 403)


def test_the_password_of_the_figures_teaches_nothing(kube):
    password = base64.b64decode(kube.get("Secret", "rspamd-metrics", "mail-system")["data"]["password"]).decode()
    pod = kube.pods("mail-system", "app.kubernetes.io/name=rspamd")[0]["metadata"]["name"]
    path = f"/api/v1/namespaces/mail-system/pods/http:{pod}:11334/proxy/learnspam"
    answer = kube.http.post(path, headers={"Password": password}, content=b"Subject: x\r\n\r\nx\r\n")
    assert answer.status_code in (401, 403), answer.text


def test_the_monitoring_alone_may_ask(kube, people):
    inside = [pod_target(kube, "mail-system", name, port) for name, port in PORTS.items()]
    pod = visitor_pod(kube, people.theirs, "figures", {"app": "figures"})
    until_denied(kube, people.theirs.namespace, pod, inside)
    scraper = visitor_pod(kube, people.theirs, "e2e-figures", {"app": "e2e-figures"}, "monitoring-system")
    try:
        until("the monitoring reaches them", lambda: reachable(kube, "monitoring-system", scraper, inside) == set(inside))
    finally:
        kube.delete("Pod", scraper, "monitoring-system", grace=0)
