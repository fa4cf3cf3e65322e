"""A client that says exactly what it is told to, well-formed or not (PostgreSQL 15 docs, "Frontend/Backend Protocol")."""

import socket
import struct

TIMEOUT_SECONDS = 60


class Closed(Exception):
    """The server closed the connection."""


class RawClient:
    def __init__(self, port, logs_in=True):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        self.buffer = b""
        self.backend_key = None
        if logs_in:
            self.log_in()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # Sending.

    def send(self, data):
        self.socket.sendall(data)

    def startup(self, version, parameters):
        body = struct.pack("!I", version)
        body += b"".join(f"{name}\0{value}\0".encode() for name, value in parameters.items()) + b"\0"
        self.send(struct.pack("!I", len(body) + 4) + body)

    def log_in(self):
        self.startup(196608, {"user": "postgres", "database": "postgres", "client_encoding": "UTF8"})
        self.until_ready()

    def message(self, kind, body=b"", length=None):
        return kind + struct.pack("!i", len(body) + 4 if length is None else length) + body

    def send_message(self, kind, body=b"", length=None):
        self.send(self.message(kind, body, length))

    # Receiving.

    def receive(self, size):
        while len(self.buffer) < size:
            try:
                more = self.socket.recv(1 << 16)
            except ConnectionResetError:
                more = b""
            if not more:
                raise Closed()
            self.buffer += more
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def read_message(self):
        """(type, body) of the next message."""
        kind = self.receive(1)
        (length,) = struct.unpack("!I", self.receive(4))
        body = self.receive(length - 4)
        if kind == b"K":
            self.backend_key = struct.unpack("!II", body)
        return kind, body

    def until_ready(self):
        """Every message up to ReadyForQuery; errors as their SQLSTATE."""
        messages = []
        while True:
            kind, body = self.read_message()
            messages.append((kind, sql_state(body) if kind == b"E" else body))
            if kind == b"Z":
                return messages

    def until_closed(self):
        """The SQLSTATE of the last error before the server closed the connection, or None."""
        state = None
        try:
            while True:
                kind, body = self.read_message()
                if kind == b"E":
                    state = sql_state(body)
        except Closed:
            return state

    def query(self, sql):
        """The SQLSTATE of the error, or "ok"."""
        body = sql if isinstance(sql, bytes) else sql.encode()
        self.send_message(b"Q", body + b"\0")
        return next((state for kind, state in self.until_ready() if kind == b"E"), "ok")


def sql_state(error_body):
    for field in error_body.split(b"\0"):
        if field[:1] == b"C":
            return field[1:].decode()
    return None
