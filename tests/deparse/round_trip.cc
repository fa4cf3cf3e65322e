// deparse_round_trip: what the parser writes of a tree reads as that tree again.
//
//   deparse_round_trip FOLDER
//
// Parses each query of FOLDER's .test files, writes it with parser::DeparseStatement, parses that, and compares
// both trees without places. Views, rules of defaults and prepared statements are kept as such text.
#include <pg_query/pg_query.pb-c.h>

#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "base/error/sql_error.h"
#include "parser/deparse.h"
#include "parser/parse.h"
#include "sql/runner/script.h"
#include "support/message_field.h"

namespace grizzly::test {
namespace {

bool IsPlace(std::string_view field) {
  return field == "location" || field == "stmt_location" || field == "stmt_len" || field.ends_with("_location");
}

void ForgetPlaces(ProtobufCMessage& message) {
  for (unsigned i = 0; i < message.descriptor->n_fields; ++i) {
    const ProtobufCFieldDescriptor& field = message.descriptor->fields[i];
    if (IsPlace(field.name)) {
      FieldAt<int32_t>(message, field.offset) = 0;
    } else if (field.type == PROTOBUF_C_TYPE_MESSAGE && field.label == PROTOBUF_C_LABEL_REPEATED) {
      for (size_t c = 0; c < FieldAt<size_t>(message, field.quantifier_offset); ++c) {
        ForgetPlaces(*FieldAt<ProtobufCMessage**>(message, field.offset)[c]);
      }
    } else if (field.type == PROTOBUF_C_TYPE_MESSAGE) {
      const bool is_set = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 ||
                          FieldAt<uint32_t>(message, field.quantifier_offset) == field.id;
      ProtobufCMessage* part = is_set ? FieldAt<ProtobufCMessage*>(message, field.offset) : nullptr;
      if (part != nullptr) ForgetPlaces(*part);
    }
  }
}

std::string TreeBytes(const PgQuery__Node& statement) {
  auto& node = const_cast<PgQuery__Node&>(statement);  // nobody else has the ParsedText
  ForgetPlaces(node.base);
  std::string bytes(pg_query__node__get_packed_size(&node), '\0');
  pg_query__node__pack(&node, reinterpret_cast<uint8_t*>(bytes.data()));
  return bytes;
}

bool IsKeptAsText(const PgQuery__Node& statement) {
  switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
    case PG_QUERY__NODE__NODE_INSERT_STMT:
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
    case PG_QUERY__NODE__NODE_DELETE_STMT:
    case PG_QUERY__NODE__NODE_MERGE_STMT:
    case PG_QUERY__NODE__NODE_VIEW_STMT: return true;
    // SELECT INTO is written as CREATE TABLE AS.
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT: return !statement.create_table_as_stmt->is_select_into;
    default: return false;
  }
}

class RoundTrips {
 public:
  void AddFile(const std::string& path) {
    path_ = path;
    AddRecords(ReadScript(path).records);
  }
  int Report() const {
    std::printf("%zu queries written and read again, %zu differ\n", seen_.size(), difference_count_);
    return difference_count_ == 0 && !seen_.empty() ? 0 : 1;
  }

 private:
  void AddRecords(const std::vector<Record>& records) {
    for (const Record& record : records) {
      if (record.kind == RecordKind::kLoop) AddRecords(record.body);
      else if (!record.sql.empty()) AddText(record.sql, record.line);
    }
  }

  void AddText(const std::string& sql, int line) {
    std::shared_ptr<const parser::ParsedText> parsed;
    try {
      parsed = parser::ParsedText::Parse(sql);
    } catch (const SqlError&) {
      return;  // a record of a syntax error, or of a clause that is refused
    }
    for (const parser::RawStatement& statement : parsed->statements()) {
      if (!IsKeptAsText(*statement.node) || !seen_.insert(std::string(statement.text)).second) continue;
      const std::string problem = Problem(*statement.node);
      if (problem.empty()) continue;
      ++difference_count_;
      std::printf("%s:%d: %s\n  %s\n", path_.c_str(), line, std::string(statement.text).c_str(), problem.c_str());
    }
  }

  static std::string Problem(const PgQuery__Node& statement) {
    std::string written;
    try {
      written = parser::DeparseStatement(statement);
      const auto again = parser::ParsedText::Parse(written);
      if (again->statements().size() == 1 && TreeBytes(*again->statements()[0].node) == TreeBytes(statement)) return "";
      return "reads as another tree: " + written;
    } catch (const SqlError& error) {
      return std::string(error.what()) + ": " + written;
    }
  }

  std::string path_;
  std::set<std::string> seen_;
  size_t difference_count_ = 0;
};

int Main(const std::string& folder) {
  RoundTrips trips;
  for (const std::string& path : ScriptsBelow({folder})) trips.AddFile(path);
  return trips.Report();
}

}  // namespace
}  // namespace grizzly::test

int main(int argument_count, char** arguments) {
  if (argument_count != 2) {
    std::fputs("usage: deparse_round_trip FOLDER\n", stderr);
    return 2;
  }
  return grizzly::test::Main(arguments[1]);
}
