/* Values that are right, each with its one spelling. PowerDNS must keep that spelling, else a zone would differ for ever:
 * the unit test reads the table, and the component test puts all of it into the real server. */
#ifndef BERTH_TESTS_RECORD_VALUES_H
#define BERTH_TESTS_RECORD_VALUES_H

static const struct {
    const char *type, *name, *given, *want;
} record_values[] = {
    { "A", "a", "192.0.2.1", "192.0.2.1" },
    { "AAAA", "a", "2001:DB8:0:0::1", "2001:db8::1" },
    { "CAA", "caa", "0 ISSUE letsencrypt.org", "0 issue \"letsencrypt.org\"" },
    { "CAA", "caa2", "128 issuewild \";\"", "128 issuewild \";\"" },
    { "CNAME", "c", "Target.Example.COM", "target.example.com." },
    { "CNAME", "c2", "_x._domainkey.example.net.", "_x._domainkey.example.net." },
    { "DS", "sub", "12345 13 3 AABBCC DD", "12345 13 3 aabbccdd" },
    { "HTTPS", "h", "1 . alpn=h2,h3 port=8443", "1 . alpn=h2,h3 port=8443" },
    { "HTTPS", "h2", "1 svc.example.net. ipv6hint=2001:db8::1 ipv4hint=192.0.2.1,192.0.2.2 alpn=\"h3\"",
      "1 svc.example.net. alpn=h3 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1" },
    { "HTTPS", "h3", "0 svc.example.net.", "0 svc.example.net." },
    { "HTTPS", "h4", "1 . mandatory=alpn alpn=h2 no-default-alpn", "1 . mandatory=alpn alpn=h2 no-default-alpn" },
    { "MX", "m", "10 mail.example.com", "10 mail.example.com." },
    { "MX", "m2", "0 .", "0 ." },
    { "NAPTR", "n", "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.com!\" .",
      "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.com!\" ." },
    { "NAPTR", "n2", "100 10 s SIP+D2U \"\" _sip._udp.example.com.",
      "100 10 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.com." },
    { "NS", "sub", "NS1.example.net.", "ns1.example.net." },
    { "PTR", "p", "host.example.com.", "host.example.com." },
    { "SRV", "_sip._tcp", "10 5 5060 sip.example.com", "10 5 5060 sip.example.com." },
    { "SSHFP", "s", "4 3 AA BB01", "4 3 aabb01" },
    { "SVCB", "_dns", "1 dns.example.net. port=853 alpn=dot", "1 dns.example.net. alpn=dot port=853" },
    { "TLSA", "_443._tcp", "3 1 0 D2ABDE240D7CD3EE6B4B28C54DF034B9", "3 1 0 d2abde240d7cd3ee6b4b28c54df034b9" },
    { "TLSA", "_25._tcp", "3 1 1 ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB",
      "3 1 1 abababababababababababababababababababababababababababababababab" },
    { "TXT", "t", "v=spf1 include:example.com -all", "\"v=spf1 include:example.com -all\"" },
    { "TXT", "t2", "say \"hello\" and \\ more", "\"say \\\"hello\\\" and \\\\ more\"" },
    { "TXT", "t3", "\"one\" \"two\"", "\"one\" \"two\"" },
    { "TXT", "t4",
      "gr\xc3\xbc\xc3\x9f"
      "e",
      "\"gr\\195\\188\\195\\159e\"" },
    { "TXT", "t5", "\"tab\\009 and \\\"\"", "\"tab\\009 and \\\"\"" },
    { "TXT", "t6", "\"\"", "\"\"" },
    { "TXT", "t7", "a;b", "\"a;b\"" },
};

#endif
