#include "support/target.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <stdexcept>

namespace grizzly::test {
namespace {

class OwnServer final : public Target {
 public:
  OwnServer(const ServerOptions& options, bool keeps)
      : kind_(options.kind), server_(options), keeps_(keeps) {
    if (keeps) server_.KeepFolder();
    server_.StartSeconds();
    fmt::print("server on port {}{}\n", server_.port(),
               keeps ? " in " + server_.folder() : std::string());
  }
  ~OwnServer() override {
    if (!keeps_) return;
    try {
      server_.Stop();
    } catch (const std::runtime_error& error) {
      fmt::print("{}\n", error.what());
    }
  }

  std::string ConnectionString(const std::string& database) const override {
    return server_.ConnectionString(database);
  }
  bool CanRestart() const override { return true; }
  void Restart(bool with_kill) override {
    with_kill ? server_.Kill() : server_.Stop();
    server_.StartSeconds();
  }
  std::string name() const override {
    return kind_ == ServerKind::kPostgres15 ? "postgres15" : "grizzlydb";
  }
  std::string LogTail() const override { return server_.LogTail(); }

 private:
  const ServerKind kind_;
  TestServer server_;
  const bool keeps_;
};

class RunningServer final : public Target {
 public:
  explicit RunningServer(int port) : port_(port) {
    PGconn* connection = PQconnectdb(ConnectionString("postgres").c_str());
    PGresult* result = PQexec(connection, "SELECT version()");
    const bool answered = PQresultStatus(result) == PGRES_TUPLES_OK;
    const std::string answer = answered ? PQgetvalue(result, 0, 0) : PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
    if (!answered) throw std::runtime_error(answer);
    is_grizzly_ = answer.find("rizzly") != std::string::npos;
  }

  std::string ConnectionString(const std::string& database) const override {
    return fmt::format("host=127.0.0.1 port={} user=postgres dbname='{}'", port_, database);
  }
  bool CanRestart() const override { return false; }
  void Restart(bool) override { throw std::logic_error("this server is not ours to restart"); }
  std::string name() const override { return is_grizzly_ ? "grizzlydb" : "postgres15"; }

 private:
  const int port_;
  bool is_grizzly_ = false;
};

bool ReadTargetOption(const std::string& word, const OptionValue& value, TargetOptions& options) {
  if (word == "--grizzlyd") {
    options.server.grizzlyd = value();
  } else if (word == "--port") {
    options.port = std::stoi(value());
  } else if (word == "--oracle") {
    if (value() != "postgres15") throw std::runtime_error("the only oracle is postgres15");
    options.server.kind = ServerKind::kPostgres15;
  } else if (word == "--keep") {
    options.keeps = true;
  } else {
    return false;
  }
  return true;
}

}  // namespace

void ReadOptions(int argument_count, char** arguments, TargetOptions& target,
                 const std::function<bool(const std::string& word, const OptionValue& value)>& own) {
  for (int i = 1; i < argument_count; ++i) {
    const std::string word = arguments[i];
    const OptionValue value = [&] {
      if (++i >= argument_count) throw std::runtime_error(word + " needs a value");
      return std::string(arguments[i]);
    };
    if (!ReadTargetOption(word, value, target) && !own(word, value)) {
      throw std::runtime_error("unknown option " + word);
    }
  }
}

std::unique_ptr<Target> MakeTarget(const TargetOptions& options) {
  if (options.port) return std::make_unique<RunningServer>(*options.port);
  if (options.server.kind == ServerKind::kGrizzlyd && options.server.grizzlyd.empty()) {
    throw std::runtime_error("--grizzlyd PATH, --port PORT or --oracle postgres15 is needed");
  }
  return std::make_unique<OwnServer>(options.server, options.keeps);
}

}  // namespace grizzly::test
