// Runs one .test file against one server, in a database of its own, and says what differed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sql/runner/client.h"
#include "sql/runner/configuration.h"
#include "sql/runner/script.h"
#include "support/target.h"

namespace grizzly::test {

struct FileResult {
  int record_count = 0;
  std::vector<std::string> failures;  // path:line: sentence, then lines of detail
  bool server_is_lost = false;
};

struct RunOptions {
  bool rewrites = false;        // put this server's answers into the file
  std::string single_database;  // use this database instead of a fresh one
};

class FileRun {
 public:
  FileRun(const std::string& path, Target& target, const Configuration& configuration,
          const RunOptions& options);

  FileResult Run();

 private:
  struct Edit {
    int first_line, end_line;  // of the file, end exclusive
    std::vector<std::string> lines;
  };
  enum class Flow { kGoOn, kEnd };

  void MakeDatabase();
  void DropDatabase();
  Client& Connected(const std::string& name);
  Flow RunRecords(const std::vector<Record>& records, std::map<std::string, std::string> variables);
  Flow RunRecord(const Record& record);
  Flow RunLoop(const Record& record, std::map<std::string, std::string> variables);
  Flow RunRestart(const Record& record);
  Flow RunSql(const Record& record);
  bool IsSkipped(const Record& record) const;
  bool Applies(const std::string& name) const;

  void Compare(const Record& record, const Answer& answer);
  void CompareError(const Record& record, const Answer& answer);
  void CompareSuccess(const Record& record, const Answer& answer);
  void CompareLines(const Record& record, const std::string& what,
                    std::vector<std::string> expected, std::vector<std::string> actual);
  void Fail(const Record& record, const std::string& sentence);

  void Rewrite(const Record& record, const Answer& answer);
  void WriteEdits();

  Script script_;
  Target& target_;
  const Configuration& configuration_;
  const RunOptions& options_;
  std::string database_;
  std::string current_ = "main";
  std::map<std::string, std::string> connection_options_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
  std::vector<Edit> edits_;
  int loop_depth_ = 0;
  FileResult result_;
};

}  // namespace grizzly::test
