#include "history/history_run.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace grizzly::history {
namespace {

constexpr int kConnections = 5;

std::vector<int> Numbers(const std::string& text) {
  std::vector<int> numbers;
  std::istringstream in(text);
  std::string number;
  while (std::getline(in, number, ',')) {
    if (!number.empty()) numbers.push_back(std::stoi(number));
  }
  return numbers;
}

// A failure that concurrency explains. Two that make an object at a time may choose one name for it.
bool IsExpected(const std::string& state, bool is_ddl) {
  if (is_ddl && (state == "42P07" || state == "23505")) return true;
  return state == "40001" || state == "40P01" || state == "55P03";
}

void Execute(PGconn* connection, const std::string& sql) {
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  PQclear(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection));
  }
}

void KeepSilent(void*, const PGresult*) {}

std::vector<std::vector<int>> ListsOf(const std::vector<std::pair<int, std::string>>& rows) {
  std::vector<std::vector<int>> lists(kListCount);
  for (const auto& [key, text] : rows) lists.at(static_cast<size_t>(key)) = Numbers(text);
  return lists;
}

std::vector<int> RegistersOf(const std::vector<std::pair<int, std::string>>& rows) {
  std::vector<int> values(kRegisterCount, -1);
  for (const auto& [key, text] : rows) values.at(static_cast<size_t>(key)) = std::stoi(text);
  return values;
}

std::vector<int> ValuesOf(const std::vector<std::pair<int, std::string>>& rows) {
  std::vector<int> values;
  for (const auto& [key, text] : rows) values.push_back(std::stoi(text));
  return values;
}

void Keep(Op& op, const std::vector<std::pair<int, std::string>>& rows) {
  op.done = true;
  switch (op.kind) {
    case OpKind::kReadList: op.lists = {ListsOf(rows)[static_cast<size_t>(op.key)]}; break;
    case OpKind::kReadAllLists: op.lists = ListsOf(rows); break;
    case OpKind::kReadRegister: op.values = {RegistersOf(rows)[static_cast<size_t>(op.key)]}; break;
    case OpKind::kReadAllRegisters: op.values = RegistersOf(rows); break;
    case OpKind::kWriteRegister:
      op.replaced = RegistersOf(rows)[static_cast<size_t>(op.key)];
      break;
    case OpKind::kReadBuckets: op.values = ValuesOf(rows); break;
    default: break;
  }
}

// What came after the last savepoint, up to `end`, has not happened.
void UndoSavepoint(Txn& txn, size_t end) {
  for (size_t i = end; i-- > 0;) {
    if (txn.ops[i].kind == OpKind::kSavepoint && txn.ops[i].done) return;
    txn.ops[i].undone = true;
  }
}

}  // namespace

HistoryRun::HistoryRun(const std::string& connection_string) {
  const auto connect = [&] {
    Connection connection(PQconnectdb(connection_string.c_str()));
    if (PQstatus(connection.get()) != CONNECTION_OK) {
      throw std::runtime_error(PQerrorMessage(connection.get()));
    }
    PQsetNoticeReceiver(connection.get(), KeepSilent, nullptr);
    Execute(connection.get(), "SET deadlock_timeout = '10ms'; SET synchronous_commit = off");
    return connection;
  };
  control_ = connect();
  for (int i = 0; i < kConnections; ++i) connections_.push_back(connect());
}

void HistoryRun::MakeTables(Shape shape) { Execute(control_.get(), CreateTables(shape)); }

void HistoryRun::Play(History& history) {
  ++history_number_;
  level_ = history.level;
  random_.seed(history.seed ^ 0x9E3779B97F4A7C15u);
  Execute(control_.get(), PrepareHistory(history_number_));
  players_.assign(static_cast<size_t>(history.session_count), {});
  for (size_t i = 0; i < players_.size(); ++i) players_[i].connection = connections_[i].get();
  for (Txn& txn : history.txns) players_[static_cast<size_t>(txn.session)].txns.push_back(&txn);
  for (;;) {
    std::vector<Player*> free;
    bool any_left = false;
    for (Player& player : players_) {
      if (player.sent != Sent::kNothing && HasAnswer(player, std::chrono::milliseconds(0))) {
        TakeAnswer(player);
      }
      any_left |= player.txn < player.txns.size();
      if (player.sent == Sent::kNothing && player.txn < player.txns.size()) free.push_back(&player);
    }
    if (!any_left) break;
    if (free.empty()) {
      AwaitAnyone();
      continue;
    }
    Player& next = *free[random_() % free.size()];
    SendNext(next);
    if (HasAnswer(next, kAnswerWait)) TakeAnswer(next);
  }
  ReadFinalState(history);
}

void HistoryRun::SendNext(Player& player) {
  Txn& txn = *player.txns[player.txn];
  if (player.op == txn.ops.size()) return Send(player, Sent::kCommit, "COMMIT");
  std::string sql;
  if (!player.in_block) {
    sql = "BEGIN ISOLATION LEVEL " + LevelName(level_) + (txn.read_only ? " READ ONLY; " : "; ");
    player.in_block = true;
  }
  const Op& op = txn.ops[player.op];
  if (op.kind == OpKind::kDdl) sql += "SET LOCAL lock_timeout = '2s'; ";
  Send(player, Sent::kOp, sql + StatementOf(op, history_number_, ++ddl_number_));
}

void HistoryRun::Send(Player& player, Sent what, const std::string& sql) {
  if (PQsendQuery(player.connection, sql.c_str()) == 0) {
    throw std::runtime_error(PQerrorMessage(player.connection));
  }
  player.sent = what;
}

bool HistoryRun::HasAnswer(Player& player, std::chrono::milliseconds wait) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  for (;;) {
    if (PQconsumeInput(player.connection) == 0) {
      throw std::runtime_error(PQerrorMessage(player.connection));
    }
    if (PQisBusy(player.connection) == 0) return true;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd socket{PQsocket(player.connection), POLLIN, 0};
    ::poll(&socket, 1, static_cast<int>(left.count()));
  }
}

void HistoryRun::AwaitAnyone() {
  std::vector<pollfd> sockets;
  for (const Player& player : players_) {
    if (player.sent != Sent::kNothing) sockets.push_back({PQsocket(player.connection), POLLIN, 0});
  }
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(kGiveUpAfter);
  if (::poll(sockets.data(), sockets.size(), static_cast<int>(limit.count())) == 0) {
    throw std::runtime_error("everybody waits and nobody is told of a deadlock");
  }
}

HistoryRun::Answer HistoryRun::ReadAnswer(PGconn* connection) {
  Answer answer;
  while (PGresult* result = PQgetResult(connection)) {
    if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
      const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
      answer.state = state != nullptr ? state : "08006";
      answer.message = PQresultErrorMessage(result);
    }
    for (int row = 0; row < PQntuples(result); ++row) {
      answer.rows.emplace_back(std::stoi(PQgetvalue(result, row, 0)), PQgetvalue(result, row, 1));
    }
    PQclear(result);
  }
  return answer;
}

void HistoryRun::TakeAnswer(Player& player) {
  const Answer answer = ReadAnswer(player.connection);
  Txn& txn = *player.txns[player.txn];
  const bool is_ddl = player.sent == Sent::kOp && txn.ops[player.op].kind == OpKind::kDdl;
  if (!answer.state.empty() && !IsExpected(answer.state, is_ddl)) {
    throw std::runtime_error(answer.message);
  }
  switch (std::exchange(player.sent, Sent::kNothing)) {
    case Sent::kNothing: break;
    case Sent::kOp: answer.state.empty() ? OnOpDone(player, answer) : OnError(player, answer); break;
    case Sent::kCommit:
      txn.error = answer.state;
      EndTxn(player, answer.state.empty() ? Outcome::kCommitted : Outcome::kAborted);
      break;
    case Sent::kRollback: EndTxn(player, Outcome::kAborted); break;
    case Sent::kRecovery: ++player.op; break;
  }
}

void HistoryRun::OnOpDone(Player& player, const Answer& answer) {
  Txn& txn = *player.txns[player.txn];
  Op& op = txn.ops[player.op];
  if (op.kind == OpKind::kRollbackToSavepoint) UndoSavepoint(txn, player.op);
  player.has_savepoint |= op.kind == OpKind::kSavepoint;
  Keep(op, answer.rows);
  ++player.op;
}

// Back to the savepoint and on, now and then; otherwise the transaction is over.
void HistoryRun::OnError(Player& player, const Answer& answer) {
  Txn& txn = *player.txns[player.txn];
  txn.error = answer.state;
  if (player.has_savepoint && random_() % 2 == 0) {
    UndoSavepoint(txn, player.op);
    return Send(player, Sent::kRecovery, "ROLLBACK TO SAVEPOINT s");
  }
  Send(player, Sent::kRollback, "ROLLBACK");
}

void HistoryRun::EndTxn(Player& player, Outcome outcome) {
  player.txns[player.txn]->outcome = outcome;
  ++player.txn;
  player.op = 0;
  player.in_block = player.has_savepoint = false;
}

HistoryRun::Answer HistoryRun::Ask(const std::string& sql) {
  PQsendQuery(control_.get(), sql.c_str());
  Answer answer = ReadAnswer(control_.get());
  if (!answer.state.empty()) throw std::runtime_error(answer.message);
  return answer;
}

void HistoryRun::ReadFinalState(History& history) {
  const auto ask = [&](const Op& op) { return Ask(StatementOf(op, history_number_, 0)).rows; };
  history.final_lists = ListsOf(ask({OpKind::kReadAllLists}));
  history.final_registers = RegistersOf(ask({OpKind::kReadAllRegisters}));
  history.final_values = ValuesOf(ask({OpKind::kReadBuckets, 0, kBucketCount}));
}

}  // namespace grizzly::history
