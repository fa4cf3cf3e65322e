// Plays a history's plan over several connections and writes down what came of it.
//
// One thread sends: at each step the seed says whose next statement goes out. Who does not answer within
// kAnswerWait waits for a lock, and the others go on.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "history/history.h"
#include "history/tables.h"

namespace grizzly::history {

inline constexpr std::chrono::milliseconds kAnswerWait{3};
inline constexpr std::chrono::seconds kGiveUpAfter{60};

class HistoryRun {
 public:
  // Opens the connections. Throws std::runtime_error.
  explicit HistoryRun(const std::string& connection_string);

  void MakeTables(Shape shape);
  // Throws std::runtime_error for an error that no concurrency explains.
  void Play(History& history);

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  using Connection = std::unique_ptr<PGconn, Finish>;
  enum class Sent : uint8_t { kNothing, kOp, kCommit, kRollback, kRecovery };

  struct Player {
    PGconn* connection = nullptr;
    std::vector<Txn*> txns;
    size_t txn = 0;
    size_t op = 0;
    bool in_block = false;
    bool has_savepoint = false;
    Sent sent = Sent::kNothing;  // whose answer is to come
  };
  struct Answer {
    std::string state;  // SQLSTATE, empty: it succeeded
    std::string message;
    std::vector<std::pair<int, std::string>> rows;
  };

  void SendNext(Player& player);
  void Send(Player& player, Sent what, const std::string& sql);
  bool HasAnswer(Player& player, std::chrono::milliseconds wait);
  void TakeAnswer(Player& player);
  void OnOpDone(Player& player, const Answer& answer);
  void OnError(Player& player, const Answer& answer);
  void EndTxn(Player& player, Outcome outcome);
  void AwaitAnyone();
  void ReadFinalState(History& history);
  Answer ReadAnswer(PGconn* connection);
  Answer Ask(const std::string& sql);

  Connection control_;
  std::vector<Connection> connections_;
  std::vector<Player> players_;
  std::mt19937_64 random_;
  Level level_ = Level::kSerializable;
  int history_number_ = 0;
  int ddl_number_ = 0;
};

}  // namespace grizzly::history
