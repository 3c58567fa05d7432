"""The name server, asked as a resolver asks it, and its HTTP API, as a person who edits zones by hand uses it."""

import base64

import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode

from .place import DNS_PORT, LOOPBACK
from .wait import until

TIMEOUT_S = 5


def ask(name, rdtype, tcp=False):
    """The answer to one question at the printed address and port."""
    query = dns.message.make_query(name, rdtype)
    query.flags &= ~dns.flags.RD
    if tcp:
        return dns.query.tcp(query, LOOPBACK, port=DNS_PORT, timeout=TIMEOUT_S)
    return dns.query.udp(query, LOOPBACK, port=DNS_PORT, timeout=TIMEOUT_S)


def values(name, rdtype):
    """The sorted values of an RRset in presentation format; empty when there is none."""
    answer = ask(name, rdtype)
    return sorted(item.to_text() for rrset in answer.answer for item in rrset)


def is_served(zone):
    answer = ask(zone, "SOA")
    return answer.rcode() == dns.rcode.NOERROR and bool(answer.flags & dns.flags.AA) and bool(answer.answer)


class PowerDns:
    """PowerDNS's HTTP API, through the API server's proxy of its pod."""

    def __init__(self, kube):
        secret = kube.get("Secret", "pdns-api-key", "dns-system")
        self.kube = kube
        self.headers = {"X-API-Key": base64.b64decode(secret["data"]["api-key"]).decode()}

    def _call(self, method, path, **kwargs):
        pods = self.kube.pods("dns-system", "app.kubernetes.io/name=pdns")
        assert pods, "PowerDNS has no pod"
        url = (
            f"/api/v1/namespaces/dns-system/pods/http:{pods[0]['metadata']['name']}:8081/proxy"
            f"/api/v1/servers/localhost/zones{path}"
        )
        return self.kube.http.request(method, url, headers=self.headers, **kwargs)

    def zones(self):
        """Zone to serial."""
        answer = self._call("GET", "")
        assert answer.status_code == 200, answer.text
        return {z["name"].rstrip("."): z["serial"] for z in answer.json()}

    def rrsets(self, zone):
        """(name, type) to (ttl, sorted values, owned by Berth); None when there is no such zone."""
        answer = self._call("GET", f"/{zone}.")
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, answer.text
        return {
            (r["name"].rstrip("."), r["type"]): (
                r["ttl"],
                sorted(v["content"] for v in r["records"]),
                any(c["account"] == "berth" for c in r["comments"]),
            )
            for r in answer.json()["rrsets"]
        }

    def replace(self, zone, name, rdtype, contents, ttl=300):
        """An RRset as a person sets it, without a word about who owns it."""
        self._patch(
            zone,
            {
                "name": f"{name}.",
                "type": rdtype,
                "changetype": "REPLACE",
                "ttl": ttl,
                "records": [{"content": c, "disabled": False} for c in contents],
            },
        )

    def remove(self, zone, name, rdtype):
        self._patch(zone, {"name": f"{name}.", "type": rdtype, "changetype": "DELETE"})

    def _patch(self, zone, rrset):
        answer = self._call("PATCH", f"/{zone}.", json={"rrsets": [rrset]})
        assert answer.status_code == 204, answer.text

    def delete_zone(self, zone):
        answer = self._call("DELETE", f"/{zone}.")
        assert answer.status_code == 204, answer.text


def until_values(name, rdtype, expected, timeout=120):
    until(f"{name} {rdtype} is {expected}", lambda: values(name, rdtype) == sorted(expected), timeout)
