#include "crash/workload.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace grizzly::test {
namespace {

struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using OwnedConnection = std::unique_ptr<PGconn, FinishConnection>;
using OwnedResult = std::unique_ptr<PGresult, ClearResult>;

bool IsFine(const OwnedResult& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

std::vector<std::string> Row(void* connection, const std::string& sql) {
  auto* const c = static_cast<PGconn*>(connection);
  const OwnedResult result(PQexec(c, sql.c_str()));
  if (!IsFine(result)) throw std::runtime_error(sql + ": " + PQerrorMessage(c));
  std::vector<std::string> row;
  for (int i = 0; PQntuples(result.get()) > 0 && i < PQnfields(result.get()); ++i) {
    row.emplace_back(PQgetvalue(result.get(), 0, i));
  }
  return row;
}

int64_t Integer(void* connection, const std::string& sql) {
  const auto row = Row(connection, sql);
  return row.empty() || row[0].empty() ? 0 : std::stoll(row[0]);
}

void Require(bool agrees, const std::string& what) {
  if (!agrees) throw std::runtime_error(what);
}

class BigUpdates final : public Workload {
 public:
  std::string name() const override { return "big updates"; }

 protected:
  void Prepare(void* c) override {
    Row(c, "CREATE TABLE big (id int PRIMARY KEY, steps int, label text)");
    Row(c, "CREATE INDEX ON big (label)");
    Row(c, "INSERT INTO big SELECT i, 0, 'row ' || i FROM generate_series(1, 10000) i");
  }
  std::vector<std::string> StatementsOf(int64_t number) override {
    return {"SET work_mem = '64kB'", "BEGIN",
            fmt::format("UPDATE big SET steps = steps + 1, label = 'step {} of ' || id", number),
            "COMMIT"};
  }
  int64_t CountSteps(void* c) override {
    const auto row = Row(c, "SELECT count(*), min(steps), max(steps), count(DISTINCT label) FROM big");
    Require(row[0] == "10000" && row[1] == row[2] && row[3] == "10000",
            fmt::format("rows {}, steps {} to {}, labels {}", row[0], row[1], row[2], row[3]));
    return std::stoll(row[1]);
  }
};

class SchemaChanges final : public Workload {
 public:
  std::string name() const override { return "schema changes"; }

 protected:
  void Prepare(void* c) override { Row(c, "CREATE TABLE made_0 (a int)"); }
  std::vector<std::string> StatementsOf(int64_t number) override {
    const std::string table = fmt::format("made_{}", number);
    return {"BEGIN",
            "CREATE TABLE " + table + " (a int PRIMARY KEY, b text)",
            "INSERT INTO " + table + " SELECT i, 'b' || i FROM generate_series(1, 50) i",
            "ALTER TABLE " + table + " ADD c int DEFAULT 7",
            "CREATE INDEX ON " + table + " (b, c)",
            "UPDATE " + table + " SET c = a WHERE a % 2 = 0",
            fmt::format("DROP TABLE made_{}", number - 1),
            "COMMIT"};
  }
  int64_t CountSteps(void* c) override {
    const auto row = Row(c, "SELECT count(*), max(substr(relname, 6)::int) FROM pg_class "
                            "WHERE relname LIKE 'made\\_%' AND relkind = 'r'");
    Require(row[0] == "1", row[0] + " tables");
    const int64_t steps = std::stoll(row[1]);
    if (steps > 0) {
      const auto sums = Row(c, fmt::format("SELECT count(*), sum(c) FROM made_{}", steps));
      Require(sums[0] == "50" && sums[1] == "825", "rows of the last table");
    }
    return steps;
  }
};

class ColumnarMoves final : public Workload {
 public:
  std::string name() const override { return "columnar moves"; }

 protected:
  void Prepare(void* c) override {
    Row(c, "CREATE TABLE moves (step int, n int) USING columnar");
  }
  std::vector<std::string> StatementsOf(int64_t number) override {
    // VACUUM moves what the steps before left in the delta; every third goes past the delta at once.
    const int rows = number % 3 == 0 ? 5000 : 200;
    return {"VACUUM moves", "BEGIN",
            fmt::format("INSERT INTO moves SELECT {}, i FROM generate_series(1, {}) i", number, rows),
            fmt::format("DELETE FROM moves WHERE step = {} AND n > 100", number - 1),
            "COMMIT"};
  }
  int64_t CountSteps(void* c) override {
    const auto row = Row(c, "SELECT coalesce(max(step), 0), count(DISTINCT step) FROM moves");
    const int64_t steps = std::stoll(row[0]);
    Require(row[0] == row[1], "a step is missing");
    const int64_t count = Integer(c, "SELECT count(*) FROM moves");
    const int64_t last = steps == 0 ? 0 : (steps % 3 == 0 ? 5000 : 200);
    const int64_t expected = std::max<int64_t>(0, steps - 1) * 100 + last;
    Require(count == expected, fmt::format("{} rows, not {}", count, expected));
    return steps;
  }
};

class TwoPhaseCommits final : public Workload {
 public:
  std::string name() const override { return "two-phase commits"; }

 protected:
  void Prepare(void* c) override {
    Row(c, "CREATE TABLE phases (n int PRIMARY KEY, b text UNIQUE)");
  }
  std::vector<std::string> StatementsOf(int64_t number) override {
    return {"BEGIN", fmt::format("INSERT INTO phases VALUES ({}, 'phase {}')", number, number),
            fmt::format("PREPARE TRANSACTION 'crash {}'", number),
            fmt::format("COMMIT PREPARED 'crash {}'", number)};
  }
  bool FailedStepMayBeThere() override { return true; }  // its second phase failed
  // One that was prepared is held to be committed, by us, now.
  int64_t CountSteps(void* c) override {
    const auto prepared = Row(c, "SELECT gid FROM pg_prepared_xacts WHERE gid LIKE 'crash %'");
    if (!prepared.empty()) Row(c, fmt::format("COMMIT PREPARED '{}'", prepared[0]));
    Require(Integer(c, "SELECT count(*) FROM pg_prepared_xacts") == 0, "two are prepared");
    const auto row = Row(c, "SELECT coalesce(max(n), 0), count(*) FROM phases");
    Require(row[0] == row[1], "a step is missing");
    return std::stoll(row[0]);
  }
};

class KeyMoves final : public Workload {
 public:
  std::string name() const override { return "key moves"; }

 protected:
  void Prepare(void* c) override {
    Row(c, "CREATE TABLE parent (id int PRIMARY KEY)");
    Row(c, "CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent ON UPDATE CASCADE, "
           "note text)");
    Row(c, "CREATE INDEX ON child (parent) WHERE note IS NOT NULL");
    Row(c, "INSERT INTO parent SELECT generate_series(1, 20)");
    Row(c, "INSERT INTO child SELECT i, i % 20 + 1, 'note' FROM generate_series(1, 200) i");
  }
  std::vector<std::string> StatementsOf(int64_t number) override {
    return {"BEGIN", "UPDATE parent SET id = id + 1000",
            fmt::format("UPDATE child SET id = -id, note = CASE WHEN id % 3 = {} THEN NULL ELSE 'n' END",
                        number % 3),
            "COMMIT"};
  }
  int64_t CountSteps(void* c) override {
    const auto row = Row(c, "SELECT min(id) / 1000, max(id) / 1000, count(*) FROM parent");
    Require(row[0] == row[1] && row[2] == "20", "parents");
    const int64_t steps = std::stoll(row[0]);
    const int64_t signs = Integer(c, "SELECT sum(sign(id)) FROM child WHERE parent / 1000 = " + row[0]);
    Require(signs == (steps % 2 == 0 ? 200 : -200), "children");
    return steps;
  }
};

// On a table that the key moves change, when they run as well. What a crash leaves is not valid, or right.
class IndexBuilds final : public Workload {
 public:
  std::string name() const override { return "index builds"; }

 protected:
  void Prepare(void* c) override { Row(c, "CREATE TABLE builds AS SELECT 0 AS n"); }
  std::vector<std::string> StatementsOf(int64_t number) override {
    return {"DROP INDEX IF EXISTS built_ccnew, built_ccold",
            "DROP INDEX CONCURRENTLY IF EXISTS built",
            "CREATE INDEX CONCURRENTLY built ON child ((parent / 1000), id)",
            "REINDEX INDEX CONCURRENTLY built",
            fmt::format("UPDATE builds SET n = {}", number)};
  }
  int64_t CountSteps(void* c) override { return Integer(c, "SELECT n FROM builds"); }
};

}  // namespace

void Workload::PrepareOn(const std::string& connection_string) {
  const OwnedConnection connection(PQconnectdb(connection_string.c_str()));
  Prepare(connection.get());
}

void Workload::Start(const std::string& connection_string,
                     std::vector<std::string> expected_states) {
  expected_states_ = std::move(expected_states);
  is_stopping_ = false;
  thread_ = std::thread([this, connection_string] { Run(connection_string); });
}

void Workload::Stop() {
  is_stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Workload::Run(const std::string& connection_string) {
  const OwnedConnection connection(PQconnectdb(connection_string.c_str()));
  PGconn* const c = connection.get();
  PQsetNoticeProcessor(c, [](void*, const char*) {}, nullptr);
  while (!is_stopping_) {
    const int64_t number = acknowledged_ + 1;
    started_ = number;
    bool failed = false;
    for (const std::string& sql : StatementsOf(number)) {
      const OwnedResult result(PQexec(c, sql.c_str()));
      if (IsFine(result)) continue;
      const char* const state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
      if (state == nullptr || std::string_view(state).starts_with("57P")) return;
      if (std::find(expected_states_.begin(), expected_states_.end(), state) ==
          expected_states_.end()) {
        unexpected_error_ = fmt::format("{}: {}", sql, PQerrorMessage(c));
        return;
      }
      failed = true;
      break;
    }
    if (!failed) {
      acknowledged_ = number;
      continue;
    }
    if (!SettleFailedStep(c)) return;
  }
}

// After an error: asks, as soon as it can be asked, whether the step is there. False: go no further.
bool Workload::SettleFailedStep(void* connection) {
  auto* const c = static_cast<PGconn*>(connection);
  while (!is_stopping_ && PQstatus(c) == CONNECTION_OK) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const OwnedResult ended(PQexec(c, "ROLLBACK"));
    int64_t steps = 0;
    try {
      steps = CountSteps(c);
    } catch (const std::runtime_error&) {
      continue;  // the disk may still be full; Check judges what stays wrong
    }
    if (steps == acknowledged_ + 1 && FailedStepMayBeThere()) acknowledged_ = steps;
    if (steps == acknowledged_) return true;
    unexpected_error_ = "a step that failed is there";
    return false;
  }
  return false;
}

std::string Workload::Check(const std::string& connection_string) {
  const OwnedConnection connection(PQconnectdb(connection_string.c_str()));
  std::string wrong;
  if (!unexpected_error_.empty()) wrong += name() + ": " + unexpected_error_ + "\n";
  unexpected_error_.clear();
  try {
    const int64_t steps = CountSteps(connection.get());
    if (steps < acknowledged_ || steps > started_) {
      wrong += fmt::format("{}: {} steps acknowledged, {} started, {} there\n", name(), acknowledged_,
                           started_, steps);
    }
    acknowledged_ = started_ = steps;
  } catch (const std::exception& error) {
    wrong += name() + ": " + error.what() + "\n";
  }
  return wrong;
}

std::vector<std::unique_ptr<Workload>> AllWorkloads() {
  std::vector<std::unique_ptr<Workload>> all;
  all.push_back(std::make_unique<BigUpdates>());
  all.push_back(std::make_unique<SchemaChanges>());
  all.push_back(std::make_unique<ColumnarMoves>());
  all.push_back(std::make_unique<TwoPhaseCommits>());
  all.push_back(std::make_unique<KeyMoves>());
  all.push_back(std::make_unique<IndexBuilds>());
  return all;
}

}  // namespace grizzly::test
