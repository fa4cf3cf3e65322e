#include "sql/runner/file_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace grizzly::test {
namespace {

std::string DatabaseNameFor(const std::string& path) {
  std::string name = "test_";
  for (const char c : std::filesystem::path(path).stem().string()) {
    name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  }
  return name.substr(0, 60);
}

std::vector<std::string> Sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

// A name that holds a space stands in quotes.
std::vector<std::string> Quoted(std::vector<std::string> names) {
  for (std::string& name : names) {
    if (name.find(' ') != std::string::npos) name = fmt::format("\"{}\"", name);
  }
  return names;
}

std::string ErrorLine(const Answer& answer) {
  return fmt::format("ERROR {}{}: {}", answer.sql_state,
                     answer.position > 0 ? fmt::format(" at {}", answer.position) : "",
                     fmt::join(answer.message, " | "));
}

}  // namespace

FileRun::FileRun(const std::string& path, Target& target, const Configuration& configuration,
                 const RunOptions& options)
    : script_(ReadScript(path)),
      target_(target),
      configuration_(configuration),
      options_(options),
      database_(options.single_database.empty() ? DatabaseNameFor(path) : options.single_database) {}

FileResult FileRun::Run() {
  MakeDatabase();
  RunRecords(script_.records, {});
  clients_.clear();
  if (!result_.server_is_lost) DropDatabase();
  if (options_.rewrites) WriteEdits();
  return std::move(result_);
}

void FileRun::MakeDatabase() {
  if (!options_.single_database.empty()) return;
  Client admin(target_.ConnectionString("postgres"));
  if (!admin.IsConnected()) throw std::runtime_error("cannot connect: " + admin.ConnectError());
  admin.Run(fmt::format("DROP DATABASE IF EXISTS {}", database_), Protocol::kSimple);
  const Answer made = admin.Run(fmt::format("CREATE DATABASE {}", database_), Protocol::kSimple);
  if (made.is_error) throw std::runtime_error("CREATE DATABASE: " + ErrorLine(made));
}

void FileRun::DropDatabase() {
  if (!options_.single_database.empty()) return;
  Client admin(target_.ConnectionString("postgres"));
  // A session that just said goodbye may still be counted for a moment.
  for (int attempt = 0; attempt < 50; ++attempt) {
    const Answer dropped =
        admin.Run(fmt::format("DROP DATABASE IF EXISTS {}", database_), Protocol::kSimple);
    if (!dropped.is_error || dropped.sql_state != "55006") return;
    admin.Run("SELECT pg_sleep(0.05)", Protocol::kSimple);
  }
}

Client& FileRun::Connected(const std::string& name) {
  std::unique_ptr<Client>& client = clients_[name];
  if (client != nullptr && client->IsConnected()) return *client;
  client = std::make_unique<Client>(
      fmt::format("{} {}", target_.ConnectionString(database_), connection_options_[name]));
  if (!client->IsConnected()) throw std::runtime_error("cannot connect: " + client->ConnectError());
  for (const std::string& command : configuration_.session_commands) {
    const Answer answer = client->Run(command, Protocol::kSimple);
    if (answer.is_error) throw std::runtime_error(command + ": " + ErrorLine(answer));
  }
  return *client;
}

bool FileRun::Applies(const std::string& name) const {
  return name == target_.name() || name == configuration_.name;
}

bool FileRun::IsSkipped(const Record& record) const {
  const auto applies = [this](const std::string& name) { return Applies(name); };
  return std::any_of(record.skip_if.begin(), record.skip_if.end(), applies) ||
         (!record.only_if.empty() &&
          std::none_of(record.only_if.begin(), record.only_if.end(), applies));
}

FileRun::Flow FileRun::RunRecords(const std::vector<Record>& records,
                                  std::map<std::string, std::string> variables) {
  for (const Record& written : records) {
    if (IsSkipped(written)) continue;
    const Record record = Substitute(written, variables);
    const Flow flow =
        record.kind == RecordKind::kLoop ? RunLoop(record, variables) : RunRecord(record);
    if (flow == Flow::kEnd) return Flow::kEnd;
  }
  return Flow::kGoOn;
}

FileRun::Flow FileRun::RunLoop(const Record& record, std::map<std::string, std::string> variables) {
  ++loop_depth_;
  for (const std::string& value : record.values) {
    variables[record.argument] = value;
    if (RunRecords(record.body, variables) == Flow::kEnd) return Flow::kEnd;
  }
  --loop_depth_;
  return Flow::kGoOn;
}

FileRun::Flow FileRun::RunRecord(const Record& record) {
  switch (record.kind) {
    case RecordKind::kHalt:
      return Flow::kEnd;
    case RecordKind::kConnection:
      current_ = record.argument;
      if (!record.options.empty()) connection_options_[current_] = record.options;
      return Flow::kGoOn;
    case RecordKind::kDisconnect:
      clients_.erase(record.argument.empty() ? current_ : record.argument);
      return Flow::kGoOn;
    case RecordKind::kRestart:
      return RunRestart(record);
    default:
      ++result_.record_count;
      return RunSql(record);
  }
}

FileRun::Flow FileRun::RunRestart(const Record& record) {
  clients_.clear();
  if (!target_.CanRestart()) {
    Fail(record, "this server is not ours to restart");
    return Flow::kEnd;
  }
  target_.Restart(/*with_kill=*/record.argument == "kill");
  return Flow::kGoOn;
}

FileRun::Flow FileRun::RunSql(const Record& record) {
  Answer answer;
  try {
    Client& client = Connected(current_);
    answer = record.kind == RecordKind::kCopyIn    ? client.CopyIn(record.sql, record.copy_lines)
             : record.kind == RecordKind::kCopyOut ? client.CopyOut(record.sql)
                                                   : client.Run(record.sql, configuration_.protocol);
  } catch (const std::runtime_error& error) {
    answer.is_error = answer.is_lost = true;
    answer.message = {error.what()};
  }
  if (answer.is_lost && answer.sql_state.empty()) {
    Fail(record, fmt::format("the server was lost: {}", fmt::join(answer.message, " ")));
    result_.server_is_lost = true;
    return Flow::kEnd;
  }
  if (options_.rewrites && loop_depth_ == 0) {
    Rewrite(record, answer);
  } else {
    Compare(record, answer);
  }
  return Flow::kGoOn;
}

void FileRun::Fail(const Record& record, const std::string& sentence) {
  result_.failures.push_back(fmt::format("{}:{}: {}", script_.path, record.line, sentence));
}

void FileRun::Compare(const Record& record, const Answer& answer) {
  if (record.outcome == Outcome::kAny) {
    Fail(record, "what is expected is not filled in (run with --oracle postgres15 --rewrite)");
  } else if (record.outcome == Outcome::kError) {
    CompareError(record, answer);
  } else if (answer.is_error) {
    Fail(record, fmt::format("expected success, got {}", ErrorLine(answer)));
  } else {
    CompareSuccess(record, answer);
  }
}

void FileRun::CompareError(const Record& record, const Answer& answer) {
  if (!answer.is_error) {
    Fail(record, fmt::format("expected error {}, got success ({})", record.sql_state, answer.tag));
    return;
  }
  if (answer.sql_state != record.sql_state ||
      (record.position > 0 && answer.position != record.position)) {
    Fail(record, fmt::format("expected error {}{}, got {}", record.sql_state,
                             record.position > 0 ? fmt::format(" at {}", record.position) : "",
                             ErrorLine(answer)));
    return;
  }
  if (!record.has_block) return;
  const auto is_extra = [](const std::string& line) {
    return line.starts_with("DETAIL:") || line.starts_with("HINT:");
  };
  std::vector<std::string> actual = answer.message;
  if (record.shows_fields) {
    actual.insert(actual.end(), answer.fields.begin(), answer.fields.end());
  } else if (std::none_of(record.block.begin(), record.block.end(), is_extra)) {
    actual.erase(std::find_if(actual.begin(), actual.end(), is_extra), actual.end());
  }
  CompareLines(record, "message", record.block, actual);
}

void FileRun::CompareSuccess(const Record& record, const Answer& answer) {
  if (record.outcome == Outcome::kCount && answer.count != record.count) {
    Fail(record, fmt::format("expected {} rows, got \"{}\"", record.count, answer.tag));
  }
  if (!record.tag.empty() && answer.tag != record.tag) {
    Fail(record, fmt::format("expected the tag {}, got {}", record.tag, answer.tag));
  }
  if (!record.names.empty() && answer.names != record.names) {
    CompareLines(record, "column names", record.names, answer.names);
  }
  if (record.kind == RecordKind::kQuery) {
    if (answer.types != (record.types == "-" ? "" : record.types)) {
      Fail(record, fmt::format("expected columns of types {}, got {}", record.types, answer.types));
    }
    CompareLines(record, "rows", record.sorts_rows ? Sorted(record.block) : record.block,
                 record.sorts_rows ? Sorted(answer.rows) : answer.rows);
  } else if (record.has_block) {
    const bool is_copy = record.kind == RecordKind::kCopyOut;
    CompareLines(record, is_copy ? "lines" : "notices", record.block,
                 is_copy ? answer.rows : answer.notices);
  }
}

void FileRun::CompareLines(const Record& record, const std::string& what,
                           std::vector<std::string> expected, std::vector<std::string> actual) {
  if (expected == actual) return;
  constexpr size_t kLinesShownMax = 30;
  std::string text = fmt::format("{} differ (- expected {}, + got {} lines)", what, expected.size(),
                                 actual.size());
  size_t shown = 0;
  for (size_t i = 0; i < std::max(expected.size(), actual.size()) && shown < kLinesShownMax; ++i) {
    const bool same = i < expected.size() && i < actual.size() && expected[i] == actual[i];
    if (same) continue;
    if (i < expected.size()) text += fmt::format("\n    {} - {}", i + 1, expected[i]);
    if (i < actual.size()) text += fmt::format("\n    {} + {}", i + 1, actual[i]);
    ++shown;
  }
  Fail(record, text);
}

// Replaces what the record expects; what it is (a count, a query, an error) stays, unless it is `?`.
void FileRun::Rewrite(const Record& record, const Answer& answer) {
  const std::string& written = script_.lines[record.line - 1];
  std::string header = written;
  std::vector<std::string> block;
  const bool wants_error = record.outcome == Outcome::kError ||
                           (record.outcome == Outcome::kAny && answer.is_error);
  if (wants_error != answer.is_error) {
    Compare(record, answer);
    return;
  }
  if (wants_error) {
    const std::string word = record.kind == RecordKind::kCopyIn    ? "copy_in"
                             : record.kind == RecordKind::kCopyOut ? "copy_out"
                                                                   : "statement";
    header = fmt::format("{} error {}", word, answer.sql_state);
    if (answer.position > 0) header += fmt::format(" at {}", answer.position);
    block = answer.message;
    if (record.shows_fields) {
      header += " fields";
      block.insert(block.end(), answer.fields.begin(), answer.fields.end());
    }
  } else if (record.kind == RecordKind::kQuery) {
    const std::string types = answer.types.empty() ? "-" : answer.types;
    header = fmt::format("query {}{}", types, record.sorts_rows ? " rowsort" : "");
    if (!record.names.empty()) header += fmt::format(" names {}", fmt::join(Quoted(answer.names), " "));
    block = record.sorts_rows ? Sorted(answer.rows) : answer.rows;
  } else {
    if (record.outcome == Outcome::kAny) header.replace(header.find('?'), 1, "ok");
    if (record.outcome == Outcome::kCount) {
      header = fmt::format("{} count {}", written.substr(0, written.find(' ')), answer.count);
    }
    if (!record.tag.empty()) {
      header = header.substr(0, header.find(" tag ")) + " tag " + answer.tag;
    }
    if (record.kind == RecordKind::kCopyOut) {
      block = answer.rows;
      block.push_back("\\.");
    } else if (record.has_block) {
      block = answer.notices;
    }
  }
  edits_.push_back({record.line, record.line + 1, {header}});
  const bool has_block = wants_error || record.kind == RecordKind::kQuery ||
                         record.kind == RecordKind::kCopyOut || record.has_block;
  if (!has_block) return;
  block.insert(block.begin(), "----");
  edits_.push_back({record.block_line, record.end_line, block});
}

void FileRun::WriteEdits() {
  std::sort(edits_.begin(), edits_.end(),
            [](const Edit& a, const Edit& b) { return a.first_line > b.first_line; });
  std::vector<std::string>& lines = script_.lines;
  for (const Edit& edit : edits_) {
    lines.erase(lines.begin() + edit.first_line - 1, lines.begin() + edit.end_line - 1);
    lines.insert(lines.begin() + edit.first_line - 1, edit.lines.begin(), edit.lines.end());
  }
  std::ofstream(script_.path) << JoinLines(lines) << "\n";
}

}  // namespace grizzly::test
