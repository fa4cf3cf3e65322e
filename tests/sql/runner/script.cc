#include "sql/runner/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace grizzly::test {
namespace {

std::vector<std::string> Words(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  std::string word;
  while (in >> word) {
    if (word.front() == '"') {
      while (word.size() < 2 || word.back() != '"') {
        std::string more;
        if (!(in >> more)) break;
        word += " " + more;
      }
      if (word.size() >= 2 && word.back() == '"') word = word.substr(1, word.size() - 2);
    }
    words.push_back(word);
  }
  return words;
}

std::string Join(const std::vector<std::string>& words, size_t first) {
  std::string text;
  for (size_t i = first; i < words.size(); ++i) text += (i > first ? " " : "") + words[i];
  return text;
}

class Reader {
 public:
  explicit Reader(Script& script) : script_(script) {}

  std::vector<Record> ReadRecords(bool inside_loop) {
    std::vector<Record> records;
    std::vector<std::string> skip_if, only_if;
    while (!AtEnd()) {
      const std::vector<std::string> words = Words(Line());
      if (words.empty() || words[0][0] == '#') {
        ++at_;
      } else if (words[0] == "skipif" || words[0] == "onlyif") {
        (words[0] == "skipif" ? skip_if : only_if).push_back(Join(words, 1));
        ++at_;
      } else if (words[0] == "endloop") {
        if (!inside_loop) Fail("endloop without loop");
        ++at_;
        return records;
      } else {
        Record record = ReadRecord(words);
        record.skip_if = std::exchange(skip_if, {});
        record.only_if = std::exchange(only_if, {});
        records.push_back(std::move(record));
      }
    }
    if (inside_loop) Fail("loop without endloop");
    return records;
  }

 private:
  bool AtEnd() const { return at_ >= script_.lines.size(); }
  const std::string& Line() const { return script_.lines[at_]; }

  [[noreturn]] void Fail(const std::string& sentence) const {
    throw ScriptError(fmt::format("{}:{}: {}", script_.path, at_ + 1, sentence));
  }

  Record ReadRecord(const std::vector<std::string>& words) {
    Record record;
    record.line = static_cast<int>(at_) + 1;
    if (words[0] == "loop" || words[0] == "foreach") {
      ReadLoop(words, record);
    } else if (words[0] == "connection" || words[0] == "disconnect" || words[0] == "restart" ||
               words[0] == "halt") {
      ReadDirective(words, record);
    } else {
      ReadHeader(words, record);
      ++at_;
      ReadSql(record);
      if (record.kind == RecordKind::kCopyIn) ReadCopyLines(record);
      record.block_line = static_cast<int>(at_) + 1;
      ReadBlock(record);
    }
    record.end_line = static_cast<int>(at_) + 1;
    return record;
  }

  void ReadDirective(const std::vector<std::string>& words, Record& record) {
    record.kind = words[0] == "connection"   ? RecordKind::kConnection
                  : words[0] == "disconnect" ? RecordKind::kDisconnect
                  : words[0] == "restart"    ? RecordKind::kRestart
                                             : RecordKind::kHalt;
    if (words[0] == "connection" && words.size() < 2) Fail("connection needs a name");
    if (words.size() > 1) record.argument = words[1];
    record.options = Join(words, 2);
    ++at_;
  }

  // loop i 1 10 (both included), or foreach type int4 int8
  void ReadLoop(const std::vector<std::string>& words, Record& record) {
    record.kind = RecordKind::kLoop;
    if (words.size() < 3) Fail("a loop needs a variable and values");
    record.argument = words[1];
    if (words[0] == "foreach") {
      record.values.assign(words.begin() + 2, words.end());
    } else {
      if (words.size() != 4) Fail("loop needs: variable, first, last");
      for (long i = std::stol(words[2]); i <= std::stol(words[3]); ++i) {
        record.values.push_back(std::to_string(i));
      }
    }
    ++at_;
    record.body = ReadRecords(/*inside_loop=*/true);
  }

  // statement ok | count N | error SQLSTATE [at POS] | ?   [fields] [tag TAG...]
  // query TYPES | ?   [rowsort] [names NAME...]
  void ReadHeader(const std::vector<std::string>& words, Record& record) {
    size_t next = 1;
    if (words[0] == "query") {
      record.kind = RecordKind::kQuery;
      if (words.size() < 2) Fail("query needs its types, or ?");
      record.outcome = words[1] == "?" ? Outcome::kAny : Outcome::kOk;
      record.types = words[next++];
    } else {
      record.kind = words[0] == "statement" ? RecordKind::kStatement
                    : words[0] == "copy_in" ? RecordKind::kCopyIn
                    : words[0] == "copy_out"
                        ? RecordKind::kCopyOut
                        : (Fail("unknown record: " + words[0]), RecordKind::kHalt);
      next = ReadOutcome(words, record);
    }
    for (; next < words.size(); ++next) {
      if (words[next] == "rowsort") {
        record.sorts_rows = true;
      } else if (words[next] == "fields") {
        record.shows_fields = true;
      } else if (words[next] == "names") {
        record.names.assign(words.begin() + next + 1, words.end());
        return;
      } else if (words[next] == "tag") {
        record.tag = Join(words, next + 1);
        return;
      } else {
        Fail("not understood: " + words[next]);
      }
    }
  }

  size_t ReadOutcome(const std::vector<std::string>& words, Record& record) {
    const std::string outcome = words.size() > 1 ? words[1] : "ok";
    if (outcome == "ok") return 2;
    if (outcome == "?") {
      record.outcome = Outcome::kAny;
      return 2;
    }
    if (words.size() < 3) Fail("expected ok, count N, error SQLSTATE or ?");
    if (outcome == "count") {
      record.outcome = Outcome::kCount;
      record.count = words[2];
      return 3;
    }
    if (outcome != "error") Fail("expected ok, count N, error SQLSTATE or ?");
    record.outcome = Outcome::kError;
    record.sql_state = words[2];
    if (words.size() < 5 || words[3] != "at") return 3;
    record.position = std::stoi(words[4]);
    return 5;
  }

  void ReadSql(Record& record) {
    std::vector<std::string> sql;
    while (!AtEnd() && !Line().empty() && Line() != "----") sql.push_back(script_.lines[at_++]);
    if (sql.empty()) Fail("a record needs its SQL on the lines below");
    record.sql = JoinLines(sql);
  }

  void ReadCopyLines(Record& record) {
    if (AtEnd() || Line() != "----") Fail("copy_in needs ---- and its lines, ended by \\.");
    ++at_;
    while (!AtEnd() && Line() != "\\.") record.copy_lines.push_back(script_.lines[at_++]);
    if (AtEnd()) Fail("copy_in lines end with \\.");
    ++at_;
  }

  void ReadBlock(Record& record) {
    if (AtEnd() || Line() != "----") return;
    record.has_block = true;
    ++at_;
    const bool until_dot = record.kind == RecordKind::kCopyOut && record.outcome == Outcome::kOk;
    while (!AtEnd() && (until_dot ? Line() != "\\." : !Line().empty())) {
      record.block.push_back(script_.lines[at_++]);
    }
    if (until_dot && AtEnd()) Fail("copy_out lines end with \\.");
    if (until_dot) ++at_;
  }

  Script& script_;
  size_t at_ = 0;
};

void SubstituteIn(std::string& text, const std::map<std::string, std::string>& variables) {
  for (const auto& [name, value] : variables) {
    const std::string mark = "${" + name + "}";
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
      text.replace(at, mark.size(), value);
      at += value.size();
    }
  }
}

}  // namespace

std::string JoinLines(const std::vector<std::string>& lines) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) text += (i > 0 ? "\n" : "") + lines[i];
  return text;
}

std::vector<std::string> ScriptsBelow(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      const bool is_planted = entry.path().string().find("/planted/") != std::string::npos;
      if (entry.path().extension() == ".test" && !is_planted) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

Script ReadScript(const std::string& path) {
  Script script;
  script.path = path;
  std::ifstream in(path);
  if (!in) throw ScriptError(path + ": cannot be read");
  for (std::string line; std::getline(in, line);) script.lines.push_back(line);
  script.records = Reader(script).ReadRecords(/*inside_loop=*/false);
  return script;
}

Record Substitute(Record record, const std::map<std::string, std::string>& variables) {
  if (variables.empty()) return record;
  for (std::string* text : {&record.sql, &record.count, &record.tag, &record.argument, &record.options}) {
    SubstituteIn(*text, variables);
  }
  for (auto* lines : {&record.block, &record.copy_lines, &record.names, &record.values}) {
    for (std::string& line : *lines) SubstituteIn(line, variables);
  }
  return record;
}

}  // namespace grizzly::test
