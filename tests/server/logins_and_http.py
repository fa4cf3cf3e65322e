"""Shows: who gets in and how: TCP and Unix socket, TLS, SCRAM-SHA-256 with and without channel binding, rules of
pg_hba.conf; what the HTTP port answers; what SIGHUP changes.

    logins_and_http.py GRIZZLYD
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from servers import PSQL, Grizzlyd, free_port, test_folder  # noqa: E402

GRIZZLYD = sys.argv.pop(1)
RULES = """
local   all  postgres                trust
host    all  postgres  127.0.0.1/32  trust
host    all  banned    all           reject
hostssl all  guarded   127.0.0.1/32  scram-sha-256
host    all  all       127.0.0.1/32  scram-sha-256
"""


class LoginsAndHttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = test_folder()
        subprocess.run(["openssl", "req", "-new", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-newkey", "rsa:2048", "-keyout", cls.folder / "key.pem", "-out", cls.folder / "cert.pem"],
                       check=True, stderr=subprocess.DEVNULL)
        (cls.folder / "key.pem").chmod(0o600)
        cls.hba = cls.folder / "hba.conf"
        cls.hba.write_text(RULES)
        cls.http_port = free_port()
        cls.server = Grizzlyd(cls.folder, GRIZZLYD, "ssl=on", f"ssl_cert_file={cls.folder}/cert.pem",
                              f"ssl_key_file={cls.folder}/key.pem", f"hba_file={cls.hba}",
                              f"unix_socket_directories={cls.folder}", f"http_port={cls.http_port}", "log_line_prefix=%m [%p] %q%a ")
        for sql in ("CREATE ROLE ada LOGIN PASSWORD 'pencil'", "CREATE ROLE guarded LOGIN PASSWORD 'p\u00e4ss w\u00f6rd'",
                    "CREATE ROLE banned LOGIN PASSWORD 'x'", "CREATE ROLE nologin PASSWORD 'x'",
                    "CREATE ROLE nopassword LOGIN"):
            cls.server.ask(sql)

    @classmethod
    def tearDownClass(cls):
        cls.server.end()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def connect(self, parameters, password=None, sql="SELECT current_user"):
        """psql's answer, or its error message."""
        environment = {**os.environ, "PGPASSWORD": password or "", "PGCLIENTENCODING": "UTF8"}
        string = f"host=127.0.0.1 port={self.server.port} dbname=postgres {parameters}"
        answer = subprocess.run([PSQL, "-X", "-w", "-At", "-c", sql, string], text=True, env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
        return answer.stdout.strip()

    def test_passwords(self):
        self.assertEqual(self.connect("user=ada", "pencil"), "ada")
        self.assertIn('password authentication failed for user "ada"', self.connect("user=ada", "wrong"))
        self.assertIn("no password supplied", self.connect("user=ada"))
        self.assertIn('password authentication failed for user "nobody"', self.connect("user=nobody", "x"))
        self.assertIn('password authentication failed for user "nopassword"', self.connect("user=nopassword", "x"))
        self.assertIn('role "nologin" is not permitted to log in', self.connect("user=nologin", "x"))

    def test_a_password_that_has_expired(self):
        self.server.ask("CREATE ROLE late LOGIN PASSWORD 'x' VALID UNTIL '2001-01-01'")
        self.assertIn('password authentication failed for user "late"', self.connect("user=late", "x"))
        self.server.ask("ALTER ROLE late VALID UNTIL 'infinity'")
        self.assertEqual(self.connect("user=late", "x"), "late")
        self.server.ask("SET datestyle = 'german'; SET timezone = 'Asia/Tokyo'; ALTER ROLE late VALID UNTIL '01.12.2099'")
        self.assertEqual(self.connect("user=late", "x"), "late")

    def test_limits_of_connections(self):
        self.server.ask("CREATE ROLE shy LOGIN PASSWORD 'x' CONNECTION LIMIT 0")
        self.assertIn('too many connections for role "shy"', self.connect("user=shy", "x"))
        self.server.ask("ALTER ROLE shy CONNECTION LIMIT 1")
        self.assertEqual(self.connect("user=shy", "x"), "shy")
        self.server.ask("CREATE DATABASE small CONNECTION LIMIT 0")
        self.assertIn('too many connections for database "small"', self.connect("user=ada dbname=small", "pencil"))
        self.assertEqual(self.connect("user=postgres dbname=small"), "postgres")

    def test_encryption_and_channel_binding(self):
        binding = self.connect("user=ada sslmode=require channel_binding=require", "pencil")
        self.assertEqual(binding, "ada")
        self.assertIn("channel binding required", self.connect("user=ada sslmode=disable channel_binding=require", "pencil"))
        conninfo = self.connect("user=postgres sslmode=require", sql="\\conninfo")
        self.assertIn("TLSv1.3", conninfo)
        parameters = "SELECT ssl, version, cipher, bits, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        self.assertRegex(self.connect("user=postgres sslmode=require", sql=parameters), r"^t\|TLSv1\.3\|TLS_\w+\|\d+\|$")
        self.assertEqual(self.connect("user=postgres sslmode=disable", sql=parameters), "f||||")
        verified = self.connect(f"user=ada sslmode=verify-ca sslrootcert={self.folder}/cert.pem", "pencil")
        self.assertEqual(verified, "ada")

    def test_rules(self):
        self.assertEqual(self.connect("user=postgres"), "postgres")
        self.assertIn("pg_hba.conf rejects connection", self.connect("user=banned", "x"))
        self.assertEqual(self.connect("user=guarded sslmode=require", "p\u00e4ss w\u00f6rd"), "guarded")
        self.assertEqual(self.connect("user=guarded sslmode=disable", "p\u00e4ss w\u00f6rd"), "guarded")

    def test_unix_socket(self):
        self.assertEqual(self.connect(f"user=postgres host={self.folder}"), "postgres")
        self.assertIn("no pg_hba.conf entry", self.connect(f"user=ada host={self.folder}", "pencil"))

    def test_what_is_stored_of_a_password(self):
        stored = self.server.ask("SELECT rolpassword FROM pg_authid WHERE rolname = 'ada'")
        self.assertTrue(stored.startswith("SCRAM-SHA-256$4096:"), stored)

    def test_sighup_reads_the_rules_again(self):
        self.assertEqual(self.connect("user=ada", "pencil"), "ada")
        try:
            self.hba.write_text("host all ada all reject\n" + RULES)
            self.server.process.send_signal(signal.SIGHUP)
            time.sleep(0.5)
            self.assertIn("pg_hba.conf rejects connection", self.connect("user=ada", "pencil"))
            self.hba.write_text("this is no rule\n")
            self.server.process.send_signal(signal.SIGHUP)
            time.sleep(0.5)
            self.assertIn("pg_hba.conf rejects connection", self.connect("user=ada", "pencil"))
        finally:
            self.hba.write_text(RULES)
            self.server.process.send_signal(signal.SIGHUP)
            time.sleep(0.5)

    def test_the_log_says_which_application(self):
        self.connect("user=postgres application_name=ledger", sql="SELECT 1/0")
        self.connect("user=postgres application_name=ledger", sql="SET application_name = 'night run'; SELECT 2/0")
        lines = (self.server.folder / "log").read_text().splitlines()
        self.assertTrue(any(line.endswith("ledger ERROR:  division by zero") for line in lines), lines[-5:])
        self.assertTrue(any(line.endswith("night run ERROR:  division by zero") for line in lines), lines[-5:])

    def http(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def test_http(self):
        self.assertEqual(self.http("/healthz")[0], 200)
        self.assertEqual(self.http("/readyz")[0], 200)
        status, metrics = self.http("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("# TYPE grizzlydb_", metrics)
        self.assertNotRegex(metrics, r"# HELP grizzlydb_(\w+) \1\n")  # each says more than its name
        status, text = self.http("/nothing")
        self.assertEqual(status, 404)
        self.assertIn("/metrics", text)


if __name__ == "__main__":
    unittest.main()
