// One connection of a test, and the answer to one statement as the lines a .test file writes.
//
// FORMAT   a row is its columns separated by tabs; NULL, (empty) for an empty text, \n and \t inside
//          a value written out; (row) for a row without columns.
// TIMEOUT  a statement that is not answered in kAnswerTimeout is a failure, and ends the connection.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace grizzly::test {

inline constexpr std::chrono::seconds kAnswerTimeout{120};

enum class Protocol { kSimple, kExtended };

struct Answer {
  bool is_error = false;
  bool is_lost = false;             // no answer: the connection broke or the time was up
  std::string sql_state;
  int position = 0;
  std::vector<std::string> message;  // lines: the message, then DETAIL and HINT
  std::vector<std::string> fields;   // lines: SCHEMA NAME, TABLE NAME ... of an error
  std::string tag;
  std::string count;                // rows affected, as the command tag says
  std::string types;                // a letter a column
  std::vector<std::string> names;
  std::vector<std::string> rows;
  std::vector<std::string> notices;
};

class Client {
 public:
  explicit Client(const std::string& connection_string);

  bool IsConnected() const { return PQstatus(connection_.get()) == CONNECTION_OK; }
  std::string ConnectError() const { return PQerrorMessage(connection_.get()); }

  Answer Run(const std::string& sql, Protocol protocol);
  Answer CopyIn(const std::string& sql, const std::vector<std::string>& lines);
  Answer CopyOut(const std::string& sql);

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Result = std::unique_ptr<PGresult, Clear>;

  static void KeepNotice(void* client, const PGresult* notice);
  // Waits for the next result; false when the time was up or the connection broke.
  bool Next(Result& result);
  // Reads results to the end; the last one, or the first error, is the answer.
  Answer Finished();
  Answer Lost(const std::string& why);
  bool RunPrepared(const std::string& sql, Answer& answer);

  std::unique_ptr<PGconn, Finish> connection_;
  std::vector<std::string> notices_;
};

}  // namespace grizzly::test
