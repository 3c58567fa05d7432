"""How mail lies on the volume: compressed, and nobody who reads it notices."""

from clients import mail

VHOSTS = "/var/mail/vhosts"
LINES = 40_000
ZSTD = "28 b5 2f fd"  # how each of its frames begins (RFC 8878, section 3.1.1)
TIMES_SMALLER = 5


def test_a_large_message_lies_small_and_is_read_whole(kube, mailboxes, people):
    box = mailboxes.create(people.ours.domain, "archive")
    body = "".join(f"{i:06}: what is written in this line is much like the line before it\n" for i in range(LINES))
    made = mail.message(people.carl.address, box.address, body=body)
    with mail.submission(people.carl.address, people.carl.password) as smtp:
        assert smtp.send_message(made) == {}
    raw = mail.received(box.address, box.password, made["Message-ID"])
    whole = raw.partition(b"\r\n\r\n")[2] == body.replace("\n", "\r\n").encode()
    assert whole, f"{len(raw)} bytes were read, and they are others"
    script = f"cd {VHOSTS}/{box.domain}/{box.local}/Maildir && find new cur -type f -printf '%s ' -exec od -An -tx1 -N4 {{}} ';'"
    size, begins = kube.shell("mail-system", "dovecot-0", script).strip().split(maxsplit=1)
    assert begins == ZSTD
    assert int(size) < len(raw) / TIMES_SMALLER, f"{size} bytes of {len(raw)}"
    with mail.Imap(box.address, box.password) as imap:
        used, _ = imap.quota()
    assert used >= len(raw) // 1024, "the owner's quota counts what was written, not how it lies"
    mailboxes.delete(box)
