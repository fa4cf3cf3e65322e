// Binds each statement of tests/golden/binder/*.txt and compares the plan, or the error with SQLSTATE
// and place, with what stands there. GRIZZLY_REWRITE=1 writes the files anew: review the diff.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error/sql_error.h"
#include "planner/binder/binder.h"
#include "sample_schema.h"
#include "types/type_name.h"
#include "sample_schema.h"

namespace grizzly::planner {
namespace {

struct GoldenCase {
  std::string sql;
  std::string expected;
};

// SQL (one or more lines), "----", the expected text, an empty line.
std::vector<GoldenCase> ReadCases(const std::filesystem::path& path) {
  std::vector<GoldenCase> cases;
  std::ifstream file(path);
  std::string line;
  GoldenCase current;
  bool in_expected = false;
  const auto finish = [&] {
    if (!current.sql.empty()) cases.push_back(current);
    current = {};
    in_expected = false;
  };
  while (std::getline(file, line)) {
    if (line.empty()) {
      finish();
    } else if (line == "----") {
      in_expected = true;
    } else {
      std::string& part = in_expected ? current.expected : current.sql;
      part += line;
      part += '\n';
    }
  }
  finish();
  return cases;
}

std::string NameOf(const SqlType& type) { return types::TypeName(type.oid, type.typmod); }

std::string Describe(const BoundStatement& bound) {
  std::string text = ToString(*bound.root, bound.columns);
  std::string results;
  for (const auto& result : bound.results) {
    if (!results.empty()) results += ", ";
    results += result.name + " " + NameOf(bound.columns[result.column].type);
  }
  if (!results.empty()) text += "result: " + results + "\n";
  for (size_t i = 0; i < bound.parameter_types.size(); ++i) {
    text += "$" + std::to_string(i + 1) + " " + NameOf(bound.parameter_types[i]) + "\n";
  }
  return text;
}

std::string Describe(const SqlError& error) {
  const auto state = facts::SqlStateText(error.state());
  std::string text = "error " + std::string(state.begin(), state.end());
  if (error.byte_offset() >= 0) text += " at " + std::to_string(error.byte_offset());
  text += ": " + error.diagnostic().message + "\n";
  if (!error.diagnostic().detail.empty()) text += "detail: " + error.diagnostic().detail + "\n";
  if (!error.diagnostic().hint.empty()) text += "hint: " + error.diagnostic().hint + "\n";
  return text;
}

std::string BindText(const SampleSchema& schema, const std::string& sql) {
  try {
    const auto parsed = parser::ParsedText::Parse(sql);
    BinderInput input;
    input.catalog = schema.snapshot();
    input.search_path = &schema.search_path();
    input.source_text = parsed->sql();
    input.allow_unimplemented = true;
    return Describe(Bind(*parsed->statements().at(0).node, input));
  } catch (const SqlError& error) {
    return Describe(error);
  }
}

void Rewrite(const std::filesystem::path& path, const std::vector<GoldenCase>& cases) {
  std::ofstream file(path);
  for (const GoldenCase& each : cases) file << each.sql << "----\n" << each.expected << "\n";
}

TEST(BinderGoldenTest, PlansAndErrors) {
  const SampleSchema schema;
  const std::filesystem::path folder = std::filesystem::path(GRIZZLY_SOURCE_DIR) / "tests/golden/binder";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  ASSERT_FALSE(files.empty());
  const bool rewrite = std::getenv("GRIZZLY_REWRITE") != nullptr;
  for (const auto& path : files) {
    std::vector<GoldenCase> cases = ReadCases(path);
    for (GoldenCase& each : cases) {
      const std::string actual = BindText(schema, each.sql);
      if (rewrite) {
        each.expected = actual;
      } else {
        EXPECT_EQ(actual, each.expected) << path.filename() << ": " << each.sql;
      }
    }
    if (rewrite) Rewrite(path, cases);
  }
}

}  // namespace
}  // namespace grizzly::planner
