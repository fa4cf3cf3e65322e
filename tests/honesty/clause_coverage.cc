// clause_coverage: which clauses of the grammar the SQL tests use, and each such statement without it.
//
//   clause_coverage FOLDER
//
// Reads the records of FOLDER's .test files that grizzlyd is expected to run, parses their SQL, and prints for
// each field that is set and that facts/clauses.csv says acts, tab-separated:
//
//   message  field  value  outcome  file  line  last_line  statement-without-the-field
//
// value is empty unless clauses.csv has rows by value. outcome is ok or error: a statement may fail because of
// its clause (NOWAIT), but only with an error that PostgreSQL gives, too, and that is not its grammar's.
// [line, last_line) is the record's SQL. The last column escapes \ and line ends as \\ and \n; it is empty where
// libpg_query cannot write the rest as SQL, or writes the same SQL. At most kUsesKept uses of a clause, of each
// outcome, are printed, kUsesOfFileKept of a file.
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "facts/clauses.h"
#include "sql/runner/script.h"
#include "support/message_field.h"

namespace grizzly::test {
namespace {

constexpr size_t kUsesKept = 24;
constexpr size_t kUsesOfFileKept = 3;

std::string_view MessageName(const ProtobufCMessage& message) {
  return std::string_view(message.descriptor->name).substr(sizeof("pg_query.") - 1);
}

size_t ScalarBytes(ProtobufCType type) {
  switch (type) {
    case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE: return sizeof(void*);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64: return sizeof(int64_t);
    default: return sizeof(int32_t);
  }
}

// The value as clauses.csv writes it; empty for what has none.
std::string ValueText(ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
  if (field.label == PROTOBUF_C_LABEL_REPEATED) return "";
  switch (field.type) {
    case PROTOBUF_C_TYPE_BOOL:
      return FieldAt<protobuf_c_boolean>(message, field.offset) != 0 ? "true" : "";
    case PROTOBUF_C_TYPE_ENUM: {
      const int value = FieldAt<int>(message, field.offset);
      const auto* named = protobuf_c_enum_descriptor_get_value(
          static_cast<const ProtobufCEnumDescriptor*>(field.descriptor), value);
      return value == 0 || named == nullptr ? "" : named->name;
    }
    case PROTOBUF_C_TYPE_STRING: {
      const char* text = FieldAt<const char*>(message, field.offset);
      return text == nullptr ? "" : text;
    }
    default: return "";
  }
}

bool IsSet(ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    return FieldAt<size_t>(message, field.quantifier_offset) != 0;
  }
  if ((field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
    return FieldAt<uint32_t>(message, field.quantifier_offset) == field.id;
  }
  if (field.type == PROTOBUF_C_TYPE_STRING) return !ValueText(message, field).empty();
  const std::vector<char> zero(ScalarBytes(field.type), 0);
  return std::memcmp(&FieldAt<char>(message, field.offset), zero.data(), zero.size()) != 0;
}

// One field of one message of a tree, taken out while this object lives.
class WithoutField {
 public:
  WithoutField(ProtobufCMessage& message, const ProtobufCFieldDescriptor& field)
      : place_(&FieldAt<char>(message, field.label == PROTOBUF_C_LABEL_REPEATED ? field.quantifier_offset
                                                                           : field.offset)),
        kept_(field.label == PROTOBUF_C_LABEL_REPEATED ? sizeof(size_t) : ScalarBytes(field.type)) {
    std::memcpy(kept_.data(), place_, kept_.size());
    std::memset(place_, 0, kept_.size());
    if (field.type == PROTOBUF_C_TYPE_STRING && field.label != PROTOBUF_C_LABEL_REPEATED) {
      static char empty[] = "";
      char* none = empty;
      std::memcpy(place_, &none, sizeof(none));
    }
  }
  ~WithoutField() { std::memcpy(place_, kept_.data(), kept_.size()); }
  WithoutField(const WithoutField&) = delete;
  WithoutField& operator=(const WithoutField&) = delete;

 private:
  char* const place_;
  std::vector<char> kept_;
};

// Writes trees as SQL. A tree that lacks a part can crash libpg_query: a child process does it, a new one after
// each crash.
class Deparser {
 public:
  ~Deparser() { End(); }
  // Empty where libpg_query cannot write it.
  std::string Deparse(const PgQuery__ParseResult& tree) {
    if (child_ < 0) Begin();
    std::string bytes(pg_query__parse_result__get_packed_size(&tree), '\0');
    pg_query__parse_result__pack(&tree, reinterpret_cast<uint8_t*>(bytes.data()));
    std::string sql;
    if (Send(to_child_, bytes) && Receive(from_child_, &sql)) return sql;
    End();
    return "";
  }

 private:
  static bool Send(int file, const std::string& text) {
    const uint64_t size = text.size();
    std::string framed(reinterpret_cast<const char*>(&size), sizeof(size));
    framed += text;
    for (size_t sent = 0; sent < framed.size();) {
      const ssize_t wrote = write(file, framed.data() + sent, framed.size() - sent);
      if (wrote <= 0) return false;
      sent += static_cast<size_t>(wrote);
    }
    return true;
  }
  static bool ReceiveBytes(int file, char* bytes, size_t size) {
    for (size_t got = 0; got < size;) {
      const ssize_t part = read(file, bytes + got, size - got);
      if (part <= 0) return false;
      got += static_cast<size_t>(part);
    }
    return true;
  }
  static bool Receive(int file, std::string* text) {
    uint64_t size = 0;
    if (!ReceiveBytes(file, reinterpret_cast<char*>(&size), sizeof(size))) return false;
    text->resize(size);
    return ReceiveBytes(file, text->data(), size);
  }

  void Begin() {
    int down[2], up[2];
    if (pipe(down) != 0 || pipe(up) != 0) return;
    child_ = fork();
    if (child_ == 0) {
      close(down[1]);
      close(up[0]);
      Serve(down[0], up[1]);
    }
    close(down[0]);
    close(up[1]);
    to_child_ = down[1];
    from_child_ = up[0];
  }
  void End() {
    if (child_ < 0) return;
    close(to_child_);
    close(from_child_);
    waitpid(child_, nullptr, 0);
    child_ = -1;
  }
  [[noreturn]] static void Serve(int in, int out) {
    for (std::string bytes; Receive(in, &bytes);) {
      const PgQueryDeparseResult answer = pg_query_deparse_protobuf(PgQueryProtobuf{bytes.size(), bytes.data()});
      const bool is_written = answer.error == nullptr && answer.query != nullptr;
      if (!Send(out, is_written ? answer.query : "")) break;
      pg_query_free_deparse_result(answer);
    }
    _exit(0);
  }

  pid_t child_ = -1;
  int to_child_ = -1;
  int from_child_ = -1;
};

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') escaped += "\\\\";
    else if (c == '\n') escaped += "\\n";
    else if (c == '\t') escaped += ' ';
    else escaped += c;
  }
  return escaped;
}

class Coverage {
 public:
  void AddFile(const std::string& path) {
    path_ = path;
    AddRecords(ReadScript(path).records);
  }

 private:
  struct Uses {
    size_t count = 0;
    size_t of_path = 0;
    std::string path;
  };

  static bool Names(const std::vector<std::string>& names, const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  void AddRecords(const std::vector<Record>& records) {
    for (const Record& record : records) {
      if (Names(record.skip_if, "grizzlydb") || Names(record.only_if, "postgres15")) continue;
      if (record.kind == RecordKind::kLoop) {
        for (const Record& inner : record.body) {
          Record substituted = Substitute(inner, {{record.argument, record.values.front()}});
          AddRecord(substituted, /*in_loop=*/true);
        }
      } else {
        AddRecord(record, /*in_loop=*/false);
      }
    }
  }

  // 0A000 of clauses that are refused here, and what no grammar takes.
  static bool IsOurErrorOnly(const Record& record) {
    return record.outcome == Outcome::kError &&
           (Names(record.only_if, "grizzlydb") ||
            (!record.block.empty() && record.block.front().starts_with("syntax error")));
  }

  void AddRecord(const Record& record, bool in_loop) {
    if (record.sql.empty() || IsOurErrorOnly(record)) return;
    const PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(record.sql.c_str());
    if (parsed.error == nullptr) {
      PgQuery__ParseResult* tree = pg_query__parse_result__unpack(
          nullptr, parsed.parse_tree.len, reinterpret_cast<const uint8_t*>(parsed.parse_tree.data));
      record_ = &record;
      in_loop_ = in_loop;
      tree_ = tree;
      whole_.clear();
      for (size_t i = 0; i < tree->n_stmts; ++i) Walk(tree->stmts[i]->base);
      pg_query__parse_result__free_unpacked(tree, nullptr);
    }
    pg_query_free_protobuf_parse_result(parsed);
  }

  void Walk(ProtobufCMessage& message) {
    for (unsigned i = 0; i < message.descriptor->n_fields; ++i) {
      const ProtobufCFieldDescriptor& field = message.descriptor->fields[i];
      if (!IsSet(message, field)) continue;
      if (MessageName(message) != "Node") Note(message, field);
      if (field.type != PROTOBUF_C_TYPE_MESSAGE) continue;
      if (field.label == PROTOBUF_C_LABEL_REPEATED) {
        for (size_t c = 0; c < FieldAt<size_t>(message, field.quantifier_offset); ++c) {
          Walk(*FieldAt<ProtobufCMessage**>(message, field.offset)[c]);
        }
      } else {
        Walk(*FieldAt<ProtobufCMessage*>(message, field.offset));
      }
    }
  }

  void Note(ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
    const std::string value = ValueText(message, field);
    const facts::ClauseFact* fact =
        value.empty() ? nullptr : facts::FindClauseOfValue(MessageName(message), field.name, value);
    if (fact == nullptr) fact = facts::FindClause(MessageName(message), field.name);
    if (fact == nullptr || fact->field.empty() || fact->handling != facts::ClauseHandling::kActs) return;
    const bool fails = record_->outcome == Outcome::kError;
    Uses& uses = uses_[{fact, fails}];
    if (uses.path != path_) uses = {uses.count, 0, path_};
    if (uses.count == kUsesKept || uses.of_path == kUsesOfFileKept) return;
    ++uses.count;
    ++uses.of_path;
    const int sql_line = record_->line + 1;
    const auto lines = static_cast<int>(std::count(record_->sql.begin(), record_->sql.end(), '\n')) + 1;
    std::printf("%.*s\t%.*s\t%.*s\t%s\t%s\t%d\t%d\t%s\n", Width(fact->message), fact->message.data(),
                Width(fact->field), fact->field.data(), Width(fact->value), fact->value.data(),
                fails ? "error" : "ok", path_.c_str(), sql_line, sql_line + lines, Escaped(Without(message, field)).c_str());
    std::fflush(stdout);
  }

  static int Width(std::string_view text) { return static_cast<int>(text.size()); }

  // Other choices of an enum are other clauses; taking one away leaves no statement.
  std::string Without(ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
    if (in_loop_ || field.type == PROTOBUF_C_TYPE_ENUM) return "";
    if (whole_.empty()) whole_ = deparser_.Deparse(*tree_);
    const WithoutField without(message, field);
    const std::string rest = deparser_.Deparse(*tree_);
    return rest == whole_ ? "" : rest;
  }

  Deparser deparser_;
  std::string path_;
  const Record* record_ = nullptr;
  bool in_loop_ = false;
  const PgQuery__ParseResult* tree_ = nullptr;
  std::string whole_;
  std::map<std::pair<const facts::ClauseFact*, bool>, Uses> uses_;  // by clause and whether it fails
};

int Main(const std::string& folder) {
  signal(SIGPIPE, SIG_IGN);  // of a child that has crashed
  Coverage coverage;
  for (const std::string& path : ScriptsBelow({folder})) coverage.AddFile(path);
  return 0;
}

}  // namespace
}  // namespace grizzly::test

int main(int argument_count, char** arguments) {
  if (argument_count != 2) {
    std::fputs("usage: clause_coverage FOLDER\n", stderr);
    return 2;
  }
  return grizzly::test::Main(arguments[1]);
}
