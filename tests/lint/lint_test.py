"""Shows: each lint check finds its planted violation, and is quiet on a tree that is in order."""

import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "lint"))

import cpp_scan        # noqa: E402
import dead_files      # noqa: E402
import doors           # noqa: E402
import layers          # noqa: E402
import life_of_a_query  # noqa: E402
import links           # noqa: E402
import names           # noqa: E402
import readmes         # noqa: E402
import sizes           # noqa: E402
import unfinished      # noqa: E402
from tree import Tree  # noqa: E402

ORDERLY = {
    "layers.txt": "base :\ntypes : base\n",
    "tools/lint/doors.txt": "rocksdb/ : storage/kv\nboost/ : server\n",
    "tools/lint/size_exceptions.txt": "",
    "tools/lint/allowed_names.txt": "DataRow\n",
    "src/base/ids.h": "#pragma once\n",
    "src/types/int8.cc": '#include "types/int8.h"\n#include "base/ids.h"\n#include <vector>\n',
    "src/types/int8.h": "#pragma once\n",
}


def long_function(line_count):
    return "int Long(int a) {\n" + "  a += 1;\n" * (line_count - 2) + "}\n"


class LintTest(unittest.TestCase):
    def violations(self, check, planted):
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**ORDERLY, **planted}.items():
                file = Path(root) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return [str(violation) for violation in sorted(check.check(Tree(root)))]

    def expect(self, check, planted, *expected):
        found = self.violations(check, planted)
        self.assertEqual(len(found), len(expected), found)
        for violation, text in zip(found, expected):
            self.assertIn(text, violation)

    def test_orderly_tree_is_quiet(self):
        for check in (layers, doors, sizes, names, unfinished, dead_files, life_of_a_query, links):
            self.expect(check, {})

    def test_layers(self):
        self.expect(layers, {"src/base/ids.h": '\n#include "types/int8.h"\n'},
                    "src/base/ids.h:2: base may not include types/int8.h")
        self.expect(layers, {"src/attic/a.cc": ""}, "module attic has no line")
        self.expect(layers, {"layers.txt": "base : types\ntypes : base\n"},
                    "base stands on types, which comes later: a cycle")
        self.expect(layers, {"layers.txt": "base : attic\ntypes : base\n"}, "attic, which is no module")

    def test_doors(self):
        rocks = '#include "rocksdb/db.h"\n'
        self.expect(doors, {"src/storage/kv/store.cc": rocks})
        self.expect(doors, {"src/storage/row/row.cc": rocks},
                    "src/storage/row/row.cc:1: rocksdb/db.h may be included only in storage/kv")
        self.expect(doors, {"src/session/session.cc": "#include <boost/asio.hpp>\n"}, "only in server")

    def test_sizes(self):
        path = "src/base/long.cc"
        exceptions = "tools/lint/size_exceptions.txt"
        self.expect(sizes, {path: long_function(70)})
        self.expect(sizes, {path: long_function(71)}, f"{path}:1: Long has 71 lines")
        self.expect(sizes, {path: "\n" * 1001}, "the file has 1001 lines")
        self.expect(sizes, {path: long_function(80), exceptions: f"{path}:Long 80\n"})
        self.expect(sizes, {path: long_function(81), exceptions: f"{path}:Long 80\n"}, "has grown to 81")
        self.expect(sizes, {path: long_function(80), exceptions: f"{path}:Long 99\n"}, "lower the number")
        self.expect(sizes, {exceptions: f"{path}:Long 80\n"}, "needs no exception any more")

    def test_names(self):
        self.expect(names, {"src/base/string_util.h": ""}, 'string_util says nothing with "util"')
        self.expect(names, {"src/base/a.h": "class TableInfo {};\n"}, "TableInfo says nothing")
        self.expect(names, {"src/base/a.h": "struct DataRow {};\nclass Database {};\n"})

    def test_unfinished(self):
        self.expect(unfinished, {"src/base/a.cc": "\n// TODO later\n"}, "src/base/a.cc:2: TODO")
        self.expect(unfinished, {"src/base/a.cc": 'Throw("XX000");\n'})

    def test_dead_files(self):
        self.expect(dead_files, {"src/attic/a.cc": ""}, "belongs to no target")
        self.expect(dead_files, {"tests/unit/base/a.cc": ""}, "belongs to no target")
        self.expect(dead_files, {"tests/unit/attic/a_test.cc": ""}, "attic is no module")
        self.expect(dead_files, {"tests/unit/base/a_test.cc": ""})
        self.expect(dead_files, {"tests/sql/runner/main.cc": ""}, "no CMakeLists.txt")
        self.expect(dead_files, {"tests/sql/runner/main.cc": "", "tests/sql/CMakeLists.txt": ""})
        self.expect(dead_files, {"src/base/lonely.h": ""}, "lonely.h:1: no file includes it")
        self.expect(dead_files, {"src/base/tested.h": "", "tests/unit/base/a_test.cc": '#include "base/tested.h"'})

    def test_readmes(self):
        whole = textwrap.dedent("""\
            # base
            Purpose      the ground.
            Files        ids.h      distinct types for ids.
            Invariants   none.
            Threads      any.
            Limits       none.
            To add one   1. write it.
            Sources      none.
            """)
        types = {"src/types/README.md": whole.replace("ids.h", "int8.h")}
        self.expect(readmes, {"src/base/README.md": whole, **types})
        self.expect(readmes, types, "the module has no README")
        self.expect(readmes, {"src/base/README.md": whole.replace("ids.h", "gone.h"), **types},
                    "src/base/README.md:3: names gone.h")
        self.expect(readmes, {"src/base/README.md": whole.replace("Limits", "Lemons"), **types},
                    "section Limits is missing")

    def test_links(self):
        fine = "[x](../src/base/ids.h#top) [y](https://example.org/) `src/base/` `src/base/ids.h`\n"
        self.expect(links, {"docs/a.md": fine})
        self.expect(links, {"docs/a.md": "\n[x](b.md)\n"}, "docs/a.md:2: links to b.md")
        self.expect(links, {"README.md": "`src/base/gone.h`\n"}, "README.md:1: names src/base/gone.h")

    def test_life_of_a_query(self):
        source = {"src/base/a.cc": "namespace grizzly::base {\nvoid Arena::Allocate() {}\n}\n"}
        page = "docs/life_of_a_query.md"
        self.expect(life_of_a_query, {**source, page: "See `Arena::Allocate` and `base::Arena`.\n"})
        self.expect(life_of_a_query, {**source, page: "\nSee `Arena::Release`.\n"},
                    f"{page}:2: Arena::Release does not exist")


class CppScanTest(unittest.TestCase):
    def test_functions_and_types_are_found(self):
        functions, types = cpp_scan.scan(textwrap.dedent('''\
            #define OPENS {
            namespace grizzly::base {
            // a comment with { and "quote
            constexpr int kTable[] = {1, 2, 1'000};
            template <class T, bool (*f)(int)>
            struct Pair final : Base<T> {
              Pair() : a_{1}, b_(2) {
                if (a_) { b_ = '{'; }
              }
              bool operator==(const Pair& o) const { return R"x(}")x" == o.s; }
              int a_ = 0;
            };
            enum class Kind : int { kOne, kTwo };
            static int Twice(int n = {}) noexcept {
              auto f = [&](int m) { return m * 2; };
              return f(n);
            }
            }  // namespace
            '''))
        self.assertEqual([(f.name, f.first_line, f.last_line) for f in functions],
                         [("Pair", 7, 9), ("operator==", 10, 10), ("Twice", 14, 17)])
        self.assertEqual([t.name for t in types], ["Pair", "Kind"])


if __name__ == "__main__":
    unittest.main()
