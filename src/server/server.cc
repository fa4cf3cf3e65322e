#include "server/server.h"

#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "base/error/sql_error.h"
#include "base/memory/machine_memory.h"

namespace grizzly::server {
namespace {

constexpr int kSpareThreads = 8;  // beyond one per connection: HTTP, timers, logins
constexpr double kWireMemoryShare = 0.25;  // of the machine's memory, for large messages

int64_t WireMemoryLimit() {
  return static_cast<int64_t>(static_cast<double>(MachineMemoryBytes()) * kWireMemoryShare);
}

int ServingThreads() {
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())) + 1;
}

// What the instance counts, for /metrics.
struct StatisticHelp {
  std::string_view name;
  std::string_view help;
};
constexpr StatisticHelp kStatisticHelp[] = {
    {"background_errors", "Flushes and compactions that failed."},
    {"blob_file_bytes", "Large values on disk, bytes."},
    {"block_cache_bytes", "Blocks in the cache (shared_buffers is its limit), bytes."},
    {"block_cache_hits", "Blocks found in the cache."},
    {"block_cache_misses", "Blocks read from files."},
    {"bloom_filter_useful", "File reads that a Bloom filter saved."},
    {"bytes_read", "Bytes of keys and values read."},
    {"bytes_written", "Bytes of keys and values written."},
    {"compaction_bytes_read", "Bytes that compactions read."},
    {"compaction_bytes_written", "Bytes that compactions wrote."},
    {"estimated_keys", "Keys in the store, about."},
    {"flush_bytes_written", "Bytes written from memory to files."},
    {"iterator_seeks", "Scans positioned."},
    {"keys_read", "Keys looked up."},
    {"keys_written", "Keys written."},
    {"log_bytes", "Bytes written to the log."},
    {"log_syncs", "Times the log was synced to disk."},
    {"log_writes_done_by_other", "Commits that another commit wrote along with its own."},
    {"log_writes_done_by_self", "Commits that wrote the log themselves."},
    {"memtable_bytes", "Newest rows, still in memory, bytes."},
    {"pending_compaction_bytes", "Bytes that wait for compaction, about."},
    {"running_compactions", "Compactions that run now."},
    {"running_flushes", "Flushes that run now."},
    {"snapshots", "Snapshots that transactions hold."},
    {"stall_us", "Time writers waited for compaction, microseconds."},
    {"table_file_bytes", "Rows and index entries on disk, bytes."},
    {"write_stopped", "1 after a failed write or sync: the server takes no more writes (55000)."},
};

std::string HelpOf(const std::string& statistic) {
  for (const StatisticHelp& known : kStatisticHelp) {
    if (known.name == statistic) return std::string(known.help);
  }
  return statistic;
}

// Every client is a descriptor, and the store has its own.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Server::Server(const CommandLine& line, ServerSettings settings, DirectoryLockFile& lock_file,
               session::Instance& instance)
    : line_(line),
      settings_(std::move(settings)),
      lock_file_(lock_file),
      instance_(instance),
      wire_tracker_("wire buffers", nullptr, WireMemoryLimit()) {
  RaiseDescriptorLimit();
  std::signal(SIGPIPE, SIG_IGN);  // TLS writes cannot say MSG_NOSIGNAL
  const int serving = ServingThreads();
  io_ = std::make_unique<boost::asio::io_context>();
  work_.emplace(io_->get_executor());
  reactor_ = std::make_unique<Reactor>();
  pool_ = std::make_unique<ThreadPool>(
      *reactor_, ThreadPoolOptions{.serving_target = serving,
                              .threads_max = settings_.max_connections + serving + kSpareThreads});
  door_ = std::make_unique<FrontDoor>(*io_, *reactor_, instance_, wire_tracker_, metrics_,
                                      LoadAdmission(settings_));
  listener_ = std::make_unique<Listener>(*door_);
  AddMetrics();
}

Server::~Server() {
  listener_->Close();
  http_.reset();
  work_.reset();
  io_->stop();
  if (io_thread_.joinable()) io_thread_.join();
  reactor_->Stop();
  pool_->Join();
  signals_.reset();
  listener_.reset();
  reactor_.reset();  // its last connections know the door
  io_.reset();
  door_.reset();
}

AdmissionSettings Server::LoadAdmission(const ServerSettings& settings) const {
  AdmissionSettings admission;
  auto hba = std::make_shared<HbaRules>(HbaRules::Load(InDataDirectory(settings, settings.hba_file)));
  const HbaRule* trust = hba->FindTrustOfStrangers();
  for (const std::string& address : settings.listen_addresses) {
    if (trust == nullptr || settings.trust_beyond_loopback || !IsBeyondLoopback(address)) continue;
    throw SqlError(SqlState::kConfigFileError,
                   fmt::format("refusing to listen on \"{}\": line {} of \"{}\" lets clients of other "
                               "machines in without a password",
                               address, trust->line, hba->file_name()))
        .Detail(fmt::format("The line is \"{}\".", trust->text))
        .Hint("Say scram-sha-256 there and give the roles passwords, or listen only on this machine "
              "(listen_addresses = 'localhost'), or, if the network itself keeps strangers away, set "
              "trust_beyond_loopback = on.")
        .Fatal();
  }
  admission.hba = std::move(hba);
  if (settings.ssl) {
    TlsSettings tls = settings.tls;
    tls.certificate_file = InDataDirectory(settings, tls.certificate_file);
    tls.key_file = InDataDirectory(settings, tls.key_file);
    admission.tls = TlsAcceptor::Load(tls);
  }
  admission.max_connections = settings.max_connections;
  admission.superuser_reserved_connections = settings.superuser_reserved_connections;
  admission.authentication_timeout_ms = settings.authentication_timeout_ms;
  admission.log_connections = settings.log_connections;
  admission.log_disconnections = settings.log_disconnections;
  admission.tcp_keepalives_idle_s = settings.tcp_keepalives_idle_s;
  admission.tcp_keepalives_interval_s = settings.tcp_keepalives_interval_s;
  admission.tcp_keepalives_count = settings.tcp_keepalives_count;
  return admission;
}

void Server::AddMetrics() {
  metrics_.AddGauge("grizzlydb_threads", "Threads of the server's pool.",
                    [this] { return pool_->thread_count(); });
  metrics_.AddGauge("grizzlydb_threads_blocked", "Statements that wait: locks, disk, slow clients.",
                    [this] { return pool_->blocked_count(); });
  metrics_.AddGauge("grizzlydb_sessions", "Sessions logged in.",
                    [this] { return static_cast<double>(instance_.session_count()); });
  metrics_.AddGauges([this] {
    std::vector<GaugeSample> samples;
    for (auto& [name, value] : instance_.Statistics()) {
      std::string metric = "grizzlydb_" + name;
      for (char& c : metric) {
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
      }
      samples.push_back({std::move(metric), HelpOf(name), {}, static_cast<double>(value)});
    }
    return samples;
  });
}

void Server::Start(bool with_signals) {
  log::Configure(settings_.log);
  listener_->Open({.addresses = settings_.listen_addresses,
                   .socket_directories = settings_.unix_socket_directories,
                   .port = settings_.port,
                   .data_directory = settings_.data_directory});
  if (settings_.http_port != 0) {
    http_ = std::make_unique<HttpServer>(*io_, [this](std::string_view path) { return AnswerHttp(path); });
    http_->Open(settings_.http_address, settings_.http_port);
  }
  if (with_signals) {
    signals_ = std::make_unique<boost::asio::signal_set>(*io_, SIGTERM, SIGINT, SIGQUIT);
    signals_->add(SIGHUP);
    WaitForSignal();
  }
  pool_->Start();
  io_thread_ = std::thread([this] { io_->run(); });
  lock_file_.SetListening(listener_->port(), listener_->first_socket_directory(),
                          listener_->first_address());
  listener_->Start();
  lock_file_.SetStatus("ready");
  log::Write(Severity::kLog, "database system is ready to accept connections");
}

void Server::Wait() {
  std::unique_lock lock(mutex_);
  stopped_.wait(lock, [this] { return is_empty_; });
}

void Server::WaitForSignal() {
  signals_->async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    OnSignal(signal);
    WaitForSignal();
  });
}

void Server::OnSignal(int signal) {
  switch (signal) {
    case SIGTERM:
      log::Write(Severity::kLog, "received smart shutdown request");
      RequestShutdown(ShutdownMode::kSmart);
      break;
    case SIGINT:
      log::Write(Severity::kLog, "received fast shutdown request");
      RequestShutdown(ShutdownMode::kFast);
      break;
    case SIGQUIT:
      log::Write(Severity::kLog, "received immediate shutdown request");
      listener_->Close();
      lock_file_.Remove();
      ::_exit(1);
    case SIGHUP: Reload(); break;
    default: break;
  }
}

void Server::RequestShutdown(ShutdownMode mode) {
  {
    std::lock_guard lock(mutex_);
    if (mode <= shutdown_) return;
    shutdown_ = mode;
  }
  door_->BeginShutdown([this] {
    std::lock_guard lock(mutex_);
    is_empty_ = true;
    stopped_.notify_all();
  });
  lock_file_.SetStatus("stopping");
  if (mode == ShutdownMode::kFast) {
    log::Write(Severity::kLog, "aborting any active transactions");
    instance_.TerminateAllSessions();
    door_->InterruptAll();
  }
}

void Server::Reload() {
  log::Write(Severity::kLog, "received SIGHUP, reloading configuration files");
  std::vector<std::pair<std::string, std::string>> options;
  try {
    ServerSettings fresh = LoadSettings(line_);
    // These keep their value until a restart.
    fresh.listen_addresses = settings_.listen_addresses;
    fresh.max_connections = settings_.max_connections;
    fresh.superuser_reserved_connections = settings_.superuser_reserved_connections;
    door_->ReplaceSettings(LoadAdmission(fresh));
    log::Configure(fresh.log);
    options.assign(fresh.options.begin(), fresh.options.end());
  } catch (const SqlError& error) {
    Diagnostic report = error.diagnostic();
    report.severity = Severity::kLog;
    log::Write(report);
    log::Write(Severity::kLog, "the configuration was not reloaded");
    return;
  }
  instance_.ReloadConfiguration(options);
}

HttpReply Server::AnswerHttp(std::string_view path) {
  if (path == "/metrics") {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics_.Text()};
  }
  if (path == "/healthz") return {.body = "ok\n"};
  if (path != "/readyz") return {.status = 404, .body = "not found: there is /metrics, /healthz and /readyz\n"};
  std::string reason;
  {
    std::lock_guard lock(mutex_);
    if (shutdown_ != ShutdownMode::kNone) reason = "shutting down";
  }
  if (!reason.empty() || !instance_.IsReady(&reason)) {
    return {.status = 503, .body = fmt::format("not ready: {}\n", reason)};
  }
  return {.body = "ok\n"};
}

}  // namespace grizzly::server
