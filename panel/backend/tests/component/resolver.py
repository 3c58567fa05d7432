"""A recursive resolver as `berthd` sees one: it answers with what a test says that the world's DNS holds, sets RA, and can be told to
answer badly. UDP and TCP on one port of loopback. Names that were forwarded are asked of a real name server."""
import socket
import struct
import threading

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

TTL = 60


def both_on_one_port():
    """A UDP and a TCP socket on the same free port of the loopback; a port that only one of the two has free is passed over."""
    while True:
        udp, tcp = socket.socket(type=socket.SOCK_DGRAM), socket.socket()
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tcp.bind(("127.0.0.1", port))
            return udp, tcp, port
        except OSError:
            udp.close()
            tcp.close()


class Resolver:
    def __init__(self, authority=None):
        self.authority = authority  # (address, port) of a real server, for names that nothing is said of; None: they are not there
        self.records, self.mood, self.asked = {}, {}, []
        self.udp, self.tcp, self.port = both_on_one_port()
        self.tcp.listen(16)
        self.running = True
        self.threads = [threading.Thread(target=t, daemon=True) for t in (self._serve_udp, self._serve_tcp)]
        for t in self.threads:
            t.start()

    def stop(self):
        self.running = False
        self.udp.sendto(b"", ("127.0.0.1", self.port))
        socket.create_connection(("127.0.0.1", self.port)).close()
        for t in self.threads:
            t.join(5)
        self.udp.close()
        self.tcp.close()

    def say(self, name, kind, *values, ttl=TTL):
        """What the world holds from now on; without values: nothing."""
        self.records[name, kind] = dns.rrset.from_text(f"{name}.", ttl, "IN", kind, *values) if values else None

    def answer(self, question, tcp):
        q = question.question[0]
        name, kind = q.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(q.rdtype)
        self.asked.append((name, kind, tcp))
        mood = self.mood.get((name, kind), "")
        if mood == "silent":
            return None
        out = dns.message.make_response(question, recursion_available=True)
        found = self.records.get((name, kind)) or self.records.get((name, "CNAME"))
        if mood == "servfail":
            out.set_rcode(dns.rcode.SERVFAIL)
        elif mood == "large" and not tcp:
            out.flags |= dns.flags.TC
        elif found:
            out.answer.append(found)
        elif self.authority and (name, kind) not in self.records:
            return dns.query.udp(dns.message.make_query(q.name, q.rdtype), self.authority[0], port=self.authority[1], timeout=5), question.id
        else:
            out.set_rcode(dns.rcode.NXDOMAIN)
        if mood == "wrong-id":
            out.id ^= 0xFFFF
        if mood == "own-zone":
            out.flags = out.flags & ~dns.flags.RA | dns.flags.AA
        return out

    def _wire(self, data, tcp):
        out = self.answer(dns.message.from_wire(data), tcp)
        if isinstance(out, tuple):
            out, out.id = out[0], out[1]
            out.flags |= dns.flags.RA
            out.flags &= ~dns.flags.AA
        return out.to_wire() if out else None

    def _serve_udp(self):
        while self.running:
            data, source = self.udp.recvfrom(4096)
            wire = self._wire(data, False) if data else None
            if wire:
                self.udp.sendto(wire, source)

    def _serve_tcp(self):
        while self.running:
            connection, _ = self.tcp.accept()
            with connection:
                connection.settimeout(5)
                head = connection.recv(2)
                if len(head) < 2:
                    continue
                wire = self._wire(connection.recv(struct.unpack("!H", head)[0]), True)
                if wire:
                    connection.sendall(struct.pack("!H", len(wire)) + wire)
