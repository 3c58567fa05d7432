#!/usr/bin/env python3
"""Holds the documents to the tree: one line a gate, findings below it, exit 1 when there is any.

    check.py [--cli PATH] [--berthd PATH]     PATHs are built programs; without them the gates that need one are left out

What it holds: links and anchors resolve; paths in backticks exist; targets of make exist; `berth` command lines are such
that the program takes them; transcripts are filled in; the documentation index is whole; and the figures, steps and YAML
that a document copies from the code are still what the code has. No text of openapi.yaml is cut off by YAML.
"""
import argparse
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import requests_sum
import yaml

ROOT = Path(__file__).resolve().parent.parent

# Every document and example that the documentation index names. What is not built yet is in PLANNED.
INDEX = """
README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md LICENSE
docs/README.md docs/ARCHITECTURE-DIAGRAM.md docs/PROVISIONING-FLOW.md docs/RESOURCE-MANAGEMENT.md docs/STORAGE-DESIGN.md
docs/SCALING-PLAN.md docs/RESOURCE-ESTIMATION.md docs/SECURITY-CHECKLIST.md docs/PRODUCTION-HARDENING.md docs/BACKUP-DESIGN.md
docs/API.md docs/CLI.md docs/openapi.yaml docs/operations/runbook.md docs/operations/versions.md
k8s/system/ingress-system k8s/system/dns-system k8s/system/mail-system k8s/system/backup-system/namespace.yaml
k8s/system/storage-system k8s/system/monitoring-system k8s/system/panel-system
k8s/dns/powerdns-schema.pgsql.sql k8s/dns/README.md k8s/mail/mysql-schema.sql k8s/ingress/README.md
k8s/storage/storageclass-longhorn.yaml k8s/storage/longhorn-README.md k8s/backup/velero-values-example.md
k8s/tenants/templates/namespace.yaml k8s/tenants/templates/resourcequota.yaml k8s/tenants/templates/limitrange.yaml
k8s/tenants/templates/networkpolicy.yaml k8s/tenants/templates/pvc.yaml k8s/tenants/templates/deployment.yaml
k8s/tenants/templates/service.yaml k8s/tenants/templates/ingress.yaml
panel/backend panel/frontend
""".split()
# Named by the index and not built yet. One that exists is a finding: move it to INDEX.
PLANNED = set()

# Where a path with a slash may begin, beside the document's own folder.
BASES = [ROOT, ROOT / "panel/backend/src", ROOT / "panel/backend", ROOT / "panel/frontend", ROOT / "panel/frontend/src",
         ROOT / "k8s", ROOT / "k8s/tenants"]
SOURCE = r"(?:c|h|def|md|sh|py|sql|yaml|ts|tsx|mjs|conf|build|go|mod|txt)"
FENCE = re.compile(r"^( *)(```+|~~~+)(.*)$")


# --- documents ---

@cache
def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return [path for path in out.splitlines() if (ROOT / path).exists()]


class Document:
    """A Markdown file, split into prose lines, code spans and fenced lines, each with its line number."""

    def __init__(self, path):
        self.path = path
        self.prose, self.spans, self.fenced, self.headings, self.lines = [], [], [], [], []
        fence = None
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
            self.lines.append(line)
            mark = FENCE.match(line)
            if fence:
                if mark and mark[2].startswith(fence) and not mark[3].strip():
                    fence = None
                else:
                    self.fenced.append((number, line))
            elif mark:
                fence = mark[2]
            else:
                self.spans += [(number, span) for span in re.findall(r"`([^`]+)`", line)]
                self.prose.append((number, re.sub(r"`[^`]+`", lambda m: "`" * len(m[0]), line)))
                if heading := re.match(r"#{1,6} +(.+?) *#*$", line):
                    self.headings.append(heading[1])

    def at(self, number, text):
        return f"{self.path}:{number}: {text}"

    @property
    def anchors(self):
        """GitHub's: lower case, no punctuation, dashes for blanks, a number behind what comes again."""
        found = set()
        for heading in self.headings:
            base = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
            slug, n = base, 0
            while slug in found:
                n += 1
                slug = f"{base}-{n}"
            found.add(slug)
        return found

    def block(self, marker):
        """The lines of the fenced block that follows the comment <!-- marker -->, or None."""
        for i, line in enumerate(self.lines):
            if line.strip() != f"<!-- {marker} -->":
                continue
            rest = self.lines[i + 1:]
            while rest and not rest[0].strip():
                rest = rest[1:]
            if not rest or not FENCE.match(rest[0]):
                return None
            end = next((k for k, text in enumerate(rest[1:], 1) if FENCE.match(text)), None)
            return rest[1:end]
        return None

    def commands(self, word):
        """(line number, command line) of every code span and fenced line that begins with word."""
        begin = re.compile(rf"^\s*(?:[$#] )?({word} .*?)\s*$")
        for number, text in self.spans + join_continued(self.fenced):
            if found := begin.match(text):
                yield number, found[1]


def join_continued(lines):
    joined, held = [], None
    for number, line in lines:
        number, line = (held[0], held[1] + line.strip()) if held else (number, line)
        held = (number, line[:-1]) if line.endswith("\\") else None
        if not held:
            joined.append((number, line))
    return joined


@cache
def documents():
    return {path: Document(path) for path in tracked() if path.endswith(".md")}


# --- gates: each yields its findings ---

def links():
    for document in documents().values():
        folder = (ROOT / document.path).parent
        for number, line in document.prose:
            for target in re.findall(r"\]\(<?([^)\s>]+)", line):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, anchor = target.partition("#")
                path = (folder / name).resolve() if name else ROOT / document.path
                if not path.exists():
                    yield document.at(number, f"there is no {target}")
                    continue
                other = documents().get(str(path.relative_to(ROOT)))
                if anchor and other and anchor not in other.anchors:
                    yield document.at(number, f"{other.path} has no heading for #{anchor}")


def exists(document, text):
    for base in [*BASES, (ROOT / document.path).parent]:
        if (base / text).exists() or ("*" in text and any(base.glob(text))):
            return True
    return False


def paths():
    tops = {path.split("/")[0] for path in tracked() if "/" in path}
    names = {path.rsplit("/", 1)[-1] for path in tracked()}
    for document in documents().values():
        for number, span in document.spans:
            text = span.strip().rstrip("/")
            if not re.fullmatch(r"[\w.*-]+(?:/[\w.*-]+)*", text) or text in PLANNED:
                continue
            if "/" in text:
                wanted = text.split("/")[0] in tops or re.search(rf"\.{SOURCE}$", text)
                missing = wanted and not exists(document, text)
            else:
                missing = re.fullmatch(rf"[\w-]+\.{SOURCE}", text) and text not in names
            if missing:
                yield document.at(number, f"there is no {text}")


def named_in_code():
    """Documents that comments send their reader to."""
    names = {path.rsplit("/", 1)[-1] for path in tracked()}
    for path in tracked():
        if path.endswith((".md", ".sum", "lock.json")) or path.startswith("docs/"):
            continue
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            for name in re.findall(r"(?<![\w./-])(docs/[\w/.-]+\.(?:md|yaml|py)|[A-Z][A-Z-]+\.md)\b", line):
                if name not in names and not (ROOT / name).exists():
                    yield f"{path}:{number}: there is no {name}"


def make_targets():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for document in documents().values():
        for number, command in document.commands("make"):
            first = next((word for word in command.split()[1:] if "=" not in word), "")
            if re.fullmatch(r"[a-z][a-z-]*", first) and first not in targets:
                yield document.at(number, f"the Makefile has no target {first}")


def index():
    for path in INDEX:
        if not (ROOT / path).exists():
            yield f"{path}: the documentation index names it, and it is not there"
    for path in sorted(PLANNED):
        if (ROOT / path).exists():
            yield f"{path}: is there, so it belongs into INDEX of docs/check.py"
    for path in documents():
        folder, _, name = path.rpartition("/")
        above = ["docs/README.md"] if name == "README.md" else [f"{folder}/README.md", "docs/README.md"]
        if path.startswith("docs/") and path != "docs/README.md" and not any(links_to(one, path) for one in above):
            yield f"{above[0]}: has no link to {path}"


def links_to(path, target):
    document, folder = documents().get(path), (ROOT / path).parent
    return document and any((folder / link).resolve() == ROOT / target
                            for _, line in document.prose for link in re.findall(r"\]\(([^)#]+)", line))


def transcripts():
    """A place for a transcript is followed by one: a block that begins with the command, behind "$ "."""
    for document in documents().values():
        for number, line in enumerate(document.lines, 1):
            if found := re.match(r"\s*<!-- (transcript: (.+)) -->\s*$", line):
                command = re.sub(r" \([^()]*\)$", "", found[2])
                if (document.block(found[1]) or [""])[0] != f"$ {command}":
                    yield document.at(number, f"no block that begins with '$ {command}' follows")


def copied(path, marker, want):
    have = documents()[path].block(marker) if path in documents() else None
    if have is None:
        yield f"{path}: no block follows <!-- {marker} -->"
    elif [line.rstrip() for line in have] != [line.rstrip() for line in want]:
        yield f"{path}: the block behind <!-- {marker} --> is not what it should be now:"
        yield from (f"    {line}" for line in want)


def estimation():
    yield from copied("docs/RESOURCE-ESTIMATION.md", "docs/requests_sum.py", requests_sum.table().splitlines())


# --- a plan's figures, by the rule of panel/backend/src/reconcile/objects.c ---

def constants():
    text = (ROOT / "panel/backend/src/reconcile/objects.c").read_text()
    return {name: int(value) for name, value in re.findall(r"\b([A-Z]+_[A-Z]+) = (\d+)", text)}


def bytes_text(mebibytes):
    return f"{mebibytes // 1024}Gi" if mebibytes % 1024 == 0 else f"{mebibytes}Mi"


def cpu_text(milli):
    return str(milli // 1000) if milli % 1000 == 0 else f"{milli}m"


def plans():
    """{plan: {placeholder: value}} of the plans that a new database has."""
    sql = (ROOT / "panel/backend/src/store/migrations/0001.sql").read_text()
    k, out = constants(), {}
    row = r"\('(\w+)', '(\w+)', '(\w+)', '(\w+)', (\d+), (\d+), \d+, \d+, \d+\)"
    for name, cpu, memory, storage, volumes, sites in re.findall(row, sql):
        milli, mebi, sites = requests_sum.milli(cpu), requests_sum.mebi(memory), int(sites)
        out[name] = {
            "CPU_REQUESTS": cpu_text(milli + 50), "MEMORY_REQUESTS": bytes_text(mebi + 64),
            "CPU_LIMITS": cpu_text(2 * milli + k["HELPER_MILLI"]),
            "MEMORY_LIMITS": bytes_text(2 * mebi + k["HELPER_MIB"]),
            "STORAGE_TOTAL": storage, "PVC_COUNT": volumes, "OBJECT_COUNT": str(sites + k["OBJECTS_SPARE"]),
        }
    return out


def quota():
    document = documents().get("docs/RESOURCE-MANAGEMENT.md")
    if not document:
        yield "docs/RESOURCE-MANAGEMENT.md: is missing"
        return
    for placeholder in next(iter(plans().values())):
        cells = [plan[placeholder] for plan in plans().values()]
        row = f"| `{placeholder}` | " + " | ".join(cells) + " |"
        if row not in document.lines:
            yield f"{document.path}: has no row {row}"
    filled = (ROOT / "k8s/tenants/templates/resourcequota.yaml").read_text().replace("CUSTOMER_ID", "example")
    for placeholder, value in plans()["medium"].items():
        filled = filled.replace(placeholder, f'"{value}"' if value.isdigit() else value)
    yield from copied(document.path, "the template filled for medium", filled.splitlines())


# --- the programs ---

def help_of(cli, words):
    """What `berth help WORDS` says, or None when there is no such command."""
    done = subprocess.run([cli, "help", *words], text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    return done.stdout if done.returncode == 0 else None


def berth_fault(cli, command):
    """What is wrong with a command line of berth, or None. Redirections and what follows a pipe are the shell's."""
    words = shlex.split(re.split(r" [|>;&]", command, maxsplit=1)[0], comments=True)[1:]
    words = words[1:] if words[:1] == ["plan"] and len(words) > 2 and help_of(cli, ["plan", words[1]]) is None else words
    plain = [word for word in words if not word.startswith("-")]
    text = help_of(cli, plain[:2])
    if text is None and len(plain) > 1:  # a command without a noun, and its argument; help of a noun shows VERB
        text = help_of(cli, plain[:1])
        text = None if text and " VERB " in text.splitlines()[0] else text
    if text is None:
        return f"berth has no command '{' '.join(plain[:2])}'"
    text += help_of(cli, []) or ""  # the options of every command
    for word in words:
        option = word.split("=")[0]
        if re.match(r"--?[a-z]", option) and not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text):
            return f"'berth {' '.join(plain[:2])}' has no option {option}"
    return None


def berth_commands(cli):
    for document in documents().values():
        if document.path == "docs/CLI.md":  # written by the program itself
            continue
        for number, command in document.commands("berth"):
            if fault := berth_fault(cli, command):
                yield document.at(number, fault)


def steps(berthd):
    out = subprocess.run([berthd, "steps"], check=True, text=True, stdout=subprocess.PIPE).stdout
    yield from copied("docs/PROVISIONING-FLOW.md", "berthd steps", out.splitlines())


def cut_off(node):
    """Key nodes without a value. Between { } a comma ends a text without quotation marks, and what follows is a key of its own."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if value.tag == "tag:yaml.org,2002:null":
                yield key
            yield from cut_off(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from cut_off(value)


def openapi():
    for key in cut_off(yaml.compose((ROOT / "docs/openapi.yaml").read_text())):
        yield f"docs/openapi.yaml:{key.start_mark.line + 1}: '{key.value}' has no value: a text with a comma between {{ }} needs quotation marks"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", type=Path)
    parser.add_argument("--berthd", type=Path)
    args = parser.parse_args()
    gates = [
        ("links and anchors", links, ()), ("paths in backticks", paths, ()), ("documents named in code", named_in_code, ()),
        ("make targets", make_targets, ()), ("documentation index", index, ()), ("transcripts", transcripts, ()),
        ("resource estimation", estimation, ()), ("plans and quota", quota, ()), ("texts of openapi.yaml are whole", openapi, ()),
    ]
    if args.cli:
        gates.append(("berth commands", berth_commands, (args.cli,)))
    if args.berthd:
        gates.append(("table of steps", steps, (args.berthd,)))
    failed = False
    for name, gate, arguments in gates:
        findings = list(gate(*arguments))
        print(f"{'not ok' if findings else 'ok'} docs: {name}")
        for finding in findings:
            print(f"  {finding}")
        failed = failed or bool(findings)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
