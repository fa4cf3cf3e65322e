// A .test file as records: what to send, and what must come back.
//
// LANGUAGE  tests/sql/README.md. Every record keeps the lines it came from, so that --rewrite can put
//           another server's answers in their place.
// ERRORS    ScriptError names file and line.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace grizzly::test {

struct ScriptError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class RecordKind {
  kStatement, kQuery, kCopyIn, kCopyOut, kConnection, kDisconnect, kRestart, kLoop, kHalt
};

enum class Outcome { kAny, kOk, kCount, kError };  // kAny: `?`, to be filled in by --rewrite

struct Record {
  RecordKind kind = RecordKind::kStatement;
  int line = 0;                       // of the header, 1-based
  std::vector<std::string> skip_if;   // names of servers and configurations
  std::vector<std::string> only_if;

  std::string sql;
  Outcome outcome = Outcome::kOk;
  std::string count;                  // rows a `statement count` must report
  std::string sql_state;
  int position = 0;                   // 1-based character of the error; 0 = not checked
  std::string tag;                    // command tag; empty = not checked
  std::string types;                  // one letter a column
  bool sorts_rows = false;
  bool shows_fields = false;          // an error's block has the names of objects, too
  std::vector<std::string> names;     // column names; empty = not checked
  bool has_block = false;             // a ---- was there
  std::vector<std::string> block;     // the lines below it
  std::vector<std::string> copy_lines;  // what a copy_in sends

  std::string argument;               // connection and restart: the name; loop: the variable
  std::string options;                // connection: "user=alice dbname=x"
  std::vector<std::string> values;    // loop
  std::vector<Record> body;           // loop

  int block_line = 0;                 // first line after the SQL (the ---- or where one would go)
  int end_line = 0;                   // first line after the record
};

struct Script {
  std::string path;
  std::vector<std::string> lines;
  std::vector<Record> records;
};

// The .test files of folders, all the way down, and files as they are; sorted. Not those of planted/.
std::vector<std::string> ScriptsBelow(const std::vector<std::string>& paths);

Script ReadScript(const std::string& path);

// `record` with ${name} replaced by its value everywhere.
Record Substitute(Record record, const std::map<std::string, std::string>& variables);

std::string JoinLines(const std::vector<std::string>& lines);

}  // namespace grizzly::test
