#include "crash/tpcb_load.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>
#include <random>
#include <stdexcept>

namespace grizzly::test {
namespace {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
using Result = std::unique_ptr<PGresult, Clear>;

Connection Connect(const std::string& connection_string) {
  return Connection(PQconnectdb(connection_string.c_str()));
}

bool Succeeded(const Result& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

Result Execute(PGconn* connection, const std::string& sql) {
  Result result(PQexec(connection, sql.c_str()));
  if (!Succeeded(result)) throw std::runtime_error(sql + ": " + PQerrorMessage(connection));
  return result;
}

int64_t Number(PGconn* connection, const std::string& sql) {
  return std::stoll(PQgetvalue(Execute(connection, sql).get(), 0, 0));
}

void Copy(PGconn* connection, const std::string& sql, int row_count, const auto& row) {
  Result begin(PQexec(connection, sql.c_str()));
  if (PQresultStatus(begin.get()) != PGRES_COPY_IN) throw std::runtime_error(PQerrorMessage(connection));
  for (int i = 0; i < row_count; ++i) {
    const std::string line = row(i);
    PQputCopyData(connection, line.data(), static_cast<int>(line.size()));
  }
  PQputCopyEnd(connection, nullptr);
  while (Result result{PQgetResult(connection)}) {
    if (!Succeeded(result)) throw std::runtime_error(PQerrorMessage(connection));
  }
}

// The state of an error that the server sent; empty when the connection broke.
std::string StateOf(const Result& result) {
  const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  return state != nullptr ? state : "";
}

}  // namespace

void TpcbLoad::Prepare(const std::string& connection_string) {
  const Connection connection = Connect(connection_string);
  PGconn* c = connection.get();
  Execute(c, "CREATE TABLE branches (bid int PRIMARY KEY, bbalance int)");
  Execute(c, "CREATE TABLE tellers (tid int PRIMARY KEY, bid int, tbalance int)");
  Execute(c, "CREATE TABLE accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84))");
  Execute(c, "CREATE TABLE history (client int, number bigint, tid int, bid int, aid int, delta int, "
             "mtime timestamp)");
  Execute(c, "CREATE INDEX ON history (client)");
  Copy(c, "COPY branches FROM STDIN", scale_.branches,
       [](int i) { return fmt::format("{}\t0\n", i + 1); });
  Copy(c, "COPY tellers FROM STDIN", scale_.branches * scale_.tellers_per_branch, [&](int i) {
    return fmt::format("{}\t{}\t0\n", i + 1, i / scale_.tellers_per_branch + 1);
  });
  Copy(c, "COPY accounts FROM STDIN", scale_.branches * scale_.accounts_per_branch, [&](int i) {
    return fmt::format("{}\t{}\t0\t\n", i + 1, i / scale_.accounts_per_branch + 1);
  });
}

void TpcbLoad::Start(const std::string& connection_string) {
  is_stopping_ = false;
  for (size_t i = 0; i < clients_.size(); ++i) {
    threads_.emplace_back([this, i, connection_string] { RunClient(i, connection_string); });
  }
}

void TpcbLoad::Stop() {
  is_stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void TpcbLoad::RunClient(size_t index, const std::string& connection_string) {
  TpcbClient& client = clients_[index];
  const Connection connection = Connect(connection_string);
  std::mt19937_64 random(std::random_device{}());
  const auto pick = [&](int count) { return static_cast<int>(random() % count) + 1; };
  while (!is_stopping_) {
    const int aid = pick(scale_.branches * scale_.accounts_per_branch);
    const int tid = pick(scale_.branches * scale_.tellers_per_branch);
    const int bid = pick(scale_.branches);
    const int delta = pick(10'000) - 5'000;
    const int64_t number = client.acknowledged + 1;
    client.started = number;
    for (const std::string& sql : {
             std::string("BEGIN"),
             fmt::format("UPDATE accounts SET abalance = abalance + {} WHERE aid = {}", delta, aid),
             fmt::format("SELECT abalance FROM accounts WHERE aid = {}", aid),
             fmt::format("UPDATE tellers SET tbalance = tbalance + {} WHERE tid = {}", delta, tid),
             fmt::format("UPDATE branches SET bbalance = bbalance + {} WHERE bid = {}", delta, bid),
             fmt::format("INSERT INTO history (client, number, tid, bid, aid, delta, mtime) "
                         "VALUES ({}, {}, {}, {}, {}, {}, CURRENT_TIMESTAMP)",
                         index, number, tid, bid, aid, delta),
             std::string("END"),
         }) {
      Result result(PQexec(connection.get(), sql.c_str()));
      if (Succeeded(result)) continue;
      const std::string state = StateOf(result);
      // 57P01..57P03: the server is going down. Anything else it says is a fault.
      if (!state.empty() && !state.starts_with("57P")) {
        client.unexpected_error = fmt::format("{}: {}", sql, PQerrorMessage(connection.get()));
      }
      return;
    }
    client.acknowledged = number;
  }
}

std::string TpcbLoad::CheckHistory(void* connection) {
  auto* c = static_cast<PGconn*>(connection);
  std::string wrong;
  for (size_t i = 0; i < clients_.size(); ++i) {
    TpcbClient& client = clients_[i];
    const int64_t count =
        Number(c, fmt::format("SELECT count(*) FROM history WHERE client = {}", i));
    const int64_t last =
        Number(c, fmt::format("SELECT coalesce(max(number), 0) FROM history WHERE client = {}", i));
    const int64_t different = Number(
        c, fmt::format("SELECT count(DISTINCT number) FROM history WHERE client = {}", i));
    if (last < client.acknowledged || last > client.started || count != last || different != last) {
      wrong += fmt::format(
          "client {}: {} acknowledged, {} started; found {} rows, {} different, the last is {}\n", i,
          client.acknowledged, client.started, count, different, last);
    }
    if (!client.unexpected_error.empty()) wrong += client.unexpected_error + "\n";
    client.unexpected_error.clear();
    client.acknowledged = client.started = last;
  }
  return wrong;
}

std::string TpcbLoad::Check(const std::string& connection_string) {
  const Connection connection = Connect(connection_string);
  PGconn* c = connection.get();
  std::string wrong = CheckHistory(c);
  const int64_t accounts = Number(c, "SELECT sum(abalance) FROM accounts");
  const int64_t tellers = Number(c, "SELECT sum(tbalance) FROM tellers");
  const int64_t branches = Number(c, "SELECT sum(bbalance) FROM branches");
  const int64_t history = Number(c, "SELECT coalesce(sum(delta), 0) FROM history");
  if (accounts != tellers || tellers != branches || branches != history) {
    wrong += fmt::format("sums differ: accounts {}, tellers {}, branches {}, history {}\n", accounts,
                         tellers, branches, history);
  }
  return wrong;
}

int64_t TpcbLoad::acknowledged_count() const {
  int64_t count = 0;
  for (const TpcbClient& client : clients_) count += client.acknowledged;
  return count;
}

}  // namespace grizzly::test
