"""Where a berthd under test keeps its store, and statements on it beside berthd: an SQLite file, or a database on a real server."""
import contextlib
import secrets
import sqlite3

from conftest import psql, run


class File:
    def __init__(self, folder):
        self.path = folder / "berth.db"
        self.url = str(self.path)

    def sql(self, statement):
        """The rows, each a list of texts."""
        with contextlib.closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as db:
            return [["" if v is None else str(v) for v in row] for row in db.execute(statement).fetchall()]

    def dump(self):
        with contextlib.closing(sqlite3.connect(self.path, timeout=10)) as db:
            return "\n".join(db.iterdump())


class OnServer:
    """A database of its own on a Postgres (conftest.py)."""

    def __init__(self, server):
        self.server, self.name = server, f"berth_{secrets.token_hex(6)}"
        server.sql("postgres", f"CREATE DATABASE {self.name}")
        self.url = f"postgresql://admin@127.0.0.1:{server.port}/{self.name}"

    def sql(self, statement):
        printed = psql(f"{self.server.dsn} dbname={self.name}", "-F", "\x1f", "-c", statement)
        return [line.split("\x1f") for line in printed.splitlines()]

    def dump(self):
        return run(self.server.bin / "pg_dump", "--inserts", "-d", f"{self.server.dsn} dbname={self.name}")
