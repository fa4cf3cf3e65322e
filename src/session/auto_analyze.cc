#include "session/auto_analyze.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log/log.h"
#include "catalog/access_method.h"
#include "catalog/object_text.h"
#include "catalog/relation_size.h"
#include "catalog/statistics.h"
#include "session/client_session.h"
#include "session/database_instance.h"
#include "session/silent_sink.h"

namespace grizzly::session {
namespace {

constexpr uint64_t kUncountedBytesMin = 8 << 10;  // of a table that was never analyzed

}  // namespace

AutoAnalyze::AutoAnalyze(DatabaseInstance& instance, const Settings& settings)
    : instance_(instance),
      threshold_(std::stod(settings.Raw("autovacuum_analyze_threshold"))),
      scale_factor_(std::stod(settings.Raw("autovacuum_analyze_scale_factor"))),
      naptime_seconds_(std::stoi(settings.Raw("autovacuum_naptime"))) {
  if (settings.Raw("autovacuum") == "on") thread_ = std::thread([this] { Serve(); });
}

AutoAnalyze::~AutoAnalyze() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AutoAnalyze::Serve() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::seconds(naptime_seconds_), [&] { return stopping_; })) {
    lock.unlock();
    RunOnce();
    lock.lock();
  }
}

bool AutoAnalyze::IsWorthIt(double rows, uint64_t changed_rows) const {
  return static_cast<double>(changed_rows) > threshold_ + scale_factor_ * std::max(rows, 0.0);
}

void AutoAnalyze::RunOnce() {
  for (const auto& tenant : instance_.TenantsOfLate()) {
    try {
      AnalyzeTenant(tenant);
    } catch (const SqlError& error) {
      log::Write(Severity::kLog, fmt::format("automatic analyze: {}", error.what()));
    }
  }
}

std::vector<Oid> AutoAnalyze::TablesToAnalyze(TenantState& tenant) {
  std::vector<Oid> tables;
  for (const auto& [oid, changed] : catalog::StatisticsOf(tenant.catalog.get())->ChangedRelations()) {
    if (IsWorthIt(tenant.catalog->Statistics(oid).row_count, changed)) tables.push_back(oid);
  }
  const auto was_counted = [&](Oid table) { return tenant.catalog->Statistics(table).row_count >= 0; };
  if (!tenant.uncounted.has_value()) {
    tenant.uncounted.emplace();
    tenant.catalog->Latest()->ForEachRelation([&](const catalog::RelationPtr& table) {
      if (table->HasRows() && !was_counted(table->oid) &&
          catalog::ApproximateRowBytes(instance_.store(), *table) > kUncountedBytesMin) {
        tenant.uncounted->push_back(table->oid);
      }
    });
  }
  std::erase_if(*tenant.uncounted, was_counted);
  for (const Oid oid : *tenant.uncounted) {
    if (std::find(tables.begin(), tables.end(), oid) == tables.end()) tables.push_back(oid);
  }
  return tables;
}

void AutoAnalyze::AnalyzeTenant(const std::shared_ptr<TenantState>& tenant) {
  const catalog::SnapshotPtr snapshot = tenant->catalog->Latest();
  std::vector<std::string> statements;
  for (const Oid oid : TablesToAnalyze(*tenant)) {
    const catalog::RelationPtr table = snapshot->FindRelation(oid);
    if (table == nullptr) continue;
    const catalog::Schema* schema = snapshot->FindSchema(table->schema);
    if (schema == nullptr || table->persistence == 't') continue;
    // VACUUM moves a columnar table's new rows into row groups.
    statements.push_back(fmt::format("{} {}.{}",
                                     catalog::IsColumnar(*table) ? "VACUUM (SKIP_LOCKED, ANALYZE)"
                                                                 : "ANALYZE (SKIP_LOCKED)",
                                     catalog::QuoteIdentifier(schema->name),
                                     catalog::QuoteIdentifier(table->name)));
  }
  if (statements.empty()) return;
  ConnectRequest request;
  for (const auto& role : instance_.shared_catalog().Roles()) {
    if (role->superuser && role->can_login) request.user = role->name;
  }
  const auto database = instance_.shared_catalog().FindDatabase(tenant->database->oid);
  if (database == nullptr) return;
  request.database = database->name;
  request.is_upkeep = true;
  request.settings = {{"application_name", "autovacuum worker"}};
  SilentSink sink("automatic analyze");
  const std::unique_ptr<Session> session = instance_.Connect(request, sink);
  for (const std::string& statement : statements) {
    if (!session->is_terminated()) session->Query(statement);
  }
}

}  // namespace grizzly::session
