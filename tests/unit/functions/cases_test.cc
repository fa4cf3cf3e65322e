// Shows: built-in functions answer what PostgreSQL 15 answered, errors and SQLSTATEs included.
// The cases are data (cases/*.tsv, made by generate_cases.py); functions we do not have are skipped.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "functions/registry.h"
#include "types/type_io.h"

namespace grizzly::functions {
namespace {

using types::Datum;
using types::Vector;
using Field = std::optional<std::string>;

std::filesystem::path CasesFolder() {
  std::filesystem::path at = std::filesystem::current_path();
  while (!std::filesystem::exists(at / "tests/unit/functions/cases") && at.has_relative_path()) {
    at = at.parent_path();
  }
  return at / "tests/unit/functions/cases";
}

// COPY's text format.
std::vector<Field> SplitLine(const std::string& line) {
  std::vector<Field> fields(1, std::string());
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\t') {
      fields.emplace_back(std::string());
    } else if (line[i] == '\\' && i + 1 < line.size()) {
      const char c = line[++i];
      if (c == 'N') {
        fields.back().reset();
      } else if (fields.back().has_value()) {
        constexpr std::string_view kFrom = "nrtbfv", kTo = "\n\r\t\b\f\v";
        const size_t found = kFrom.find(c);
        *fields.back() += found == std::string_view::npos ? c : kTo[found];
      }
    } else if (fields.back().has_value()) {
      *fields.back() += line[i];
    }
  }
  return fields;
}

struct Case {
  const facts::ProcFact* proc;
  std::vector<Oid> types;
  std::string state;
  Field answer;
  std::vector<Field> arguments;
};

Case ParseCase(const std::string& line) {
  const std::vector<Field> fields = SplitLine(line);
  Case parsed;
  parsed.proc = facts::FindProc(static_cast<Oid>(std::stoul(*fields[0])));
  std::string number;
  for (char c : *fields[1] + ",") {
    if (c != ',') {
      number += c;
    } else if (!number.empty()) {
      parsed.types.push_back(static_cast<Oid>(std::stoul(number)));
      number.clear();
    }
  }
  parsed.state = *fields[2];
  parsed.answer = fields[3];
  for (size_t i = 0; i < parsed.types.size(); ++i) parsed.arguments.push_back(fields[4 + i]);
  return parsed;
}

Oid ElementToArray(Oid element) {
  const facts::TypeFact* fact = facts::FindType(element);
  return fact == nullptr ? kInvalidOid : fact->typarray;
}

// The result type with a polymorphic one resolved from the arguments.
Oid ResultType(const Case& c) {
  const Oid declared = c.proc->prorettype;
  auto actual = [&](Oid wanted) {
    for (size_t i = 0; i < c.types.size(); ++i) {
      if (c.proc->proargtypes[i] == wanted) return c.types[i];
    }
    return kInvalidOid;
  };
  switch (declared) {
    case facts::kAnyarrayOid: {
      const Oid array = actual(facts::kAnyarrayOid);
      return array != kInvalidOid ? array : ElementToArray(actual(facts::kAnyelementOid));
    }
    case facts::kAnyelementOid: {
      const Oid element = actual(facts::kAnyelementOid);
      if (element != kInvalidOid) return element;
      if (actual(facts::kAnyarrayOid) != kInvalidOid) {
        return facts::FindType(actual(facts::kAnyarrayOid))->typelem;
      }
      return facts::kInt4Oid;
    }
    case facts::kAnycompatiblearrayOid: {
      const Oid array = actual(facts::kAnycompatiblearrayOid);
      return array != kInvalidOid ? array : ElementToArray(actual(facts::kAnycompatibleOid));
    }
    case facts::kAnyrangeOid: {
      const Oid range = actual(facts::kAnyrangeOid);
      return range != kInvalidOid ? range : facts::kInt4rangeOid;
    }
    case facts::kAnymultirangeOid:
      return facts::kInt4multirangeOid;
    default:
      return declared;
  }
}

class CaseRunner {
 public:
  // Nullopt: not ours to run. Else what differs; empty: nothing.
  std::optional<std::string> Run(const Case& c) {
    const Implementation* implementation = BuiltinRegistry().Find(c.proc->oid);
    if (implementation == nullptr || implementation->scalar == nullptr) return std::nullopt;
    const Oid result_type = ResultType(c);
    call_ = CallSite();
    call_.function = c.proc->oid;
    call_.collation = 100;
    call_.result_io = types::BuiltinTypeIo(result_type);
    if (call_.result_io == nullptr) return std::nullopt;
    call_.result_type = types::BuiltinType(result_type);
    for (Oid type : c.types) {
      call_.argument_io.push_back(types::BuiltinTypeIo(type));
      if (call_.argument_io.back() == nullptr) return std::nullopt;
      call_.argument_types.push_back(types::BuiltinType(type));
    }
    return Compare(c, implementation->scalar);
  }

 private:
  std::string Compare(const Case& c, ScalarKernel kernel) {
    std::string state;
    Field answer;
    try {
      answer = Call(c, kernel);
    } catch (const SqlError& error) {
      const auto code = facts::SqlStateText(error.state());
      state.assign(code.data(), code.size());
      answer = error.what();
    }
    if (state == c.state && answer == c.answer) return "";
    return fmt::format("got {} {}, PostgreSQL has {} {}", state, answer.value_or("NULL"), c.state,
                       c.answer.value_or("NULL"));
  }

  Field Call(const Case& c, ScalarKernel kernel) {
    std::vector<Vector> vectors;
    std::vector<const Vector*> pointers;
    vectors.reserve(c.types.size());
    for (size_t i = 0; i < c.types.size(); ++i) {
      vectors.emplace_back(call_.argument_types[i], 1);
      if (c.arguments[i].has_value()) {
        vectors[i].SetDatum(
            0, call_.argument_io[i]->Input(*c.arguments[i], -1, settings_, arena_));
      } else {
        vectors[i].SetDatum(0, Datum::Null());
      }
      pointers.push_back(&vectors[i]);
    }
    Vector result(call_.result_type, 1);
    FunctionContext context;
    context.io = &settings_;
    context.scratch = &arena_;
    context.result_heap = &result.heap();
    kernel(context, call_, pointers, 1, result);
    const Datum value = result.GetDatum(0);
    if (value.is_null()) return std::nullopt;
    std::string text;
    call_.result_io->Output(value, settings_, text);
    return text;
  }

  types::IoSettings settings_;
  Arena arena_;
  CallSite call_;
};

class CasesTest : public testing::TestWithParam<std::string> {};

TEST_P(CasesTest, AnswersAsPostgresDoes) {
  std::ifstream file(CasesFolder() / (GetParam() + ".tsv"));
  ASSERT_TRUE(file.good());
  CaseRunner runner;
  std::string line;
  int ran = 0, skipped = 0, failed = 0;
  while (std::getline(file, line)) {
    const Case c = ParseCase(line);
    const std::optional<std::string> difference = runner.Run(c);
    if (!difference.has_value()) {
      ++skipped;
      continue;
    }
    // Functions that ask the session have none here; SQL tests call them.
    if (difference->find("context.session != nullptr") != std::string::npos) {
      ++skipped;
      continue;
    }
    ++ran;
    if (difference->empty()) continue;
    ++failed;
    std::string arguments;
    for (const Field& argument : c.arguments) {
      arguments += (arguments.empty() ? "" : ", ") + argument.value_or("NULL");
    }
    ADD_FAILURE() << c.proc->proname << " [" << c.proc->prosrc << "] (" << arguments
                  << "): " << *difference;
  }
  std::cout << GetParam() << ": " << ran << " ran, " << failed << " failed, " << skipped
            << " of functions we do not have\n";
}

INSTANTIATE_TEST_SUITE_P(All, CasesTest,
                         testing::Values("numbers", "numeric", "strings", "patterns", "formatting",
                                         "datetime", "arrays", "json", "ranges", "geometry",
                                         "network"),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace grizzly::functions
