"""Shows: the runner passes what is right, finds each planted mistake, and rewrites; PostgreSQL 15 answers.

    runner_test.py SQL_RUNNER
"""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PLANTED = Path(__file__).resolve().parent / "planted"
RUNNER = sys.argv.pop(1)


def run(*arguments):
    answer = subprocess.run([RUNNER, "--oracle", "postgres15", *arguments], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    return answer.returncode, answer.stdout


class RunnerTest(unittest.TestCase):
    maxDiff = None

    def test_what_is_right_passes_in_both_protocols(self):
        for config in ("simple", "extended"):
            code, output = run("--config", config, str(PLANTED / "passes.test"))
            self.assertEqual(code, 0, output)

    def test_each_planted_mistake_is_found(self):
        path = PLANTED / "fails.test"
        headers = [number for number, line in enumerate(path.read_text().splitlines(), 1)
                   if line.startswith(("statement", "query", "copy_out"))]
        code, output = run(str(path))
        self.assertEqual(code, 1)
        found = [line for line in headers if f"fails.test:{line}: " in output]
        self.assertEqual(found, headers, output)

    def test_rewrite(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "to_rewrite.test"
            shutil.copy(PLANTED / "to_rewrite.test", copy)
            code, output = run("--rewrite", str(copy))
            self.assertEqual(code, 0, output)
            self.assertEqual(copy.read_text(), (PLANTED / "rewritten.expected").read_text())


if __name__ == "__main__":
    unittest.main()
