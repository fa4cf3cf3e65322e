"""Shows: a start that cannot succeed ends with a sentence that says what to do; signals stop the server as
PostgreSQL's are stopped; a data directory is held by one server.

    start_and_stop.py GRIZZLYD
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "wire"))

from raw_client import RawClient  # noqa: E402
from servers import Grizzlyd, free_port, test_folder  # noqa: E402

GRIZZLYD = sys.argv.pop(1)


class StartAndStopTest(unittest.TestCase):
    def setUp(self):
        self.folder = test_folder()
        self.servers = []

    def tearDown(self):
        for server in self.servers:
            server.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def server(self):
        server = Grizzlyd(self.folder, GRIZZLYD)
        self.servers.append(server)
        return server

    def refused(self, *arguments, says):
        """grizzlyd with these arguments ends soon, not with 0, and says one of these words."""
        answer = subprocess.run([GRIZZLYD, *map(str, arguments)], text=True, timeout=30,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertNotEqual(answer.returncode, 0, answer.stdout)
        self.assertTrue(any(word in answer.stdout for word in says), answer.stdout)
        self.assertLess(len(answer.stdout), 2_000)
        return answer.stdout

    def start_arguments(self, data):
        return "-D", data, "-h", "127.0.0.1", "-p", free_port()

    def test_a_directory_in_use(self):
        server = self.server()
        self.refused(*self.start_arguments(server.folder / "data"), says=["in use", "already running", "another"])
        self.assertEqual(server.ask("SELECT 1"), "1")

    def test_a_directory_of_something_else(self):
        data = self.folder / "other"
        data.mkdir(mode=0o700)
        (data / "PG_VERSION").write_text("15\n")
        (data / "letters.txt").write_text("Dear sir\n")
        self.refused(*self.start_arguments(data), says=["not empty", "not a GrizzlyDB", "no GrizzlyDB"])
        self.assertEqual(sorted(path.name for path in data.iterdir()), ["PG_VERSION", "letters.txt"])

    def test_a_file_instead_of_a_directory(self):
        path = self.folder / "file"
        path.write_text("")
        self.refused(*self.start_arguments(path), says=["directory"])

    def test_no_directory_named(self):
        self.refused("-p", free_port(), says=["-D"])

    def test_a_port_in_use(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = listener.getsockname()[1]
            self.refused("-D", self.folder / "data", "-h", "127.0.0.1", "-p", port, says=[str(port)])

    def test_settings_that_are_wrong(self):
        data = self.folder / "data"
        for setting, word in (("nonsense=1", "nonsense"), ("work_mem=lots", "work_mem"),
                              ("max_connections=-5", "max_connections"), ("port=99999999", "port")):
            self.refused(*self.start_arguments(data), "-c", setting, says=[word])
        self.refused("--no-such-flag", says=["no-such-flag"])

    def test_a_configuration_file_that_is_wrong(self):
        config = self.folder / "wrong.conf"
        for line, words in (("frob = 1", 'unrecognized configuration parameter "frob"'),
                            ("work_mem = lots", 'invalid value for parameter "work_mem": "lots"'),
                            ("port = 99999999", "outside the valid range"), ("work_mem 4MB extra", "syntax error")):
            config.write_text(f"# settings\n{line}\n")
            answer = self.refused(*self.start_arguments(self.folder / "data"), "--config-file", config, says=[words])
            self.assertIn(str(config), answer)
            self.assertIn("line 2", answer)
        self.assertEqual(list((self.folder / "data").iterdir()), [])
        config.unlink()
        self.refused(*self.start_arguments(self.folder / "data"), "--config-file", config, says=["No such file or directory"])

    def test_tls_without_a_certificate(self):
        self.refused(*self.start_arguments(self.folder / "data"), "-c", "ssl=on",
                     says=['server.crt": No such file or directory'])

    def test_a_directory_of_another_format(self):
        server = self.server()
        server.end()
        version = server.folder / "data/GRIZZLY_VERSION"
        for text, words in (("99\ncomplete\n", "99"), ("letters\n", "does not hold a format version")):
            version.write_text(text)
            self.refused(*self.start_arguments(server.folder / "data"), says=[words])
            self.assertEqual(version.read_text(), text)

    def test_a_directory_that_may_not_be_written_to(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to become somebody else")
        server = self.server()
        server.end()
        data = server.folder / "data"
        data.chmod(0o500)
        for path in (data, *data.rglob("*")):
            shutil.chown(path, 65534, 65534)
        answer = subprocess.run([GRIZZLYD, *map(str, self.start_arguments(data))], text=True, timeout=30, user=65534,
                                group=65534, extra_groups=[], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(answer.returncode, 1)
        self.assertIn('postmaster.pid": Permission denied', answer.stdout)

    def test_open_to_the_world_without_passwords(self):
        rules = self.folder / "hba.conf"
        rules.write_text("host all all 0.0.0.0/0 trust\n")
        self.refused("-D", self.folder / "data", "-h", "0.0.0.0", "-p", free_port(), "-c", f"hba_file={rules}",
                     says=["trust_beyond_loopback"])

    def test_sigint_ends_sessions(self):
        server = self.server()
        with RawClient(server.port) as client:
            client.query("BEGIN")
            server.process.send_signal(signal.SIGINT)
            self.assertEqual(client.until_closed(), "57P01")
            self.assertEqual(server.process.wait(timeout=20), 0)

    def test_sigterm_waits_for_sessions(self):
        server = self.server()
        with RawClient(server.port) as client:
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            self.assertIsNone(server.process.poll())
            self.assertEqual(client.query("SELECT 1"), "ok")
            with RawClient(server.port, logs_in=False) as late:
                late.startup(196608, {"user": "postgres"})
                self.assertEqual(late.until_closed(), "57P03")
        self.assertEqual(server.process.wait(timeout=20), 0)

    def test_a_full_disk(self):
        if os.geteuid() != 0 or shutil.which("mount") is None:
            self.skipTest("needs root, to mount a small disk")
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(disk)],
                                 stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            self.skipTest("may not mount")
        try:
            server = Grizzlyd(disk, GRIZZLYD)
            try:
                self.fill(server)
            finally:
                server.end()
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)

    def fill(self, server):
        with RawClient(server.port) as client:
            self.assertEqual(client.query("CREATE TABLE t (a int PRIMARY KEY, b text)"), "ok")
            state = "ok"
            for i in range(200):
                row = os.urandom(400_000).hex()
                state = client.query(f"INSERT INTO t VALUES ({i}, '{row}')")
                if state != "ok":
                    break
            self.assertIn(state, {"53100", "58030"})
        with RawClient(server.port) as client:
            self.assertEqual(client.query("SELECT count(*) FROM t"), "ok")


if __name__ == "__main__":
    unittest.main()
