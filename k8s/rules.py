#!/usr/bin/env python3
"""The platform's own rules for its manifests: what no general checker knows. Prints a line a gate; exit 1 on any finding.

    rules.py DIR    DIR holds what check.sh rendered: local.yaml, local-several.yaml, production.yaml, tenant.yaml (filled in by hand).
                    Writes there scan.yaml (every object once, for the scanners) and volume.yaml (a Longhorn volume of our class).
"""
import re
import sys
from pathlib import Path

import yaml

K8S = Path(__file__).resolve().parent
TEMPLATES = K8S / "tenants/templates"
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "Pod")
OVERLAYS = ("local", "local-several", "production")
SYSTEMS = {"ingress-system", "dns-system", "mail-system", "backup-system", "storage-system", "monitoring-system", "panel-system"}
PLACEHOLDER = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b")
# Capitals in the templates that are no placeholders: protocols, and capabilities (ALL).
WORDS = {"TCP", "UDP", "HTTP", "ALL", "API", "DNS"}


class Objects(list):
    """Objects of one rendered file."""

    @classmethod
    def load(cls, path):
        return cls(o for o in yaml.safe_load_all(path.read_text(encoding="utf-8")) if o)

    def get(self, kind, name, namespace=None):
        for o in self:
            if o["kind"] == kind and o["metadata"]["name"] == name and namespace in (None, o["metadata"].get("namespace")):
                return o
        raise KeyError(f"there is no {kind} {name}")

    def kind(self, *kinds):
        return [o for o in self if o["kind"] in kinds]


def title(o):
    return f"{o['metadata'].get('namespace', '-')}/{o['kind']}/{o['metadata']['name']}"


def pod_spec(o):
    return o["spec"] if o["kind"] == "Pod" else o["spec"]["template"]["spec"]


def differ(what, have, want):
    return [] if have == want else [f"{what} is {have!r}, wanted {want!r}"]


# --- gates: each gets the rendered files and returns its findings ---

def images_are_pinned(r):
    """every image is one of images/, with a tag that is not latest"""
    known = {p.parent.name for p in (K8S.parent / "images").glob("*/Containerfile")}
    for name, objects in r.items():
        found = []
        for o in objects.kind(*WORKLOADS):
            spec = pod_spec(o)
            found += [(title(o), c["image"]) for c in spec.get("initContainers", []) + spec["containers"]]
        for o in objects.kind("ConfigMap"):
            found += [(title(o), v) for k, v in o.get("data", {}).items() if k.startswith("BERTH_IMAGE_")]
        for where, image in found:
            match = re.fullmatch(r"(?:.*/)?berth/([a-z0-9-]+):([A-Za-z0-9._-]+)", image)
            if not match or match[1] not in known or match[2] == "latest":
                yield f"{name}: {where}: image {image}: wanted REGISTRY/berth/NAME:TAG, NAME a folder of images/"


def systems_are_whole(r):
    """the seven system namespaces have their labels, and deny by default where pods run"""
    for name in OVERLAYS:
        objects = r[name]
        namespaces = {o["metadata"]["name"]: o["metadata"]["labels"] for o in objects.kind("Namespace")}
        yield from differ(f"{name}: the set of namespaces", set(namespaces), SYSTEMS)
        for ns, labels in namespaces.items():
            for key, value in {"app.kubernetes.io/name": ns, "system": "true", "tier": "core"}.items():
                yield from differ(f"{name}: label {key} of {ns}", labels.get(key), value)
            if "pod-security.kubernetes.io/enforce" not in labels:
                yield f"{name}: {ns} has no Pod Security level"
        for ns in {o["metadata"]["namespace"] for o in objects.kind(*WORKLOADS)}:
            try:
                spec = objects.get("NetworkPolicy", "default-deny", ns)["spec"]
                yield from differ(f"{name}: default-deny of {ns}", spec, {"podSelector": {}, "policyTypes": ["Ingress"]})
            except KeyError as e:
                yield f"{name}: {ns}: {e.args[0]}"


def rights_are_least(r):
    """no role has a wildcard, escalate, impersonate or exec; berthd reads no Secret and binds berth-tenant alone"""
    for name in OVERLAYS:
        for role in r[name].kind("Role", "ClusterRole"):
            for rule in role["rules"]:
                words = set(rule.get("apiGroups", []) + rule.get("resources", []) + rule["verbs"])
                bad = words & {"*", "escalate", "impersonate", "pods/exec", "pods/attach", "nodes/proxy", "serviceaccounts/token"}
                if role["metadata"]["name"] != "berth-traefik":
                    bad |= words & {"secrets"}
                if "bind" in words and rule.get("resourceNames") != ["berth-tenant"]:
                    bad.add("bind")
                if bad:
                    yield f"{name}: {title(role)}: {', '.join(sorted(bad))}"
        fence = r[name].get("ValidatingAdmissionPolicy", "berthd-fence")["spec"]
        yield from differ(f"{name}: failurePolicy of the fence", fence["failurePolicy"], "Fail")
        want = [{"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"],
                 "operations": ["CREATE", "UPDATE", "DELETE", "CONNECT"]}]
        yield from differ(f"{name}: rules of the fence", fence["matchConstraints"]["resourceRules"], want)
        yield from differ(f"{name}: actions of the fence", r[name].get("ValidatingAdmissionPolicyBinding", "berthd-fence")["spec"],
                          {"policyName": "berthd-fence", "validationActions": ["Deny", "Audit"]})


def mail_is_one(r):
    """what berthd writes into domains' records is what the mail servers do"""
    for name in ("local", "production"):
        berthd = r[name].get("ConfigMap", "berthd", "panel-system")["data"]
        mail = r[name].get("ConfigMap", "mail", "mail-system")["data"]
        yield from differ(f"{name}: BERTH_MAIL_HOST", berthd["BERTH_MAIL_HOST"], mail["MAIL_HOST"])
        yield from differ(f"{name}: BERTH_MAIL_POP3", berthd["BERTH_MAIL_POP3"], mail["MAIL_POP3"])
        yield from differ(f"{name}: BERTH_POSTMASTER", berthd["BERTH_POSTMASTER"], mail["MAIL_POSTMASTER"])
        if mail["MAIL_RELAYHOST"] and not berthd["BERTH_MAIL_SPF"]:
            yield f"{name}: there is a smarthost (MAIL_RELAYHOST), and SPF records do not name it: BERTH_MAIL_SPF"


def tenants_are_held(r):
    """the admission policies for customers refuse, in every customer's namespace, and take the platform's own images"""
    for name in OVERLAYS:
        objects = r[name]
        held = {p.stem for p in (K8S / "tenants/policies").glob("*.yaml")} - {"kustomization", "images"}
        policies = [o for o in objects.kind("ValidatingAdmissionPolicy") if o["metadata"]["name"].startswith("tenant-")]
        yield from differ(f"{name}: the number of policies", len(policies), len(held))
        for policy in policies:
            title_of = policy["metadata"]["name"]
            yield from differ(f"{name}: failurePolicy of {title_of}", policy["spec"]["failurePolicy"], "Fail")
            binding = objects.get("ValidatingAdmissionPolicyBinding", title_of)["spec"]
            yield from differ(f"{name}: actions of {title_of}", binding["validationActions"], ["Deny", "Audit"])
            # A namespace's own labels are what tenant-namespaces keeps, so it is not bound by one of them.
            where = {} if title_of == "tenant-namespaces" else {"namespaceSelector": {"matchLabels": {"tenant": "true"}}}
            yield from differ(f"{name}: where {title_of} holds", binding.get("matchResources", {}), where)
            missing = binding.get("paramRef", {}).get("parameterNotFoundAction")
            yield from differ(f"{name}: {title_of} without its parameter", missing, "Deny" if "paramKind" in policy["spec"] else None)
            for rule in policy["spec"]["validations"]:
                if rule.get("reason") != "Forbidden" or not rule.get("message", rule.get("messageExpression")):
                    yield f"{name}: {title_of}: a rule without a message, or whose reason is not Forbidden: {rule['expression'][:60]}"
        registries = objects.get("ConfigMap", "tenant-images", "panel-system")["data"]["registries"].split(" ")
        settings = objects.get("ConfigMap", "berthd", "panel-system")["data"]
        for key in ("BERTH_IMAGE_STATIC", "BERTH_IMAGE_HELPER"):
            if not any(settings[key].startswith(registry) for registry in registries):
                yield f"{name}: {key} {settings[key]} is from none of tenant-images' registries: {' '.join(registries)}"
        yield from (f"{name}: tenant-images: {x} has no slash at its end" for x in registries if not x.endswith("/"))


def production_settings(r):
    """each setting of production/settings.yaml is where it belongs"""
    want = yaml.safe_load((K8S / "overlays/production/settings.yaml").read_text(encoding="utf-8"))["data"]
    objects, domain = r["production"], want["platform-domain"]
    text = objects.get("ConfigMap", "traefik", "ingress-system")["data"]["traefik.yaml"]
    traefik, berthd = yaml.safe_load(text), objects.get("ConfigMap", "berthd", "panel-system")["data"]
    acme = traefik["certificatesResolvers"]["berth"]["acme"]
    ports = {n: e["address"] for n, e in traefik["entryPoints"].items()}
    yield from differ("ports", ports, {"web": ":8000", "websecure": ":8443", "metrics": ":9100"})
    yield from differ("caServer", acme["caServer"], want["acme-server"])
    yield from differ("email", acme["email"], want["acme-email"])
    yield from differ("redirect", traefik["entryPoints"]["web"]["http"]["redirections"]["entryPoint"]["to"], ":443")
    yield from differ("ingressEndpoint", traefik["providers"]["kubernetesIngress"]["ingressEndpoint"]["ip"], want["ingress-address"])
    yield from differ("BERTH_INGRESS_ADDRESS", berthd["BERTH_INGRESS_ADDRESS"], want["ingress-address"])
    yield from differ("BERTH_NAMESERVERS", berthd["BERTH_NAMESERVERS"], want["nameservers"])
    yield from differ("BERTH_SPOOL", (berthd["BERTH_SPOOL"], berthd["BERTH_SPOOL_REGION"]), (want["spool"], want["spool-region"]))
    yield from differ("BERTH_PLATFORM_DOMAIN", berthd["BERTH_PLATFORM_DOMAIN"], domain)
    yield from differ("BERTH_MAIL_HOST", berthd["BERTH_MAIL_HOST"], f"mail.{domain}")
    yield from differ("MAIL_HOST", objects.get("ConfigMap", "mail", "mail-system")["data"]["MAIL_HOST"], f"mail.{domain}")
    beside = objects.get("Deployment", "traefik")["spec"]["template"]["spec"]["containers"][1]
    yield from differ("MAIL_HOST beside Traefik", {e["name"]: e["value"] for e in beside["env"]}["MAIL_HOST"], f"mail.{domain}")
    yield from differ("host of the mail servers", objects.get("Ingress", "mail")["spec"]["rules"][0]["host"], f"mail.{domain}")
    yield from differ("BERTH_PUBLIC_URL", berthd["BERTH_PUBLIC_URL"], f"https://panel.{domain}")
    yield from differ("BERTH_STORAGE_CLASS", berthd["BERTH_STORAGE_CLASS"], "longhorn")
    yield from differ("BERTH_ACME_CA", berthd["BERTH_ACME_CA"], "")
    hosts = [rule["host"] for rule in objects.get("Ingress", "panel")["spec"]["rules"]]
    yield from differ("host of the panel", hosts, [f"panel.{domain}"])
    if any("pebble" in o["metadata"]["name"] or o["metadata"]["name"] == "installation" for o in objects):
        yield "production holds what is not for it: pebble, or its own list of settings"


def production_survives_nodes(r):
    """PowerDNS, the panel and berthd have two replicas on two nodes and a budget; what has one writer has one replica"""
    objects = r["production"]
    budgets = {yaml.safe_dump(o["spec"]["selector"]) for o in objects.kind("PodDisruptionBudget")}
    for name in ("pdns", "panel", "berthd-api", "berthd-reconcile"):
        spec = objects.get("Deployment", name)["spec"]
        if spec["replicas"] < 2 or "podAntiAffinity" not in spec["template"]["spec"].get("affinity", {}):
            yield f"{name} has fewer than two replicas, or they may share a node"
        if yaml.safe_dump(spec["selector"]) not in budgets:
            yield f"{name} has no PodDisruptionBudget"
    for at, name in ((objects, "traefik"), (r["local"], "berthd")):
        spec = at.get("Deployment", name)["spec"]
        yield from differ(f"replicas and strategy of {name}", (spec["replicas"], spec["strategy"]["type"]), (1, "Recreate"))
    for name in ("local-several", "production"):
        yield from (f"{name}: {finding}" for finding in several_berthd(r[name]))
    config = next(o for o in objects.kind("ConfigMap") if "pdns.conf" in o["data"])["data"]["pdns.conf"]
    if "zone-cache-refresh-interval=0" not in config.splitlines():
        yield "pdns.conf: without zone-cache-refresh-interval=0 a replica does not know another one's new zones"
    claims = {title(o): o["spec"] for o in objects.kind("PersistentVolumeClaim")}
    for o in objects.kind("StatefulSet"):
        claims.update({title(o): c["spec"] for c in o["spec"]["volumeClaimTemplates"]})
    for name, spec in claims.items():
        yield from differ(f"storageClassName of {name}", spec.get("storageClassName"), "longhorn")
    numbers = objects.get("StorageClass", "longhorn")
    want = {"provisioner": "driver.longhorn.io", "allowVolumeExpansion": True, "reclaimPolicy": "Delete"}
    yield from differ("the StorageClass", {k: numbers.get(k) for k in want}, want)


def several_berthd(objects):
    """Pods of berthd share no volume; the planes' credentials are the reconciler's alone; each Service leads to its own pods."""
    for name in ("api", "reconcile"):
        pod = objects.get("Deployment", f"berthd-{name}")["spec"]["template"]
        volumes = {v["name"]: v for v in pod["spec"]["volumes"]}
        if any("persistentVolumeClaim" in v for v in volumes.values()):
            yield f"berthd-{name} has a volume that its replicas cannot share"
        yield from differ(f"the planes' credentials of berthd-{name}", {"planes", "account"} & set(volumes),
                          {"planes", "account"} if name == "reconcile" else set())
        service = objects.get("Service", {"api": "berthd-api", "reconcile": "berthd-internal"}[name])
        yield from differ(f"pods of the Service of berthd-{name}", service["spec"]["selector"], pod["metadata"]["labels"])
        yield from differ(f"pods of the policy berthd-{name}",
                          objects.get("NetworkPolicy", f"berthd-{name}")["spec"]["podSelector"]["matchLabels"], pod["metadata"]["labels"])
    if any(o["metadata"]["name"] in ("berthd", "berthd-data") for o in objects.kind("Deployment", "PersistentVolumeClaim")):
        yield "the one pod of berthd, or its volume, is there beside the several"


def templates_are_labelled(r):
    """every object and pod of a customer carries customer-id and backup=true"""
    for o in r["tenant"]:
        labels = [(title(o), o["metadata"].get("labels", {}))]
        if o["kind"] == "Deployment":
            labels.append((title(o) + "'s pods", o["spec"]["template"]["metadata"]["labels"]))
        for where, have in labels:
            yield from differ(f"labels of {where}", (have.get("customer-id"), have.get("backup")), ("acme", "true"))
        yield from differ(f"namespace of {title(o)}", o["metadata"].get("namespace", "cust-acme"), "cust-acme")


def templates_hold_the_numbers(r):
    """names and numbers of the plan medium are those that installers expect"""
    t = r["tenant"]
    quota = {"requests.cpu": "2", "requests.memory": "4Gi", "limits.cpu": "4", "limits.memory": "8Gi", "requests.storage": "50Gi",
             "persistentvolumeclaims": "5", "count/deployments.apps": "5", "services": "5", "count/ingresses.networking.k8s.io": "5",
             "services.nodeports": "0", "services.loadbalancers": "0"}
    yield from differ("tenant-quota", t.get("ResourceQuota", "tenant-quota")["spec"]["hard"], quota)
    limits = [{"type": "Container", "default": {"cpu": "500m", "memory": "512Mi"}, "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
               "max": {"cpu": "2", "memory": "2Gi"}, "min": {"cpu": "10m", "memory": "32Mi"}},
              {"type": "PersistentVolumeClaim", "min": {"storage": "1Gi"}, "max": {"storage": "20Gi"}}]
    yield from differ("tenant-limits", t.get("LimitRange", "tenant-limits")["spec"]["limits"], limits)
    claim = t.get("PersistentVolumeClaim", "web-data")["spec"]
    yield from differ("web-data", claim, {"accessModes": ["ReadWriteOnce"], "storageClassName": "longhorn",
                                          "resources": {"requests": {"storage": "5Gi"}}})
    yield from differ("ingressClassName", t.get("Ingress", "site-web1")["spec"]["ingressClassName"], "traefik")
    labels = t.get("Namespace", "cust-acme")["metadata"]["labels"]
    have = {k: labels.get(k) for k in ("tenant", "customer-id", "backup", "pod-security.kubernetes.io/enforce")}
    yield from differ("labels of the namespace", have, {"tenant": "true", "customer-id": "acme", "backup": "true",
                                                        "pod-security.kubernetes.io/enforce": "restricted"})
    t.get("NetworkPolicy", "tenant-isolation")
    for o in t.kind("Deployment", "Pod"):
        yield from differ(f"user namespaces of {title(o)}", pod_spec(o)["hostUsers"], False)


def strings(tree):
    if isinstance(tree, dict):
        for value in tree.values():
            yield from strings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from strings(value)
    elif isinstance(tree, str):
        yield tree


def placeholders_are_known(r):
    """each placeholder is in templates/README.md and filled in by example.sed"""
    told = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (TEMPLATES / "README.md").read_text(encoding="utf-8")))
    used = set()
    for path in sorted(TEMPLATES.glob("*.yaml")):
        for text in strings(yaml.safe_load(path.read_text(encoding="utf-8"))):
            for word in PLACEHOLDER.findall(text):
                if word in told:
                    used.add(word)
                elif word not in WORDS and not word.startswith("BERTH_"):
                    yield f"{path.name}: {word} is not in the README's table of placeholders"
    yield from (f"README.md: no template has {word}" for word in sorted(told - used))
    for o in r["tenant"]:
        for text in strings(o):
            yield from (f"{title(o)}: example.sed leaves {word}" for word in PLACEHOLDER.findall(text) if word in told)


GATES = [images_are_pinned, systems_are_whole, rights_are_least, mail_is_one, tenants_are_held, production_settings, production_survives_nodes,
         templates_are_labelled, templates_hold_the_numbers, placeholders_are_known]


# --- what the other checkers read ---

def write_for_others(r, folder):
    """Each object once for the scanners: production's, and of the local overlays what production does not have."""
    names = {title(o) for o in r["production"]}
    local = {title(o): o for name in ("local", "local-several") for o in r[name] if o["kind"] != "ConfigMap"}
    local = [o for name, o in local.items() if name not in names]
    (folder / "scan.yaml").write_text(yaml.safe_dump_all([*r["production"], *local, *r["tenant"]]), encoding="utf-8")
    # Longhorn makes its Volume of the class's parameters: as such its own CRD can judge them.
    numbers = {"numberOfReplicas", "staleReplicaTimeout"}
    volumes = []
    for name in ("production", "base"):
        parameters = r[name].get("StorageClass", "longhorn")["parameters"]
        spec = {k: int(v) if k in numbers else v for k, v in parameters.items() if k != "fsType"}
        spec |= {"size": str(5 << 30), "accessMode": "rwo", "frontend": "blockdev"}
        volumes.append({"apiVersion": "longhorn.io/v1beta2", "kind": "Volume", "metadata": {"name": f"of-{name}"}, "spec": spec})
    (folder / "volume.yaml").write_text(yaml.safe_dump_all(volumes), encoding="utf-8")


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    rendered, fine = {}, True
    for name in (*OVERLAYS, "tenant"):
        try:
            rendered[name] = Objects.load(folder / f"{name}.yaml")
        except yaml.YAMLError as e:
            print(f"FAIL {name}.yaml is YAML: {e}")
            return 1
    for gate in GATES:
        try:
            findings = list(gate(rendered))
        except KeyError as e:
            findings = [f"missing: {e.args[0]}"]
        print(f"FAIL {gate.__doc__}: {len(findings)} findings" if findings else f"ok {gate.__doc__}")
        for finding in findings:
            print(f"  {finding}")
        fine &= not findings
    write_for_others(rendered | {"base": Objects.load(K8S / "storage/storageclass-longhorn.yaml")}, folder)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
