"""Servers a Python test or benchmark starts for itself: grizzlyd, and PostgreSQL 15 as the oracle."""

import difflib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

POSTGRES_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
PGBENCH = str(POSTGRES_PROGRAMS / "pgbench")
PSQL = str(POSTGRES_PROGRAMS / "psql")
SUMS = """SELECT (SELECT sum(abalance) FROM pgbench_accounts), (SELECT sum(tbalance) FROM pgbench_tellers),
                 (SELECT sum(bbalance) FROM pgbench_branches), (SELECT coalesce(sum(delta), 0) FROM pgbench_history)"""


class ServerError(Exception):
    """A sentence that says what went wrong, with the server's own words."""


class Server:
    """A server of our own over `folder`/NAME, stopped by its process id."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = folder / name
        self.folder.mkdir()
        self.port = free_port()
        self.process = None

    def start(self, command, **options):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            start_new_session=True, **options)
        deadline = time.monotonic() + 60
        while subprocess.run([str(POSTGRES_PROGRAMS / "pg_isready"), "-q", *self.address()]).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"{self.name} did not start:\n{(self.folder / 'log').read_text()[-3000:]}")
            time.sleep(0.05)

    def end(self):
        """SIGINT: a fast shutdown."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)

    def address(self):
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]

    def ask(self, sql):
        return subprocess.run([PSQL, "-X", "-At", *self.address(), "-d", "postgres", "-c", sql],
                              check=True, text=True, stdout=subprocess.PIPE).stdout.strip()

    def pgbench(self, *arguments):
        command = [PGBENCH, *self.address(), *arguments, "postgres"]
        answer = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        failed = re.search(r"number of failed transactions: (\d+)", answer.stdout)
        if answer.returncode != 0 or (failed and failed.group(1) != "0"):
            raise ServerError(f"{self.name}: {' '.join(command)}\n{answer.stdout[-3000:]}")
        return answer.stdout

    def psql(self, script, *arguments):
        """The output, errors included, of psql over a script file."""
        command = [PSQL, "-X", *self.address(), "-d", "postgres", *arguments, "-f", str(script)]
        return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout

    def check_pgbench_sums(self):
        accounts, tellers, branches, history = self.ask(SUMS).split("|")
        if not accounts == tellers == branches == history:
            raise ServerError(f"{self.name}: sums differ: accounts {accounts}, tellers {tellers}, "
                              f"branches {branches}, history {history}")


class Grizzlyd(Server):
    def __init__(self, folder, program, *settings):
        super().__init__("grizzlydb", folder)
        self.command = [program, "-D", str(self.folder / "data"), "-h", "127.0.0.1", "-p", str(self.port)]
        self.start_with(*settings)

    def start_with(self, *settings):
        """Over the same data, after end()."""
        self.start(self.command + [word for setting in settings for word in ("-c", setting)])


class Postgres(Server):
    def __init__(self, folder):
        super().__init__("postgres15", folder)
        identity = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
            identity = {"user": "postgres", "group": "postgres", "extra_groups": []}
        data = str(self.folder / "data")
        initdb = [str(POSTGRES_PROGRAMS / "initdb"), "-D", data, "-U", "postgres", "-A", "trust",
                  "-E", "UTF8", "--locale=C"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/", **identity)
        self.start([str(POSTGRES_PROGRAMS / "postgres"), "-D", data, "-h", "127.0.0.1", "-p", str(self.port),
                    "-k", str(self.folder)], cwd="/", **identity)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_folder():
    """A fresh folder that other users may enter; the caller removes it."""
    folder = Path(tempfile.mkdtemp(prefix="grizzly_test_"))
    folder.chmod(0o755)
    return folder


def compare_outputs(grizzlyd, produce, shows):
    """Runs `produce(server)` on both servers; prints the difference, and returns the exit code."""
    folder = test_folder()
    servers = []
    try:
        servers.append(Postgres(folder))
        servers.append(Grizzlyd(folder, grizzlyd))
        expected, actual = (produce(server).splitlines() for server in servers)
    finally:
        for server in servers:
            server.end()
        shutil.rmtree(folder, ignore_errors=True)
    difference = list(difflib.unified_diff(expected, actual, "postgres15", "grizzlydb", lineterm=""))
    print("\n".join(difference) if difference else f"{shows}: {len(expected)} lines as PostgreSQL 15 writes them")
    return 1 if difference or not expected else 0
