"""Shows: whatever a client sends, it gets a clear error where one can be sent, memory stays bounded, and
everybody else is served on.

    bad_input.py GRIZZLYD | --oracle [CASE...]
"""

import os
import random
import shutil
import struct
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from raw_client import Closed, RawClient  # noqa: E402
from servers import Grizzlyd, Postgres, test_folder  # noqa: E402

# How much more memory the server may hold while it is being treated badly.
GROWTH_BYTES_MAX = 2_500_000_000
TOO_BIG = {"ok", "53200", "54000", "54001"}      # done, or refused for its size
TOO_DEEP = TOO_BIG | {"42601"}


class Mistake(Exception):
    """The server did something else than it should."""


def expect(got, allowed):
    allowed = allowed if isinstance(allowed, set) else {allowed}
    if got not in allowed:
        raise Mistake(f"expected one of {sorted(map(str, allowed))}, got {got}")


def closes(server, data, allowed=frozenset({None, "08P01", "0A000", "28000"})):
    """`data` as the first bytes of a connection ends it."""
    with RawClient(server.port, logs_in=False) as client:
        client.send(data)
        expect(client.until_closed(), set(allowed))


def garbage_at_startup(server):
    closes(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    closes(server, bytes(range(256)) * 8)
    for length in (0, 3, 4, 7, 20_000, 0x7FFFFFFF, 0xFFFFFFFF):
        closes(server, struct.pack("!I", length) + b"\0" * 64)


def startup_without_end(server):
    closes(server, struct.pack("!II", 20, 196608) + b"user\0postgres"[:12])


def protocol_versions(server):
    closes(server, struct.pack("!II", 9, 4 << 16) + b"\0", {"0A000"})
    with RawClient(server.port, logs_in=False) as client:
        client.startup(196608 + 1, {"user": "postgres", "_pq_.unknown": "1"})
        kinds = [kind for kind, _ in client.until_ready()]
        expect(kinds[0], {b"v", b"R"})


def no_such_user_or_database(server):
    closes(server, struct.pack("!II", 9, 196608) + b"\0", {"28000"})
    for parameters, state in (({"user": "nobody_here"}, "28000"),
                              ({"user": "postgres", "database": "nowhere"}, "3D000")):
        with RawClient(server.port, logs_in=False) as client:
            client.startup(196608, parameters)
            expect(client.until_closed(), state)


def encryption_requests(server):
    with RawClient(server.port, logs_in=False) as client:
        client.send(struct.pack("!II", 8, 80877104))
        answer = client.receive(1)
        expect(answer, {b"N", b"G"})
        if answer == b"N":
            client.log_in()
    with RawClient(server.port, logs_in=False) as client:
        client.send(struct.pack("!II", 8, 80877103))
        client.receive(1)
        client.send(b"this is no TLS hello, whatever was answered" * 10)
        client.until_closed()


def cancel_with_wrong_key(server):
    with RawClient(server.port) as victim:
        with RawClient(server.port, logs_in=False) as client:
            client.send(struct.pack("!IIII", 16, 80877102, victim.backend_key[0], 12345))
            client.until_closed()
        expect(victim.query("SELECT 1"), "ok")


def unknown_message_type(server):
    for kind in (b"z", b"\0", b"\xff"):
        with RawClient(server.port) as client:
            client.send_message(kind, b"what")
            expect(client.until_closed(), "08P01")


def wrong_lengths(server):
    for kind in (b"Q", b"P", b"B", b"E", b"S", b"X"):
        for length in (-1, 0, 3, 0x40000000, 0x7FFFFFFF):
            with RawClient(server.port) as client:
                client.send_message(kind, b"", length)
                expect(client.until_closed(), {None, "08P01"})


def message_cut_short(server):
    for cut in (1, 3, 5, 9):
        with RawClient(server.port) as client:
            client.send(client.message(b"Q", b"SELECT 1\0")[:cut])
    with RawClient(server.port, logs_in=False) as client:
        client.send(b"\0\0")


def fields_that_do_not_fit(server):
    """Messages of a right length whose inside is wrong: an error, and the connection goes on after Sync."""
    inside = [
        (b"P", b"name without end"), (b"P", b"s\0SELECT 1\0"), (b"P", b"s\0SELECT 1\0\0\x05"),
        (b"B", b"\0\0\0\x05"), (b"B", b"\0\0\0\0\0\x01\xff\xff\xff\x00"), (b"D", b""), (b"D", b"Q\0"),
        (b"C", b"Q\0"), (b"E", b""), (b"E", b"\0"), (b"Q", b"no end"), (b"Q", b""),
    ]
    for kind, body in inside:
        with RawClient(server.port) as client:
            client.send_message(b"P", b"\0SELECT 1\0\0\0")
            client.send_message(kind, body)
            client.send_message(b"S")
            states = [state for answer, state in client.until_ready() if answer == b"E"]
            expect(states[0] if states else None, {"08P01", "34000", "26000"})


def unknown_names(server):
    for kind, body, state in ((b"B", b"\0nothing\0\0\0\0\0\0\0", "26000"), (b"E", b"nothing\0\0\0\0\0", "34000"),
                              (b"D", b"Snothing\0", "26000"), (b"D", b"Pnothing\0", "34000")):
        with RawClient(server.port) as client:
            client.send_message(kind, body)
            client.send_message(b"S")
            expect(client.until_ready()[0], (b"E", state))


def error_until_sync(server):
    with RawClient(server.port) as client:
        client.send_message(b"P", b"\0SELECT nothing\0\0\0")
        for _ in range(100):
            client.send_message(b"P", b"\0SELECT 1\0\0\0")
            client.send_message(b"B", b"\0\0\0\0\0\0\0\0")
            client.send_message(b"E", b"\0\0\0\0\0")
        client.send_message(b"S")
        if [kind for kind, _ in client.until_ready()] != [b"E", b"Z"]:
            raise Mistake("messages between an error and Sync were not skipped")


def text_that_is_none(server):
    with RawClient(server.port) as client:
        for text in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82"):
            expect(client.query(b"SELECT '" + text + b"'"), "22021")
        expect(client.query("SELECT 1"), "ok")
        for value in (b"a\0b", b"\xff"):
            client.send_message(b"P", b"\0SELECT $1::text\0\0\0")
            client.send_message(b"B", b"\0\0\0\0\0\x01" + struct.pack("!i", len(value)) + value + b"\0\0")
            client.send_message(b"S")
            expect(next(state for kind, state in client.until_ready() if kind == b"E"), "22021")


def long_lists(server):
    numbers = ",".join(map(str, range(1_000_000)))
    with RawClient(server.port) as client:
        expect(client.query(f"SELECT 1 WHERE 7 IN ({numbers})"), TOO_BIG)
        expect(client.query("SELECT " + ",".join(["1"] * 100_000)), {"54000", "54011"})
        expect(client.query("SELECT '" + "x" * 200_000_000 + "' IS NULL"), TOO_BIG)
        expect(client.query("SELECT 1"), "ok")


def deep_nesting(server):
    depth = 100_000
    deep = {
        "parentheses": "SELECT " + "(" * depth + "1" + ")" * depth,
        "not": "SELECT " + "NOT " * depth + "true",
        "minus": "SELECT " + "- " * depth + "1",
        "plus": "SELECT 1" + " + 1" * depth,
        "and": "SELECT true" + " AND true" * depth,
        "concatenation": "SELECT 'a'" + " || 'a'" * depth,
        "subqueries": "SELECT " + "(SELECT " * depth + "1" + ")" * depth,
        "from": "SELECT * FROM " + "(SELECT * FROM " * depth + "t" + ") x" * depth,
        "case": "SELECT " + "CASE WHEN true THEN " * depth + "1" + " END" * depth,
        "functions": "SELECT " + "abs(" * depth + "1" + ")" * depth,
        "arrays": "SELECT " + "ARRAY[" * depth + "1" + "]" * depth,
        "unions": "SELECT 1" + " UNION ALL SELECT 1" * depth,
        "casts": "SELECT 1" + "::int" * depth,
        "joins": "SELECT 1 FROM pg_class" + " CROSS JOIN pg_class" * depth,
        "semicolons": ";" * depth + "SELECT 1",
    }
    for name, sql in deep.items():
        with RawClient(server.port) as client:
            try:
                expect(client.query(sql), TOO_DEEP | {"42P01", "42712"})
                expect(client.query("SELECT 1"), "ok")
            except (Closed, Mistake) as trouble:
                raise Mistake(f"{name}: {trouble!r}") from trouble


def client_that_never_reads(server):
    client = RawClient(server.port)
    client.send_message(b"Q", b"SELECT repeat('x', 1000) FROM generate_series(1, 5000000)\0")
    time.sleep(3)
    expect(bystander(server), "ok")
    client.socket.close()


def client_that_never_stops_sending(server):
    """Statements are sent, answers never read: what waits on our side is bounded too."""
    client = RawClient(server.port)
    client.socket.settimeout(2)
    statement = client.message(b"Q", b"SELECT repeat('x', 100000)\0") * 1_000
    try:
        for _ in range(1_000):
            client.send(statement)
    except TimeoutError:
        pass  # the server no longer reads, as it should
    expect(bystander(server), "ok")
    client.socket.close()


def many_half_open_connections(server):
    half_open = [RawClient(server.port, logs_in=False) for _ in range(150)]
    for client in half_open:
        client.send(b"\0\0\0")
    expect(bystander(server), "ok")
    for client in half_open:
        client.socket.close()


def client_that_vanishes(server):
    """client_connection_check_interval: looked for in a session that asks for it, and in no other."""
    watched, unwatched = RawClient(server.port), RawClient(server.port)
    expect(watched.query("SET client_connection_check_interval = '100ms'"), "ok")
    for client in (watched, unwatched):
        client.send_message(b"Q", b"SELECT pg_sleep(15)\0")
    time.sleep(0.5)
    for client in (watched, unwatched):
        client.socket.close()
    sleeping = "SELECT 1 / (count(*) - {})::int FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(15)'"
    time.sleep(2)
    with RawClient(server.port) as client:
        expect(client.query(sleeping.format(0)), "ok")
        expect(client.query(sleeping.format(1)), "22012")


def random_messages(server):
    seed = int(os.environ.get("SEED", time.time_ns() & 0xFFFFFFFF))
    print(f"  SEED={seed}")
    chance = random.Random(seed)
    for _ in range(300):
        with RawClient(server.port) as client:
            try:
                for _ in range(chance.randint(1, 8)):
                    kind = bytes([chance.choice(b"QPBDECSHdcfFp" + bytes([chance.randrange(256)]))])
                    body = chance.randbytes(chance.choice((0, 1, 4, 9, 40)))
                    length = None if chance.random() < 0.8 else chance.choice((0, 4, 5, 100, 1 << 20, -7))
                    client.send_message(kind, body, length)
            except (BrokenPipeError, ConnectionResetError):
                pass


CASES = [
    garbage_at_startup, startup_without_end, protocol_versions, no_such_user_or_database, encryption_requests,
    cancel_with_wrong_key, unknown_message_type, wrong_lengths, message_cut_short, fields_that_do_not_fit,
    unknown_names, error_until_sync, text_that_is_none, long_lists, deep_nesting, client_that_never_reads,
    client_that_never_stops_sending, client_that_vanishes, many_half_open_connections, random_messages,
]


def bystander(server):
    """What somebody else's statement gets."""
    for _ in range(50):
        try:
            with RawClient(server.port) as client:
                return client.query("SELECT 1")
        except Closed:
            time.sleep(0.1)
    return "closed"


def resident_bytes(server):
    """Of the server's process and, for PostgreSQL, of all its children."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except (OSError, ValueError):
            continue
        if str(server.process.pid) in (fields["Pid"].strip(), fields["PPid"].strip()):
            total += int(fields.get("VmRSS", "0 kB").split()[0]) * 1024
    return total


def play(case, server):
    before = resident_bytes(server)
    try:
        case(server)
        expect(bystander(server), "ok")
        growth = resident_bytes(server) - before
        if growth > GROWTH_BYTES_MAX:
            raise Mistake(f"the server grew by {growth >> 20} MiB")
    except (Mistake, Closed, OSError) as trouble:
        print(f"FAILED {case.__name__}: {trouble!r}", flush=True)
        return False
    print(f"ok     {case.__name__}", flush=True)
    return True


def main():
    chosen = [case for case in CASES if not sys.argv[2:] or case.__name__ in sys.argv[2:]]
    folder = test_folder()
    server = Postgres(folder) if sys.argv[1] == "--oracle" else Grizzlyd(folder, sys.argv[1])
    try:
        passed = [play(case, server) for case in chosen]
    finally:
        log = (server.folder / "log").read_text(errors="replace")
        alive = server.process.poll() is None
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
    if not alive:
        print("the server did not survive; its log ends:\n" + log[-3000:])
    print(f"{sum(passed)} of {len(passed)} cases passed")
    return 0 if all(passed) and alive else 1


if __name__ == "__main__":
    sys.exit(main())
