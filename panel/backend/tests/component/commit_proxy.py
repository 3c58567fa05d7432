"""A TCP proxy before PostgreSQL that cuts the connection in the middle of a commit: before the server sees it, or after the server
did it and before the client hears of it. It reads the protocol only as far as that needs:
https://www.postgresql.org/docs/current/protocol-message-formats.html"""
import socket
import struct
import threading



class Cut(Exception):
    pass


class CommitProxy:
    def __init__(self, port):
        self.server_port, self.lock = port, threading.Lock()
        self.armed, self.cuts = None, []
        self.ways = []  # of each transaction that was committed, to the server and back: what is sent until the answers are waited for
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_next(self, when):
        """when: "before" or "after"; the next commit of any connection."""
        with self.lock:
            self.armed = when

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), which would go on with the number of a new socket
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client):
        state = {"cut": None}
        try:
            server = socket.create_connection(("127.0.0.1", self.server_port))
        except OSError:
            client.close()
            return
        back = threading.Thread(target=self._answers, args=[server, client, state], daemon=True)
        back.start()
        try:
            self._requests(client, server, state)
        except (Cut, OSError):
            pass
        for s in (client, server):
            _close(s)

    def _requests(self, client, server, state):
        buffer, begun, ways, commits = b"", False, 0, False
        while data := client.recv(65536):
            buffer += data
            while (size := _message_size(buffer, begun)) and len(buffer) >= size:
                message, buffer, begun = buffer[:size], buffer[size:], True
                if message[:1] == b"P" and b"\0BEGIN ISOLATION" in message:
                    ways, commits = 0, False
                if message[:1] == b"P" and b"\0COMMIT\0" in message:
                    commits = True
                    self._on_commit(state)
                if message[:1] in (b"Q", b"S"):
                    ways += 1
                    if commits:
                        self.ways.append(ways)
                        commits = False
                server.sendall(message)

    def _on_commit(self, state):
        with self.lock:
            when, self.armed = self.armed, None
            if when:
                self.cuts.append(when)
        if when == "before":
            raise Cut
        state["cut"] = when

    def _answers(self, server, client, state):
        """After a commit that is to be lost its answer ends both connections: it was done by then."""
        try:
            while data := server.recv(65536):
                if state["cut"] and b"COMMIT\0" in data:
                    break
                client.sendall(data)
        except OSError:
            pass
        for s in (client, server):
            _close(s)


def _message_size(buffer, begun):
    """0: not known yet. The first message has no type."""
    at = 1 if begun else 0
    if len(buffer) < at + 4:
        return 0
    return at + struct.unpack("!I", buffer[at:at + 4])[0]


def _close(s):
    try:
        s.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    s.close()
