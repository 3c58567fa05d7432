"""DKIM signatures of received mail, verified by a library that is none of ours, with keys from the name server."""

import re

import dkim

from . import dns as nameserver
from .mail import parsed


def txt(name, timeout=5):
    """What dkimpy asks for: the TXT record of a name, from PowerDNS alone."""
    found = nameserver.values((name.decode() if isinstance(name, bytes) else name).rstrip("."), "TXT")
    return "".join(re.findall(r'"([^"]*)"', found[0])).encode() if found else None


def signatures(raw):
    """(domain, selector, algorithm) of each DKIM-Signature, the topmost first."""
    found = []
    for header in parsed(raw).get_all("DKIM-Signature", []):
        tags = dict(re.findall(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)", str(header)))
        found.append(tuple("".join(tags[t].split()) for t in ("d", "s", "a")))
    return found


def verify(raw, domain):
    """Every signature verifies now, and they are an RSA and an Ed25519 one of the domain. Returns the selectors."""
    found = signatures(raw)
    assert sorted(a for _, _, a in found) == ["ed25519-sha256", "rsa-sha256"], found
    assert {d for d, _, _ in found} == {domain}, found
    for i, (_, selector, algorithm) in enumerate(found):
        assert dkim.DKIM(raw).verify(idx=i, dnsfunc=txt), f"the {algorithm} signature of {selector} does not verify"
    return [s for _, s, _ in found]
