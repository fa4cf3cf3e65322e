// TPC-B as pgbench runs it, by several clients at once; each remembers which transactions the server
// acknowledged. The history rows carry client and number, so that each can be looked for afterwards.
//
// THREADS  one per client; Start and Stop belong to one thread. The counters are read after Stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace grizzly::test {

struct TpcbScale {
  int branches = 10;
  int tellers_per_branch = 10;
  int accounts_per_branch = 10'000;
};

// What one client knows: transactions 1..acknowledged are committed, `started` may be.
struct TpcbClient {
  int64_t acknowledged = 0;
  int64_t started = 0;
  std::string unexpected_error;
};

class TpcbLoad {
 public:
  TpcbLoad(const TpcbScale& scale, int client_count) : scale_(scale), clients_(client_count) {}
  ~TpcbLoad() { Stop(); }

  // Makes and fills the tables. Throws std::runtime_error.
  void Prepare(const std::string& connection_string);
  // Runs until the connections break or Stop.
  void Start(const std::string& connection_string);
  void Stop();
  // What is wrong with the database after a restart; empty when every acknowledged transaction is
  // there, nothing else is, and the sums agree. Transactions in doubt are settled by what is found.
  std::string Check(const std::string& connection_string);

  int64_t acknowledged_count() const;

 private:
  void RunClient(size_t index, const std::string& connection_string);
  std::string CheckHistory(void* connection);

  const TpcbScale scale_;
  std::vector<TpcbClient> clients_;
  std::vector<std::thread> threads_;
  std::atomic<bool> is_stopping_ = false;
};

}  // namespace grizzly::test
