"""Figures of the mail servers: messages a second through the platform, beside a Postfix and a Dovecot from the same images that look nothing
up and check nothing; and sign-in and delivery with many domains in the database, beside the same with few."""
import imaplib
import json
import os
import random
import shutil
import smtplib
import ssl
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

from figure import figure, p99
from local import ROOT, STATE, kubectl, platform_call

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1000"))
DOMAINS = int(os.environ.get("BENCH_DOMAINS", "10000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
FEW, MAILBOXES = 10, 5  # domains of the reference, and mailboxes of each domain
BOXES, CONNECTIONS, SIZE = 10, 20, 4000  # recipients, connections at once and bytes of a message
SAMPLES = 400
NODE, MAIL_HOST, PODS = "10.77.0.11", "mail.berth.localhost", "10.244.0.0/16"
MACHINES = "10.77.0.0/24"
HERE = Path(__file__).resolve().parent / "plain"
NAMESPACE, CUSTOMER = "mail-bench", "bmail"
ENDS_S = 300


def image_of(name):
    script = f'. "{ROOT}/cluster/lib.sh" && image_of {name}'
    return subprocess.run(["bash", "-c", script], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def volume_of(claim):
    """The folder on this machine."""
    name = kubectl("-n", "mail-system", "get", "pvc", claim, "-o", "jsonpath={.spec.volumeName}")
    spec = json.loads(kubectl("get", "pv", name, "-o", "json"))["spec"]
    return Path((spec.get("hostPath") or spec["local"])["path"])


def pod_ip(namespace, pod):
    return kubectl("-n", namespace, "get", "pod", pod, "-o", "jsonpath={.status.podIP}")


def operation_done(accepted):
    path, end = f"/operations/{json.loads(accepted)['operation']['id']}", time.monotonic() + 180
    while (state := json.loads(platform_call("GET", path))["state"]) != "done":
        if state == "failed" or time.monotonic() > end:
            raise RuntimeError(f"{path} is {state}")
        time.sleep(0.2)


def change(method, path, body):
    operation_done(platform_call(method, path, body))


@contextmanager
def customer():
    """A customer with two domains: one with BOXES mailboxes, and one whose mail comes from elsewhere, from this machine and the pods."""
    domain, outside = f"{CUSTOMER}.localhost", f"{CUSTOMER}-outside.localhost"
    try:
        change("POST", "/domains", {"customerId": CUSTOMER, "domain": domain, "plan": "medium"})
        change("PATCH", f"/domains/{domain}", {"mail": True})
        # the senders here have no names, which is 6 points, and the reference files nothing as junk
        change("PATCH", f"/customers/{CUSTOMER}", {"spam": {"junk": 12}})
        change("POST", "/domains", {"customerId": CUSTOMER, "domain": outside})
        change("PUT", f"/domains/{outside}/records/{outside}/TXT", {"values": [f"v=spf1 ip4:{PODS} ip4:{MACHINES} -all"]})
        for i in range(BOXES):
            change("POST", "/mailboxes", {"address": f"box{i}@{domain}"})
        yield domain, f"somebody@{outside}"
    finally:
        platform_call("DELETE", f"/customers/{CUSTOMER}?purge=true")
        end = time.monotonic() + 180
        while json.loads(platform_call("GET", f"/customers?q={CUSTOMER}"))["items"]:
            if time.monotonic() > end:
                raise RuntimeError(f"the customer {CUSTOMER} is not erased after 180 s")
            time.sleep(0.5)


@contextmanager
def plain():
    """The reference, and a pod that sends: Postfix takes mail for one domain and hands it to Dovecot beside it, which keeps it."""
    folder = STATE / "bench-mail"
    remove = ["delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait=true", "--timeout=120s"]
    kubectl(*remove)
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("queue", "mail"):
        (folder / part).mkdir(parents=True)
    os.chown(folder / "mail", 5000, 5000)
    try:
        kubectl("create", "namespace", NAMESPACE)
        kubectl("-n", NAMESPACE, "create", "configmap", "plain", *(f"--from-file={HERE / f}" for f in ("main.cf", "master.cf", "dovecot.conf")))
        pods = (HERE / "pods.yaml").read_text()
        for word, value in {"POSTFIX_IMAGE": image_of("postfix"), "DOVECOT_IMAGE": image_of("dovecot"), "FOLDER": str(folder)}.items():
            pods = pods.replace(word, value)
        kubectl("-n", NAMESPACE, "apply", "-f", "-", stdin=pods)
        kubectl("-n", NAMESPACE, "wait", "--for=condition=Ready", "pod/plain", "pod/load", "--timeout=120s")
        yield folder / "mail"
    finally:
        kubectl(*remove)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def unlimited():
    """What one client may do is not bounded while the block runs: all load comes from one address. In memory: a new pod has the limits."""
    postfix = ["-n", "mail-system", "exec", "postfix-0", "--"]
    setting = "smtpd_client_event_limit_exceptions"
    before = kubectl(*postfix, "postconf", setting).strip()
    try:
        kubectl(*postfix, "postconf", "-e", f"{setting} = {PODS} {MACHINES}")
        kubectl(*postfix, "postfix", "reload")
        yield
    finally:
        kubectl(*postfix, "postconf", "-e", before)
        kubectl(*postfix, "postfix", "reload")


def delivered(folder):
    """Messages that lie in the mailboxes of a domain."""
    return sum(len(os.listdir(new)) for new in folder.glob("*/Maildir/new"))


def a_second(address, folder, sender, domain):
    """Messages a second from the first connection until the last one lies in its mailbox. (One smtp-source with several sessions at times
    sends a message less than it was told, so each has one.)"""
    each = MESSAGES // CONNECTIONS
    source = f"smtp-source -m {each} -l {SIZE} -f {sender} -t box$((i % {BOXES}))@{domain} inet:{address}:25 || touch /tmp/failed"
    script = f"for i in $(seq {CONNECTIONS}); do ({source}) & done; wait; [ ! -e /tmp/failed ]"
    wanted, begin = delivered(folder) + each * CONNECTIONS, time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        sends = pool.submit(kubectl, "-n", NAMESPACE, "exec", "load", "--", "bash", "-c", script)
        while delivered(folder) < wanted:
            if time.monotonic() - begin > ENDS_S or (sends.done() and sends.exception()):
                raise RuntimeError(f"{wanted - delivered(folder)} of {MESSAGES} messages are not there; {sends.done() and sends.exception()}")
            time.sleep(0.05)
        seconds = time.monotonic() - begin
        sends.result()
    return each * CONNECTIONS / seconds


def make_known(address, sender, domain):
    """Whoever writes to a mailbox for the first time is asked to come again (greylisting)."""
    source = f"smtp-source -m 1 -l {SIZE} -f {sender} -t box$i@{domain} inet:{address}:25 2> /tmp/error"
    script = f"for i in $(seq 0 {BOXES - 1}); do (until {source}; do sleep 2; done) & done; wait"
    kubectl("-n", NAMESPACE, "exec", "load", "--", "timeout", "90", "bash", "-c", script)


def delivery(_names):
    with customer() as (domain, sender), plain() as folder, unlimited():
        ours_at, plain_at = pod_ip("mail-system", "postfix-0"), pod_ip(NAMESPACE, "plain")
        ours_in, plain_in = volume_of("mail-dovecot-0") / domain, folder / domain
        make_known(ours_at, sender, domain)
        ours, reference = [], []
        for run in range(RUNS + 1):  # the first makes the mailboxes, and is not counted
            reference.append(a_second(plain_at, plain_in, sender, domain))
            ours.append(a_second(ours_at, ours_in, sender, domain))
        figure(f"messages of {SIZE} bytes a second, taken and delivered, beside plain Postfix and Dovecot", statistics.median(ours[1:]),
               statistics.median(reference[1:]), 0.7, "higher", "1/s", RUNS)


# --- many domains ---


def sql(text):
    """As berthd writes: nobody is told of changes by somebody else."""
    return kubectl("-n", "mail-system", "exec", "-i", "mysql-0", "--", "mariadb", "--no-defaults", "--socket=/run/mysqld/mysqld.sock", "--user=mysql",
                   "--skip-ssl", "--batch", "--skip-column-names", "mail", stdin=f"SET @berth_writes = 1;\n{text}")


ROWS = f"""
DELETE FROM mail_customers WHERE id = 'bench-rows';
INSERT INTO mail_customers (id, fence, sending, hourly_limit, spam_header, spam_reject) VALUES ('bench-rows', 0, 1, 1000, 6, 15);
INSERT INTO virtual_domains (name, customer_id, active) SELECT CONCAT('d', seq, '.bench.example'), 'bench-rows', 1 FROM seq_0_to_{{last}};
INSERT INTO virtual_users (domain, local, password, quota_bytes, active, hourly_limit, sieve, created)
  SELECT CONCAT('d', d.seq, '.bench.example'), CONCAT('box', b.seq), '{{{{PLAIN}}}}{{password}}', 1073741824, 1, 200, '', 1
  FROM seq_0_to_{{last}} d, seq_0_to_{MAILBOXES - 1} b;
ANALYZE TABLE virtual_domains, virtual_users;
"""


def sign_in(tls, address, password):
    begin = time.perf_counter()
    with imaplib.IMAP4_SSL(NODE, 993, ssl_context=tls, timeout=60) as imap:
        imap.login(address, password)
        return time.perf_counter() - begin


class _Tls(ssl.SSLContext):
    """Checks the servers' name, whatever address is connected to."""

    def wrap_socket(self, sock, server_hostname=None, **more):
        return super().wrap_socket(sock, server_hostname=MAIL_HOST, **more)


def deliver(folder, sender, address):
    """Seconds from the connection until the message lies in the mailbox."""
    local, _, domain = address.partition("@")
    new = folder / domain / local / "Maildir/new"
    count = len(os.listdir(new)) if new.exists() else 0
    begin = time.perf_counter()
    with smtplib.SMTP(NODE, 25, local_hostname="client.bench.localhost", timeout=60) as smtp:
        smtp.sendmail(sender, [address], f"From: <{sender}>\r\nTo: <{address}>\r\nSubject: x\r\nDate: {formatdate()}\r\n"
                                         f"Message-ID: <{time.time_ns()}@bench.example>\r\n\r\nhello\r\n")
        while not new.exists() or len(os.listdir(new)) == count:
            if time.perf_counter() - begin > 60:
                raise RuntimeError(f"a message to {address} is not there after 60 s")
            time.sleep(0.001)
        return time.perf_counter() - begin


def make_box(folder, sender, address):
    """The first delivery makes the mailbox; before it whoever writes is asked to come again (greylisting)."""
    end = time.monotonic() + ENDS_S
    while time.monotonic() < end:
        try:
            return deliver(folder, sender, address)
        except smtplib.SMTPDataError as refused:
            if refused.smtp_code != 451:
                raise
            time.sleep(2)
    raise RuntimeError(f"mail to {address} is greylisted for {ENDS_S} s")


def measured(tls, folder, sender, domains, password):
    """(sign-ins, deliveries) with so many domains in the database, at as many mailboxes as there are with few, spread over all."""
    sql(ROWS.format(last=domains - 1, password=password))
    chosen = random.Random(1).sample(range(domains), FEW)
    boxes = [f"box{b}@d{d}.bench.example" for d in chosen for b in range(MAILBOXES)]
    with ThreadPoolExecutor(FEW) as pool:
        list(pool.map(lambda address: make_box(folder, sender, address), boxes))
    many = random.Random(2).choices(boxes, k=SAMPLES)
    return [sign_in(tls, a, password) for a in many], [deliver(folder, sender, a) for a in many]


def domains(_names):
    """With passwords in the clear: Argon2id costs so much more than the look-up that nothing else would be seen."""
    tls = _Tls(ssl.PROTOCOL_TLS_CLIENT)
    tls.load_verify_locations(STATE / "ca.crt")
    folder, password = volume_of("mail-dovecot-0"), random.Random().randbytes(12).hex()
    few, many = ([], []), ([], [])
    with customer() as (_, sender), unlimited():
        try:
            for _ in range(RUNS):
                for into, count in ((few, FEW), (many, DOMAINS)):
                    for seconds, more in zip(into, measured(tls, folder, sender, count, password)):
                        seconds += more
        finally:
            sql("DELETE FROM mail_customers WHERE id = 'bench-rows';")
            for old in folder.glob("d*.bench.example"):
                shutil.rmtree(old)
    for what, at in (("sign-in by IMAP", 0), ("delivery", 1)):
        figure(f"{what} with {DOMAINS} domains of {MAILBOXES} mailboxes, p99, beside {FEW}", p99(many[at]), p99(few[at]), 1.5, "lower", "ms",
               RUNS * SAMPLES)
