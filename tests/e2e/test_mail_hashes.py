"""Passwords that another hoster has hashed: who brings one along signs in by the password, which the platform never gets to know."""

import ctypes
import os
import subprocess

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from clients import mail
from clients.cli import Berth
from clients.mailboxes import Mailbox, new_password
from clients.place import CA_FILE, PANEL, TOKEN_FILE
from clients.wait import until

RECOVER_S = 60


def crypt(method, cost):
    """crypt(3) of the system's library, as PHP's password_hash() and htpasswd do it too."""
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = library.crypt_gensalt.restype = ctypes.c_char_p

    def made(password):
        return library.crypt(password.encode(), library.crypt_gensalt(method.encode(), cost, None, 0)).decode()

    return made


def openssl(password):
    done = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, text=True, check=True, stdout=subprocess.PIPE)
    return done.stdout.strip()


def argon2id(memory, passes, lanes):
    def made(password):
        return Argon2id(salt=os.urandom(16), length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive_phc_encoded(password.encode())

    return made


# What makes it, and what it begins with. Programs set the costs of Argon2id differently: these are of PHP, of OWASP, and of several lanes.
HASHES = {
    "sha512 of openssl": ("{SHA512-CRYPT}", openssl, "$6$"),
    "sha512 of crypt(3), many rounds": ("{SHA512-CRYPT}", crypt("$6$", 20_000), "$6$rounds=20000$"),
    "bcrypt of PHP": ("{BLF-CRYPT}", crypt("$2y$", 10), "$2y$10$"),
    "bcrypt of others": ("{BLF-CRYPT}", crypt("$2b$", 12), "$2b$12$"),
    "argon2id of PHP": ("{ARGON2ID}", argon2id(65536, 4, 1), "$argon2id$v=19$m=65536,t=4,p=1$"),
    "argon2id of little memory": ("{ARGON2ID}", argon2id(19456, 2, 1), "$argon2id$v=19$m=19456,t=2,p=1$"),
    "argon2id of four lanes": ("{ARGON2ID}", argon2id(65536, 3, 4), "$argon2id$v=19$m=65536,t=3,p=4$"),
}


def imported(api, domain, local, scheme, make, begins):
    box = Mailbox(f"{local}@{domain}", new_password())
    made = make(box.password)
    assert made.startswith(begins), made
    api.change("POST", "/mailboxes", json={"address": box.address, "passwordHash": scheme + made})
    return box


def refused(address, password):
    """Because of the password, and not since something is away for a moment."""
    with pytest.raises(mail.imaplib.IMAP4.error) as told:
        mail.Imap(address, password)
    return "AUTHENTICATIONFAILED" in str(told.value)


@pytest.mark.parametrize("what", HASHES)
def test_who_comes_with_a_hash_signs_in_by_the_password_and_no_other(api, people, what):
    box = imported(api, people.ours.domain, f"hash{list(HASHES).index(what)}", *HASHES[what])
    with mail.Imap(box.address, box.password) as imap:
        assert "INBOX" in imap.folders()
    with mail.submission(box.address, box.password) as smtp:
        assert smtp.noop()[0] == 250
    until("another password is refused", lambda: refused(box.address, box.password + "x"), RECOVER_S)


def test_a_password_that_was_set_takes_the_place_of_the_hash(api, mailboxes, people):
    box = imported(api, people.ours.domain, "hash-before", *HASHES["bcrypt of PHP"])
    with mail.Imap(box.address, box.password) as imap:
        assert "INBOX" in imap.folders()
    password = new_password()
    mailboxes.change(box, password=password)
    until("the old password is refused", lambda: refused(box.address, box.password), RECOVER_S)
    with mail.Imap(box.address, password) as imap:
        assert "INBOX" in imap.folders()


def test_mailboxes_of_another_hoster_are_imported_by_a_file(people, tmp_path):
    """As their owner exports them: a line each, with the hash. All of it, or nothing of it and why not."""
    berth = Berth(tmp_path)
    berth("login", PANEL, "--ca", CA_FILE, "--token-file", TOKEN_FILE)
    boxes, lines = [], ["address,passwordHash,name"]
    for i, (scheme, make, _) in enumerate(HASHES.values()):
        boxes.append(Mailbox(f"imported{i}@{people.ours.domain}", new_password()))
        lines.append(f'{boxes[-1].address},"{scheme}{make(boxes[-1].password)}","Number {i}, imported"')
    file = tmp_path / "mailboxes.csv"
    file.write_text("\n".join([*lines, f"nobody@elsewhere.{people.ours.domain},{{ARGON2ID}}$argon2id$none,"]))
    said = berth("mailbox", "import", file, code=1)
    assert f"line {len(lines) + 1}: " in said.err and "nothing was made" in said.err, said.err
    file.write_text("\r\n".join(lines))
    said = berth("mailbox", "import", file, "--wait")
    assert f"{len(boxes)} mailboxes made" in said.out + said.err
    for box in boxes:
        with mail.Imap(box.address, box.password) as imap:
            assert "INBOX" in imap.folders()
    again = berth("mailbox", "import", file, code=1)
    assert f"there is a mailbox '{boxes[0].address}' already" in again.err
