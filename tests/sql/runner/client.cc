#include "sql/runner/client.h"

#include <poll.h>

#include <cstdlib>
#include <sstream>
#include <utility>

namespace grizzly::test {
namespace {

using SteadyClock = std::chrono::steady_clock;

// I integer, R number, B boolean, D date and time, T everything else.
char TypeLetter(Oid type) {
  switch (type) {
    case 20: case 21: case 23: case 26: return 'I';
    case 700: case 701: case 1700: return 'R';
    case 16: return 'B';
    case 1082: case 1083: case 1114: case 1184: case 1186: case 1266: return 'D';
    default: return 'T';
  }
}

std::string Field(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column)) return "NULL";
  const char* value = PQgetvalue(result, row, column);
  if (*value == '\0') return "(empty)";
  std::string text;
  for (; *value != '\0'; ++value) {
    if (*value == '\n') {
      text += "\\n";
    } else if (*value == '\t') {
      text += "\\t";
    } else {
      text += *value;
    }
  }
  return text;
}

void AddLines(std::vector<std::string>& lines, const char* prefix, const char* text) {
  if (text == nullptr) return;
  std::istringstream in(prefix + std::string(text));
  for (std::string line; std::getline(in, line);) lines.push_back(line.empty() ? " " : line);
}

struct ObjectField {
  const char* prefix;  // as psql's verbose form has it
  int code;
};
constexpr ObjectField kObjectFields[] = {{"SCHEMA NAME:  ", PG_DIAG_SCHEMA_NAME},
                                         {"TABLE NAME:  ", PG_DIAG_TABLE_NAME},
                                         {"COLUMN NAME:  ", PG_DIAG_COLUMN_NAME},
                                         {"DATATYPE NAME:  ", PG_DIAG_DATATYPE_NAME},
                                         {"CONSTRAINT NAME:  ", PG_DIAG_CONSTRAINT_NAME}};

Answer AnswerOf(const PGresult* result) {
  Answer answer;
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
    answer.is_error = true;
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    answer.is_lost = state == nullptr;
    answer.sql_state = state != nullptr ? state : "";
    answer.position = position != nullptr ? std::atoi(position) : 0;
    const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    AddLines(answer.message, "", primary != nullptr ? primary : PQresultErrorMessage(result));
    AddLines(answer.message, "DETAIL:  ", PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
    AddLines(answer.message, "HINT:  ", PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
    for (const ObjectField& field : kObjectFields) {
      AddLines(answer.fields, field.prefix, PQresultErrorField(result, field.code));
    }
    return answer;
  }
  answer.tag = PQcmdStatus(const_cast<PGresult*>(result));
  answer.count = PQcmdTuples(const_cast<PGresult*>(result));
  for (int column = 0; column < PQnfields(result); ++column) {
    answer.types += TypeLetter(PQftype(result, column));
    answer.names.push_back(PQfname(result, column));
  }
  for (int row = 0; row < PQntuples(result); ++row) {
    std::string line = PQnfields(result) == 0 ? "(row)" : "";
    for (int column = 0; column < PQnfields(result); ++column) {
      line += (column > 0 ? "\t" : "") + Field(result, row, column);
    }
    answer.rows.push_back(line);
  }
  return answer;
}

}  // namespace

Client::Client(const std::string& connection_string)
    : connection_(PQconnectdb((connection_string + " client_encoding=UTF8").c_str())) {
  PQsetNoticeReceiver(connection_.get(), &Client::KeepNotice, this);
}

void Client::KeepNotice(void* client, const PGresult* notice) {
  const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY);
  const char* message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
  if (severity == nullptr || message == nullptr) return;
  AddLines(static_cast<Client*>(client)->notices_, (std::string(severity) + ":  ").c_str(), message);
}

bool Client::Next(Result& result) {
  PGconn* connection = connection_.get();
  const auto deadline = SteadyClock::now() + kAnswerTimeout;
  PQflush(connection);
  while (PQisBusy(connection)) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
    pollfd socket{PQsocket(connection), POLLIN, 0};
    if (left <= 0 || poll(&socket, 1, static_cast<int>(left)) <= 0) return false;
    if (PQconsumeInput(connection) == 0) break;
  }
  result.reset(PQgetResult(connection));
  return true;
}

Answer Client::Lost(const std::string& why) {
  Answer answer;
  answer.is_error = answer.is_lost = true;
  AddLines(answer.message, "", why.c_str());
  connection_.reset(PQconnectdb("hostaddr=0.0.0.0 port=1 connect_timeout=1"));
  return answer;
}

Answer Client::Finished() {
  Answer answer;
  while (true) {
    Result result;
    if (!Next(result)) return Lost("no answer in time");
    if (!result) break;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
      return Lost("COPY belongs into copy_in or copy_out");
    }
    if (!answer.is_error) answer = AnswerOf(result.get());
    if (answer.is_lost) break;
  }
  answer.notices = std::exchange(notices_, {});
  if (!IsConnected()) answer.is_lost = true;
  return answer;
}

// False when the statement cannot be prepared because it is several.
bool Client::RunPrepared(const std::string& sql, Answer& answer) {
  PQsendPrepare(connection_.get(), "", sql.c_str(), 0, nullptr);
  answer = Finished();
  if (answer.is_error) {
    return answer.message.empty() ||
           answer.message[0] != "cannot insert multiple commands into a prepared statement";
  }
  PQsendQueryPrepared(connection_.get(), "", 0, nullptr, nullptr, nullptr, 0);
  answer = Finished();
  return true;
}

Answer Client::Run(const std::string& sql, Protocol protocol) {
  notices_.clear();
  Answer answer;
  if (protocol == Protocol::kExtended && RunPrepared(sql, answer)) return answer;
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) return Lost(ConnectError());
  return Finished();
}

Answer Client::CopyIn(const std::string& sql, const std::vector<std::string>& lines) {
  notices_.clear();
  Result begin(PQexec(connection_.get(), sql.c_str()));
  if (PQresultStatus(begin.get()) != PGRES_COPY_IN) return AnswerOf(begin.get());
  for (const std::string& line : lines) {
    const std::string bytes = line + "\n";
    PQputCopyData(connection_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }
  PQputCopyEnd(connection_.get(), nullptr);
  return Finished();
}

Answer Client::CopyOut(const std::string& sql) {
  notices_.clear();
  Result begin(PQexec(connection_.get(), sql.c_str()));
  if (PQresultStatus(begin.get()) != PGRES_COPY_OUT) return AnswerOf(begin.get());
  std::string bytes;
  char* row = nullptr;
  for (int size = 0; (size = PQgetCopyData(connection_.get(), &row, 0)) > 0; PQfreemem(row)) {
    bytes.append(row, static_cast<size_t>(size));
  }
  Answer answer = Finished();
  std::istringstream in(bytes);
  for (std::string line; std::getline(in, line);) answer.rows.push_back(line);
  return answer;
}

}  // namespace grizzly::test
