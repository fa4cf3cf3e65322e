// index_builds: indexes are built, rebuilt and dropped CONCURRENTLY beside writers; then `grizzlyd --check` compares them
// with the tables.
//
//   index_builds --grizzlyd PATH [--rounds 6] [--writers 4] [--rows 20000] [--seed N] [--keep]
//
// Writers insert, change and delete rows of three tables (by primary key, without one, columnar), roll back a part
// of what they do, and must never wait for a build or fail for it, but for keys of the unique index.
#include <fmt/format.h>
#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/target.h"

namespace grizzly::test {
namespace {

using Clock = std::chrono::steady_clock;

struct CommandLine {
  TargetOptions target;
  int rounds = 6;
  int writers = 4;
  int rows = 20'000;
  uint64_t seed = std::random_device{}();
};

CommandLine ReadCommandLine(int argument_count, char** arguments) {
  CommandLine line;
  ReadOptions(argument_count, arguments, line.target, [&](const std::string& word, const OptionValue& value) {
    if (word == "--rounds") {
      line.rounds = std::stoi(value());
    } else if (word == "--writers") {
      line.writers = std::stoi(value());
    } else if (word == "--rows") {
      line.rows = std::stoi(value());
    } else if (word == "--seed") {
      line.seed = std::stoull(value());
    } else {
      return false;
    }
    return true;
  });
  return line;
}

class Client {
 public:
  explicit Client(const std::string& connection_string)
      : connection_(PQconnectdb(connection_string.c_str())) {
    PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  }
  ~Client() { PQfinish(connection_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // The SQLSTATE; empty: it went well.
  std::string Run(const std::string& sql) {
    PGresult* const result = PQexec(connection_, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const bool is_fine = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    const std::string error = is_fine ? "" : state == nullptr ? "broken" : state;
    value_ = status == PGRES_TUPLES_OK && PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    message_ = is_fine ? "" : PQresultErrorMessage(result);
    PQclear(result);
    return error;
  }
  void Must(const std::string& sql) {
    if (!Run(sql).empty()) throw std::runtime_error(sql + ": " + message_);
  }
  const std::string& message() const { return message_; }
  const std::string& value() const { return value_; }

 private:
  PGconn* connection_;
  std::string message_, value_;
};

constexpr const char* kTables[] = {"keyed", "keyless", "columns"};

// %: the table.
constexpr const char* kIndexes[] = {
    "CREATE INDEX CONCURRENTLY %_n ON % (n)",
    "CREATE INDEX CONCURRENTLY %_part ON % (n DESC, id) WHERE n % 3 = 0",
    "CREATE INDEX CONCURRENTLY %_expression ON % ((n / 7), lower(note))",
    "CREATE UNIQUE INDEX CONCURRENTLY %_u ON % (u)",
    "CREATE INDEX CONCURRENTLY %_words ON % USING gin (string_to_array(note, ' '))",
};

// The text with the table for each % before a letter, _ or blank that is not an operator.
std::string ForTable(std::string text, const std::string& table) {
  std::string made;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_operator = text[i] == '%' && text.compare(i, 4, "% 3 ") == 0;
    if (text[i] == '%' && !is_operator) {
      made += table;
    } else {
      made += text[i];
    }
  }
  return made;
}

class Writers {
 public:
  Writers(std::string connection_string, int rows) : connection_(std::move(connection_string)), rows_(rows) {}

  void Start(int count, uint64_t seed) {
    stops_ = false;
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, seed, i] { Write(seed * 1000 + static_cast<uint64_t>(i)); });
    }
  }
  void Stop() {
    stops_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  int64_t committed() const { return committed_; }
  int64_t refused() const { return refused_; }
  std::chrono::milliseconds longest() const { return std::chrono::milliseconds(longest_ms_); }
  std::string wrong() {
    const std::lock_guard lock(mutex_);
    return wrong_;
  }

 private:
  std::string Statement(std::mt19937_64& random, const std::string& table) {
    const auto pick = [&](int64_t below) { return static_cast<int64_t>(random() % static_cast<uint64_t>(below)); };
    const int64_t id = pick(rows_ * 2);
    switch (pick(8)) {
      case 0:
      case 1:
        return fmt::format("INSERT INTO {} VALUES ({}, {}, 'word{} new', nullif({}, 0)) ON CONFLICT DO NOTHING",
                           table, id, pick(1000), pick(50), pick(rows_ * 8));
      case 2: return fmt::format("DELETE FROM {} WHERE id = {}", table, id);
      case 3: return fmt::format("UPDATE {} SET n = n + {} WHERE id = {}", table, pick(5), id);
      case 4: return fmt::format("UPDATE {} SET note = 'Word{} ' || id WHERE id = {}", table, pick(50), id);
      case 5: return fmt::format("UPDATE {} SET u = nullif({}, 0) WHERE id = {}", table, pick(rows_ * 8), id);
      case 6: return fmt::format("UPDATE {} SET id = {} WHERE id = {}", table, pick(rows_ * 2), id);
      default:
        return fmt::format("UPDATE {} SET u = NULL, n = n - 1 WHERE id BETWEEN {} AND {}", table, id, id + 3);
    }
  }

  void Write(uint64_t seed) {
    std::mt19937_64 random(seed);
    Client client(connection_);
    while (!stops_) {
      const std::string table = kTables[random() % std::size(kTables)];
      std::vector<std::string> step = {"BEGIN"};
      const size_t statements = 1 + random() % 4;
      for (size_t i = 0; i < statements; ++i) {
        const bool undoes = random() % 8 == 0;
        if (undoes) step.push_back("SAVEPOINT s");
        step.push_back(Statement(random, table));
        if (undoes) step.push_back("ROLLBACK TO s");
      }
      step.push_back(random() % 5 == 0 ? "ROLLBACK" : "COMMIT");
      const Clock::time_point begun = Clock::now();
      if (!RunStep(client, step)) return;
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
      int64_t longest = longest_ms_;
      while (took.count() > longest && !longest_ms_.compare_exchange_weak(longest, took.count())) {
      }
    }
  }

  // False: it failed as it must not.
  bool RunStep(Client& client, const std::vector<std::string>& step) {
    for (const std::string& sql : step) {
      const std::string error = client.Run(sql);
      if (error.empty()) continue;
      // A key that is taken; two writers that wait for each other's rows.
      const bool is_expected = error == "23505" || error == "40P01";
      if (!is_expected) {
        const std::lock_guard lock(mutex_);
        wrong_ = sql + ": " + client.message();
        return false;
      }
      ++refused_;
      client.Run("ROLLBACK");
      return true;
    }
    ++committed_;
    return true;
  }

  const std::string connection_;
  const int rows_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stops_ = false;
  std::atomic<int64_t> committed_ = 0, refused_ = 0, longest_ms_ = 0;
  std::mutex mutex_;
  std::string wrong_;
};

class BuildRounds {
 public:
  explicit BuildRounds(const CommandLine& line) : line_(line), server_(line.target.server) {
    if (line.target.keeps) server_.KeepFolder();
    server_.StartSeconds();
    Client client(server_.ConnectionString("postgres"));
    for (const std::string table : kTables) {
      client.Must(fmt::format("CREATE TABLE {} (id int{}, n int, note text, u int){}", table,
                              table == "keyed" ? " PRIMARY KEY" : "",
                              table == "columns" ? " USING columnar" : ""));
      client.Must(fmt::format("INSERT INTO {} SELECT i * 2, i % 1000, 'word' || i % 50 || ' old', i * 8 FROM "
                              "generate_series(1, {}) i",
                              table, line.rows));
      client.Must("VACUUM " + table);
      if (table != "keyed") client.Must(fmt::format("CREATE INDEX {}_id ON {} (id)", table, table));
    }
  }

  // What is wrong; empty: nothing.
  std::string Play(int round) {
    if (!server_.IsRunning()) server_.StartSeconds();
    Writers writers(server_.ConnectionString("postgres"), line_.rows);
    writers.Start(line_.writers, line_.seed + static_cast<uint64_t>(round));
    std::string wrong;
    {
      Client client(server_.ConnectionString("postgres"));
      for (const std::string table : kTables) {
        for (const char* index : kIndexes) wrong += Build(client, ForTable(index, table));
        wrong += Build(client, "REINDEX TABLE CONCURRENTLY " + table);
      }
    }
    writers.Stop();
    fmt::print("round {}: {} transactions, {} refused, the longest {} ms; {} builds, {} of them failed\n", round,
               writers.committed(), writers.refused(), writers.longest().count(), builds_, failed_);
    std::fflush(stdout);
    wrong += writers.wrong();
    server_.Stop();
    wrong += server_.CheckData();
    server_.StartSeconds();
    DropAll(&wrong);
    return wrong;
  }

 private:
  // A unique index may meet keys that were given twice while it was not there yet.
  std::string Build(Client& client, const std::string& sql) {
    ++builds_;
    const std::string error = client.Run(sql);
    if (error.empty()) return "";
    ++failed_;
    return error == "23505" ? "" : sql + ": " + client.message();
  }

  // Beside writers, too.
  void DropAll(std::string* wrong) {
    Writers writers(server_.ConnectionString("postgres"), line_.rows);
    writers.Start(line_.writers, line_.seed);
    Client client(server_.ConnectionString("postgres"));
    while (client.Run("SELECT indexrelid::regclass FROM pg_index WHERE indexrelid::regclass::text ~ "
                      "'_(n|part|expression|u|words)(_ccnew|_ccold)?$' LIMIT 1")
               .empty() &&
           !client.value().empty()) {
      *wrong += Build(client, "DROP INDEX CONCURRENTLY " + client.value());
    }
    writers.Stop();
    *wrong += writers.wrong();
    // So that the next round finds keys that are different.
    for (const std::string table : kTables) {
      client.Must(fmt::format("UPDATE {} SET u = NULL", table));
      client.Must("VACUUM " + table);
    }
  }

  const CommandLine line_;
  TestServer server_;
  int64_t builds_ = 0, failed_ = 0;
};

int Main(int argument_count, char** arguments) {
  const CommandLine line = ReadCommandLine(argument_count, arguments);
  fmt::print("seed {}\n", line.seed);
  BuildRounds rounds(line);
  int failed = 0;
  for (int round = 1; round <= line.rounds && failed == 0; ++round) {
    const std::string wrong = rounds.Play(round);
    if (wrong.empty()) continue;
    fmt::print("{}\n", wrong);
    ++failed;
  }
  fmt::print("{}\n", failed == 0 ? "indexes and tables agree" : "failed");
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace grizzly::test

int main(int argument_count, char** arguments) {
  try {
    return grizzly::test::Main(argument_count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "index_builds: {}\n", error.what());
    return 2;
  }
}
