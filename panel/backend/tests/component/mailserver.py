"""A MariaDB (or MySQL) with the mail database's schema, TLS required, on a loopback port of its own."""
import os
import secrets
import signal
import socket
import subprocess
from pathlib import Path

from conftest import REPOSITORY, Server, answers, free_port, run, unprivileged

SCHEMA = REPOSITORY / "k8s/mail/mysql-schema.sql"
# Another server than Debian's MariaDB: the words of its command, with --no-defaults and the user that it runs as (tests/mysql.sh).
MYSQLD = os.environ.get("BERTH_TEST_MYSQLD", "").split()


def authority(folder, name):
    """A CA of its own, (certificate, key)."""
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
        f"/CN={name}", "-keyout", key, "-out", cert)
    return cert, key


def certificate(folder, name, issuer):
    """A certificate for this host name, by that CA."""
    cert, key, request = (folder / f"server-{name}.{what}" for what in ("crt", "key", "csr"))
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}", "-addext",
        f"subjectAltName=DNS:{name}", "-keyout", key, "-out", request)
    run("openssl", "x509", "-req", "-in", request, "-CA", issuer[0], "-CAkey", issuer[1], "-days", "2", "-copy_extensions", "copy",
        "-out", cert)
    key.chmod(0o644)  # of a test: the server runs as another user
    return cert, key


class MailServer:
    """`tls`: (certificate, key), or None for a server that speaks no TLS."""

    def __init__(self, folder, tls, mysqld=()):
        self.folder, self.tls, self.words, self.port = folder, tls, list(mysqld), free_port()
        self.password = secrets.token_hex(8)
        folder.mkdir()
        for path in (folder, *Path(folder).glob("*")):
            os.chmod(path, 0o777)
        data = f"--datadir={folder}/data"
        if mysqld:
            run(*mysqld, "--initialize-insecure", data, cwd="/")
        else:
            run("mariadb-install-db", "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db", cwd="/",
                **unprivileged())
        self.start()
        self.sql("CREATE DATABASE mail")
        for _ in range(2):  # again changes nothing
            self.sql(SCHEMA.read_text(), "mail")
        require = " REQUIRE SSL" if tls else ""
        self.sql(f"CREATE USER berthd@'%' IDENTIFIED BY '{self.password}'{require}; GRANT ALL ON mail.* TO berthd@'%';"
                 f"CREATE USER hand@'%' IDENTIFIED BY '{self.password}'; GRANT ALL ON *.* TO hand@'%'")
        self.password_file = folder / "password"
        self.password_file.write_text(self.password + "\n")

    def start(self):
        tls = [f"--ssl-cert={self.tls[0]}", f"--ssl-key={self.tls[1]}"] if self.tls else []
        if not self.tls and self.words:
            tls = ["--tls-version="]
        more = ["--mysqlx=OFF", "--secure-file-priv=NULL", "--skip-log-bin"] if self.words else ["--skip-ssl"] if not self.tls else []
        self.server = Server([*(self.words or ["mariadbd", "--no-defaults"]), f"--datadir={self.folder}/data",
                              f"--socket={self.folder}/socket", f"--port={self.port}", "--bind-address=127.0.0.1",
                              f"--pid-file={self.folder}/pid", "--innodb-flush-log-at-trx-commit=1", *tls, *more],
                             f"{self.folder}.log", self.ready, cwd="/", **({} if self.words else unprivileged()))

    def ready(self):
        with socket.socket(socket.AF_UNIX) as s:
            return s.connect_ex(f"{self.folder}/socket") == 0 and answers(self.port)

    def kill(self):
        self.server.stop(signal.SIGKILL)

    def stop(self):
        self.server.stop()

    def sql(self, statement, database="mysql"):
        """As root, by the socket."""
        return run("mariadb", "--no-defaults", "-u", "root", "-S", self.folder / "socket", "-N", "-B", "--default-character-set=utf8mb4",
                   database, input=statement)

    def rows(self):
        """All that berthd writes, but the moments."""
        tables = {"mail_customers": "id, sending, hourly_limit, spam_header, spam_reject", "virtual_domains": "*", "virtual_users": "*",
                  "virtual_aliases": "*", "dkim_selectors": "*", "mail_removed": "domain, local", "mail_changes": "*"}
        return {t: sorted(self.sql(f"SELECT {columns} FROM {t}", "mail").splitlines()) for t, columns in tables.items()}

    @property
    def url(self):
        return f"mysql://berthd@localhost:{self.port}/mail"

    def environment(self, ca):
        return {"BERTH_TEST_MAILDB_URL": self.url, "BERTH_TEST_MAILDB_PASSWORD": str(self.password_file), "BERTH_TEST_MAILDB_CA": str(ca),
                "BERTH_TEST_MAILDB_PORT": str(self.port)}


def program(path, environment, *words, **more):
    """Runs the C program; (exit status, what it printed)."""
    done = subprocess.run([str(path), *words], env=os.environ | environment | more, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)
    return done.returncode, done.stdout
