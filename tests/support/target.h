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

// Takes --grizzlyd PATH, --port PORT, --oracle postgres15 and --keep; false for any other word.
// `value` hands out the word's value.
bool ReadTargetOption(const std::string& word, const std::function<std::string()>& value,
                      TargetOptions& options);

// Starts the server, or connects to the one that runs. Throws std::runtime_error.
std::unique_ptr<Target> MakeTarget(const TargetOptions& options);

}  // namespace grizzly::test
