// The server a runner sends to: one of its own (grizzlyd, or PostgreSQL 15 as the oracle), or one that runs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "support/test_server.h"

namespace grizzly::test {

class Target {
 public:
  virtual ~Target() = default;
  virtual std::string ConnectionString(const std::string& database) const = 0;
  virtual bool CanRestart() const = 0;
  virtual void Restart(bool with_kill) = 0;
  // grizzlydb or postgres15.
  virtual std::string name() const = 0;
  virtual std::string LogTail() const { return {}; }
};

struct TargetOptions {
  ServerOptions server;
  std::optional<int> port;  // a server that runs already
  bool keeps = false;       // keep the folder of a server of our own
};

// Hands out the value of the word that was read last.
using OptionValue = std::function<std::string()>;

// Takes --grizzlyd PATH, --port PORT, --oracle postgres15 and --keep, and gives every other word to `own`, which
// answers false for one that it does not know. Throws std::runtime_error.
void ReadOptions(int argument_count, char** arguments, TargetOptions& target,
                 const std::function<bool(const std::string& word, const OptionValue& value)>& own);

// Starts the server, or connects to the one that runs. Throws std::runtime_error.
std::unique_ptr<Target> MakeTarget(const TargetOptions& options);

}  // namespace grizzly::test
