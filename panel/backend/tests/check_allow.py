"""The list of exceptions that check_sources.py and check_symbols.py share: a line is `RULE SUBJECT  # REASON`.

An exception that is no longer needed is a finding too, so the list can only shrink by itself.
"""
from pathlib import Path


class Findings:
    def __init__(self, allow_file, rules):
        self.file, self.allowed, self.used, self.count = allow_file, {}, set(), 0
        for number, line in enumerate(Path(allow_file).read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            entry, _, reason = line.partition("  # ")
            rule, _, subject = entry.strip().partition(" ")
            if not subject or not reason.strip():
                raise SystemExit(f"{allow_file}:{number}: a line is `RULE SUBJECT  # REASON`")
            if rule in rules:
                self.allowed[rule, subject.strip()] = number

    def add(self, rule, subject, where, message):
        if (rule, subject) in self.allowed:
            self.used.add((rule, subject))
            return
        self.count += 1
        print(f"{where}: {message} [{rule} {subject}]")

    def end(self):
        for key in self.allowed.keys() - self.used:
            self.count += 1
            print(f"{self.file}:{self.allowed[key]}: '{' '.join(key)}' is not needed any more; remove the line")
        return self.count > 0
