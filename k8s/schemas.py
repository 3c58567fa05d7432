#!/usr/bin/env python3
"""Turns Kubernetes' own description of its API, and CRDs, into the JSON schemas that kubeconform reads.

    schemas.py OUT kubernetes SWAGGER   from api/openapi-spec/swagger.json of the pinned Kubernetes
    schemas.py OUT crds FILE            from a file of CustomResourceDefinitions

One file a kind and version, named as kubeconform's "{{.ResourceKind}}{{.KindSuffix}}.json" asks for it. They are strict: a
field that the API does not know is an error, as are a null and a wrong apiVersion.
"""
import json
import re
import sys
from pathlib import Path

# What the description calls a string, though the API server takes a number too.
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
TEXT_OR_NUMBER = {"type": ["string", "number"]}
TEXT_OR_INTEGER = {"type": ["string", "integer"]}


def strict(schema):
    """A copy in which objects with named fields allow no others."""
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "int-or-string" or schema.get("x-kubernetes-int-or-string"):
        return dict(TEXT_OR_INTEGER)
    out = {}
    for key, value in schema.items():
        if key == "properties":
            out[key] = {name: strict(field) for name, field in value.items()}
        elif key in ("items", "additionalProperties"):
            out[key] = strict(value)
        elif key not in ("description", "format", "nullable") and not key.startswith("x-kubernetes-"):
            out[key] = value
    if "properties" in out and "additionalProperties" not in out and not schema.get("x-kubernetes-preserve-unknown-fields"):
        out["additionalProperties"] = False
    if schema.get("nullable") and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    return out


def references(schema):
    return set(re.findall(r'"#/definitions/([^"]+)"', json.dumps(schema)))


def reachable(definitions, start):
    """The definitions that `start` needs, itself among them."""
    found, todo = {}, [start]
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = definitions[name]
            todo.extend(references(definitions[name]))
    return found


def file_name(group, version, kind):
    parts = [kind, group.split(".")[0], version] if group else [kind, version]
    return "-".join(parts).lower() + ".json"


def write(out, group, version, kind, schema):
    schema["properties"]["apiVersion"] = {"const": f"{group}/{version}" if group else version}
    schema["properties"]["kind"] = {"const": kind}
    schema["required"] = sorted({*schema.get("required", []), "apiVersion", "kind", "metadata"})
    (out / file_name(group, version, kind)).write_text(json.dumps(schema), encoding="utf-8")


def from_kubernetes(out, path):
    raw = json.loads(Path(path).read_text(encoding="utf-8"))["definitions"]
    definitions = {name: strict(schema) for name, schema in raw.items()}
    definitions[QUANTITY] = dict(TEXT_OR_NUMBER)
    count = 0
    for name, schema in raw.items():
        kinds = schema.get("x-kubernetes-group-version-kind", [])
        # What belongs to several groups (DeleteOptions, WatchEvent) is no object, nor is what has no metadata.
        if len(kinds) != 1 or "metadata" not in schema.get("properties", {}) or kinds[0]["kind"].endswith("List"):
            continue
        needed = reachable(definitions, name)
        top = json.loads(json.dumps(needed.pop(name)))
        top["definitions"] = needed
        write(out, kinds[0]["group"], kinds[0]["version"], kinds[0]["kind"], top)
        count += 1
    return count


def from_crds(out, path):
    import yaml
    # Longhorn's file is half a Helm template: one line a definition, in the labels.
    text = re.sub(r"\{\{.*\}\}", "", Path(path).read_text(encoding="utf-8"))
    count = 0
    for crd in yaml.safe_load_all(text):
        if not crd or crd.get("kind") != "CustomResourceDefinition":
            continue
        for version in crd["spec"]["versions"]:
            schema = strict(version["schema"]["openAPIV3Schema"])
            schema["properties"].setdefault("metadata", {"type": "object"})
            write(out, crd["spec"]["group"], version["name"], crd["spec"]["names"]["kind"], schema)
            count += 1
    return count


def main(arguments):
    sources = {"kubernetes": from_kubernetes, "crds": from_crds}
    if len(arguments) != 3 or arguments[1] not in sources:
        print(__doc__, file=sys.stderr)
        return 2
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    count = sources[arguments[1]](out, arguments[2])
    if count == 0:
        print(f"error: {arguments[2]} describes no kind", file=sys.stderr)
        return 1
    print(f"{count} kinds from {arguments[2]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
