"""Records that a customer writes into his zone: served by the name server, kept as they should be, and taken away again."""

import dns.rdatatype
import dns.zone
import pytest

from clients import dns as nameserver
from clients.wait import until

REPAIR_S = 180
HASH = "ab" * 32

# Type, label in the zone, what is written, and what the name server answers.
WRITTEN = [
    ("A", "host", ["192.0.2.2", "192.0.2.1"], ["192.0.2.1", "192.0.2.2"]),
    ("AAAA", "host", ["2001:DB8:0::1"], ["2001:db8::1"]),
    ("CAA", "@", ["0 issue letsencrypt.org"], ['0 issue "letsencrypt.org"']),
    ("CNAME", "alias", ["target.example."], ["target.example."]),
    ("HTTPS", "host", ["1 . alpn=h2,h3"], ['1 . alpn="h2,h3"']),
    ("MX", "@", ["10 mail.example"], ["10 mail.example."]),
    ("NAPTR", "naptr", ['100 10 "u" "E2U+sip" "" sip.example.'], ['100 10 "u" "E2U+sip" "" sip.example.']),
    ("PTR", "ptr", ["host.example."], ["host.example."]),
    ("SRV", "_sip._tcp", ["10 5 5060 sip.example."], ["10 5 5060 sip.example."]),
    ("SSHFP", "host", [f"4 2 {HASH.upper()}"], [f"4 2 {HASH}"]),
    ("TLSA", "_443._tcp", [f"3 1 1 {HASH}"], [f"3 1 1 {HASH}"]),
    ("TXT", "@", ["v=spf1 -all"], ['"v=spf1 -all"']),
    ("TXT", "long", ["x" * 300], ['"' + "x" * 255 + '" "' + "x" * 45 + '"']),
    ("A", "*.wild", ["192.0.2.9"], ["192.0.2.9"]),
]


def name_of(tenant, label):
    return tenant.domain if label == "@" else f"{label}.{tenant.domain}"


def path(tenant, label, rdtype):
    return f"/domains/{tenant.domain}/records/{name_of(tenant, label)}/{rdtype}"


def write(api, tenant, label, rdtype, values, **more):
    return api.change("PUT", path(tenant, label, rdtype), json={"values": values, **more})


def refused(api, method, where, status, pointer, **kwargs):
    problem = api.call(method, where, status, **kwargs).json()
    assert pointer in [e["pointer"] for e in problem["errors"]], problem
    return problem


@pytest.fixture(scope="module", autouse=True)
def settled(api, tenant):
    api.ready(tenant.id)


@pytest.mark.parametrize("rdtype, label, values, served", WRITTEN, ids=[f"{w[0]}-{w[1]}" for w in WRITTEN])
def test_a_written_record_is_served_and_a_deleted_one_is_not(api, tenant, rdtype, label, values, served):
    accepted = write(api, tenant, label, rdtype, values)
    asked = name_of(tenant, label).replace("*", "anything")
    assert nameserver.values(asked, rdtype) == sorted(served)
    kept = {(r["name"], r["type"]): r["keptBy"] for r in api.all(f"/domains/{tenant.domain}/records")}
    assert kept[(name_of(tenant, label), rdtype)] == "customer"
    assert kept[(tenant.domain, "NS")] == "berth"
    assert api.get(path(tenant, label, rdtype)) == accepted["record"]
    api.change("DELETE", path(tenant, label, rdtype))
    assert nameserver.values(asked, rdtype) == []
    api.call("GET", path(tenant, label, rdtype), 404)


def test_what_berth_keeps_is_refused(api, tenant):
    body = {"json": {"values": ["192.0.2.1"]}}
    for label in ("@", "www"):
        problem = refused(api, "PUT", path(tenant, label, "A"), 409, "/name", **body)
        assert tenant.site in problem["detail"]  # whose it is
    refused(api, "PUT", path(tenant, "@", "NS"), 409, "/name", json={"values": ["ns.example."]})
    refused(api, "DELETE", path(tenant, "@", "NS"), 409, "/name")
    refused(api, "PUT", path(tenant, "@", "CNAME"), 422, "/type", json={"values": ["x.example."]})
    refused(api, "PUT", path(tenant, "x", "MX"), 422, "/values/0", json={"values": ["10 192.0.2.1"]})


def test_a_cname_stands_alone(api, tenant):
    write(api, tenant, "one", "TXT", ["x"])
    refused(api, "PUT", path(tenant, "one", "CNAME"), 409, "/type", json={"values": ["x.example."]})
    api.change("DELETE", path(tenant, "one", "TXT"))
    write(api, tenant, "one", "CNAME", ["x.example."])
    refused(api, "PUT", path(tenant, "one", "TXT"), 409, "/type", json={"values": ["x"]})
    api.change("DELETE", path(tenant, "one", "CNAME"))


def test_two_people_at_once(api, tenant):
    tag = api.call("PUT", path(tenant, "tag", "TXT"), 202, json={"values": ["one"]}).headers["ETag"]
    api.call("PUT", path(tenant, "tag", "TXT"), 202, json={"values": ["two"]}, headers={"If-Match": tag})
    api.call("PUT", path(tenant, "tag", "TXT"), 412, json={"values": ["three"]}, headers={"If-Match": tag})
    api.call("DELETE", path(tenant, "tag", "TXT"), 412, headers={"If-Match": tag})
    api.change("DELETE", path(tenant, "tag", "TXT"))


def test_a_dry_run_tells_and_writes_nothing(api, tenant):
    where = path(tenant, "dry", "A")
    answer = api.call("PUT", where, 200, params={"dryRun": "true"}, json={"values": ["192.0.2.5"]}).json()
    assert [c["object"] for c in answer["changes"]] == [f"Zone/{tenant.domain}"]
    assert f"dry.{tenant.domain} A: 192.0.2.5" in answer["changes"][0]["fields"]
    api.call("GET", where, 404)
    assert nameserver.values(f"dry.{tenant.domain}", "A") == []


def test_drift_of_a_written_record_is_put_back(api, pdns, tenant):
    name = f"drift.{tenant.domain}"
    write(api, tenant, "drift", "A", ["192.0.2.6"])
    api.ready(tenant.id)
    seq = api.last_event(tenant.id)
    pdns.replace(tenant.domain, name, "A", ["192.0.2.66"])
    nameserver.until_values(name, "A", ["192.0.2.6"], REPAIR_S)
    pdns.remove(tenant.domain, name, "A")
    nameserver.until_values(name, "A", ["192.0.2.6"], REPAIR_S)
    events = until("an event tells of it", lambda: api.events_after(tenant.id, seq), REPAIR_S)
    assert {e["reason"] for e in events if e["object"] == f"Zone/{tenant.domain}"} == {"Repaired"}
    api.change("DELETE", path(tenant, "drift", "A"))


def test_suspending_and_the_trash_keep_records(api, tenant):
    write(api, tenant, "keep", "TXT", ["kept"])
    api.change("POST", f"/customers/{tenant.id}/suspend")
    assert nameserver.values(f"keep.{tenant.domain}", "TXT") == ['"kept"']
    api.change("POST", f"/customers/{tenant.id}/resume")
    api.accept("DELETE", f"/customers/{tenant.id}")
    api.call("PUT", path(tenant, "keep", "TXT"), 409, json={"values": ["no"]})
    api.change("POST", f"/customers/{tenant.id}/restore")
    assert nameserver.values(f"keep.{tenant.domain}", "TXT") == ['"kept"']
    api.change("DELETE", path(tenant, "keep", "TXT"))


# --- zone files ---


def export(api, tenant):
    return api.call("GET", f"/domains/{tenant.domain}/zone", 200).text


def import_zone(api, tenant, text, expect=202, **params):
    answer = api.call("POST", f"/domains/{tenant.domain}/zone", expect, params=params, content=text,
                      headers={"Content-Type": "text/plain"}).json()
    if expect == 202:
        api.done(answer)
    return answer


def without_serial(text):
    return [line for line in text.splitlines() if "\tSOA\t" not in line]


def test_a_zone_file_goes_out_and_in_again(api, tenant):
    text = "$TTL 1h\n@ MX 10 mail\nmail A 192.0.2.3 ; the host\n  AAAA 2001:db8::3\n@ TXT ( \"a\"\n \"b;c\" )\n"
    answer = import_zone(api, tenant, text)["import"]
    assert (answer["written"], answer["deleted"], answer["skipped"]) == (4, 0, [])
    assert nameserver.values(tenant.domain, "MX") == [f"10 mail.{tenant.domain}."]
    assert nameserver.values(tenant.domain, "TXT") == ['"a" "b;c"']

    out = export(api, tenant)
    zone = dns.zone.from_text(out, relativize=False)  # others read it too
    assert zone.find_rdataset(f"mail.{tenant.domain}.", dns.rdatatype.AAAA).ttl == 3600
    again = import_zone(api, tenant, out, mode="replace")["import"]
    assert (again["written"], again["deleted"], again["unchanged"]) == (0, 0, 4)
    assert {(s["name"], s["type"]) for s in again["skipped"]} >= {(tenant.domain, "NS"), (tenant.domain, "A")}
    assert without_serial(export(api, tenant)) == without_serial(out)

    told = import_zone(api, tenant, "@ MX 10 other\n", 200, mode="replace", dryRun="true")
    assert told["import"]["deleted"] == 3 and told["changes"]
    assert without_serial(export(api, tenant)) == without_serial(out)
    import_zone(api, tenant, "; nothing of ours\n", mode="replace")
    assert nameserver.values(tenant.domain, "MX") == []


def test_a_zone_file_with_a_fault_changes_nothing(api, tenant):
    before = export(api, tenant)
    answer = import_zone(api, tenant, "a A 192.0.2.1\n\nb A nonsense\n", 422)
    assert [e["pointer"] for e in answer["errors"]] == ["/line/3"]
    import_zone(api, tenant, "a CNAME x\na A 192.0.2.1\n", 409)
    assert without_serial(export(api, tenant)) == without_serial(before)
