"""The templates of k8s/tenants/templates: which objects a customer has, and which of their fields Berth owns."""

from dataclasses import dataclass

import yaml

from .place import TEMPLATES

# Lives only while a release is unpacked.
NOT_KEPT = {"helper-pod"}


@dataclass(frozen=True)
class Owned:
    """One object of a customer, with its template filled in as far as names go."""

    file: str
    kind: str
    name: str
    tree: dict

    def place(self, namespace):
        """(name, namespace) as the API wants them."""
        return (self.name, None) if self.kind == "Namespace" else (self.name, namespace)

    def label(self, namespace):
        """As events and plans call it."""
        return f"Namespace/{self.name}" if self.kind == "Namespace" else f"{namespace}/{self.kind}/{self.name}"


def files():
    return sorted(f.stem for f in TEMPLATES.glob("*.yaml") if f.stem not in NOT_KEPT)


def load(file, customer, site):
    tree = yaml.safe_load((TEMPLATES / f"{file}.yaml").read_text())
    name = tree["metadata"]["name"].replace("CUSTOMER_ID", customer).replace("SITE_ID", site)
    return Owned(file, tree["kind"], name, tree)


def owned_part(template, live):
    """The fields of the live object that the template names: maps by their keys, lists whole."""
    if isinstance(template, dict):
        return {
            key: owned_part(item, live.get(key) if isinstance(live, dict) else None) for key, item in template.items()
        }
    return live


def leaves(template, pointer=()):
    """Paths to the fields that the template names: through maps, and through lists, whose entries are fields too."""
    if isinstance(template, dict):
        for key, item in template.items():
            yield from leaves(item, (*pointer, key))
        if not template:
            yield pointer
    elif isinstance(template, list) and template:
        for i, item in enumerate(template):
            yield from leaves(item, (*pointer, i))
    else:
        yield pointer


def pointer_text(path):
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in path)


def at(tree, path):
    """What lies at the path; None when nothing does."""
    for part in path:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return None
    return tree
