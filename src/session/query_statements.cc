// Queries: plan, lock, run.
#include <algorithm>
#include <charconv>

#include "catalog/statistics.h"
#include "facts/type_oids.h"
#include "functions/registry.h"
#include "planner/physical/physical_planner.h"
#include "session/client_session.h"
#include "session/services.h"

namespace grizzly::session {
namespace {

// A plan is made anew when the catalog changed between planning and locking; DDL cannot go on for ever
// at that pace, and a bound keeps a bug from becoming a hang.
constexpr int kPlanAttemptsMax = 16;

bool FunctionExists(Oid function) {
  return functions::BuiltinRegistry().Find(function) != nullptr;
}

// Of the type below a domain: the outermost domain's that has one.
int32_t TypmodBelow(const catalog::CatalogSnapshot& snapshot, const types::SqlType& type) {
  int32_t typmod = type.typmod;
  for (auto at = snapshot.FindType(type.oid); at != nullptr && at->typtype == 'd';
       at = snapshot.FindType(at->base)) {
    if (typmod == types::kNoTypmod) typmod = at->base_typmod;
  }
  return typmod;
}

}  // namespace

catalog::SnapshotPtr ClientSession::Snapshot() {
  if (editor_ != nullptr && editor_->has_changes()) return editor_->Current();
  return tenant_->catalog->Latest();
}

const catalog::SearchPath& ClientSession::CurrentSearchPath(
    const catalog::CatalogSnapshot& snapshot) {
  const EffectiveSettings& effective = settings_.effective();
  if (search_path_catalog_version_ != snapshot.version() ||
      search_path_settings_version_ != effective.version ||
      (editor_ != nullptr && editor_->has_changes())) {
    search_path_ = catalog::SearchPath::Resolve(snapshot, effective.search_path_names, role().name,
                                                TemporarySchema(snapshot));
    search_path_catalog_version_ = snapshot.version();
    search_path_settings_version_ = effective.version;
  }
  return search_path_;
}

// What besides text and catalog decides a plan.
const std::string& ClientSession::Environment() {
  const EffectiveSettings& effective = settings_.effective();
  if (environment_version_ != effective.version) {
    environment_ = role().name;
    environment_ += '\n';
    environment_ += temporary_schema_name_;
    for (const char* name : {"search_path", "DateStyle", "TimeZone", "IntervalStyle",
                             "grizzly.disabled_rules"}) {
      environment_ += '\n';
      environment_ += settings_.Raw(name);
    }
    environment_version_ = effective.version;
  }
  return environment_;
}

planner::BinderInput ClientSession::MakeBinderInput(const catalog::SnapshotPtr& snapshot,
                                                    std::string_view source) {
  planner::BinderInput input;
  input.catalog = snapshot;
  input.shared = &instance_.shared_catalog();
  input.search_path = &CurrentSearchPath(*snapshot);
  input.current_role = role().oid;
  input.source_text = source;
  input.current_database = tenant_->database->name;
  input.notice = [this](const Diagnostic& notice) { Notify(notice); };
  input.io = &settings_.effective().io;
  return input;
}

planner::ViewChangeability ClientSession::ChangeabilityOfView(const catalog::RelationPtr& view) {
  return planner::ChangeabilityOf(view, MakeBinderInput(Snapshot(), ""));
}

plan::PlanPtr ClientSession::PlanStatement(const parser::ast::Node& node, std::string_view source,
                                           const std::vector<parser::Literal>* literals,
                                           std::span<const Oid> parameter_types,
                                           Parameters parameters,
                                           std::vector<planner::LiftedLiteral>* lifted,
                                           uint64_t* version, const PlanUse& use) {
  const catalog::SnapshotPtr snapshot = Snapshot();
  planner::BinderInput input = MakeBinderInput(snapshot, source);
  input.literals = literals;
  input.parameter_types.assign(parameter_types.begin(), parameter_types.end());
  input.variable_parameters = parameters == Parameters::kInferred;
  input.wants_row_keys = use.by_cursor;
  catalog::SearchPath path_of_view;
  if (use.by_view != nullptr) {
    path_of_view = catalog::SearchPath(use.by_view->query.search_path);
    input.search_path = &path_of_view;
    input.view = use.by_view;
  }
  planner::BoundStatement bound = planner::Bind(node, input);
  if (lifted != nullptr) *lifted = bound.lifted;
  *version = snapshot->version();
  Arena arena;
  const std::vector<types::Datum> samples = SampleParameters(bound.lifted, literals, arena);
  return planner::MakePlan(std::move(bound), {snapshot, tenant_->catalog.get(), samples,
                                             settings_.effective().disabled_rules});
}

// The lifted literals' values this time, by parameter; those of the client's own are not known.
std::vector<types::Datum> ClientSession::SampleParameters(
    const std::vector<planner::LiftedLiteral>& lifted,
    const std::vector<parser::Literal>* literals, Arena& arena) {
  std::vector<types::Datum> samples;
  if (literals == nullptr) return samples;
  for (const planner::LiftedLiteral& literal : lifted) {
    const size_t index = static_cast<size_t>(literal.parameter);
    if (samples.size() <= index) samples.resize(index + 1);
    samples[index] = ReadLiteral((*literals)[literal.literal], literal, arena);
  }
  return samples;
}

void ClientSession::LockRelations(const plan::Plan& plan) {
  // A transaction's snapshot is of its first statement's start, however long that waits for its locks.
  if (transaction_->options().isolation >= txn::IsolationLevel::kRepeatableRead) {
    LookAtRunning();
    transaction_->View();
  }
  for (const plan::Plan::UsedRelation& used : plan.relations) {
    if (used.relation->oid < kFirstUserOid) continue;
    transaction_->LockRelation(used.relation->tenant, used.relation->oid, used.mode);
  }
}

void ClientSession::LockAndVerify(const plan::PlanPtr& plan, uint64_t version, bool* stale) {
  LockRelations(*plan);
  *stale = Snapshot()->version() != version;
}

void ClientSession::LockAsPlanned(PreparedStatement& statement) {
  bool stale = false;
  LockAndVerify(statement.plan, statement.catalog_version, &stale);
  if (stale) PlanPrepared(statement);  // under the locks
}

void ClientSession::PlanPrepared(PreparedStatement& statement) {
  const bool is_plannable = statement.node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT ||
                            statement.node->node_case == PG_QUERY__NODE__NODE_INSERT_STMT ||
                            statement.node->node_case == PG_QUERY__NODE__NODE_UPDATE_STMT ||
                            statement.node->node_case == PG_QUERY__NODE__NODE_DELETE_STMT ||
                            statement.node->node_case == PG_QUERY__NODE__NODE_MERGE_STMT;
  if (!is_plannable) {
    if (statement.plan != nullptr) return;
    statement.plan = std::make_shared<plan::Plan>();  // no root: run as a utility statement
    for (const plan::PlanColumn& column : commands::CommandColumns(*statement.node)) {
      ResultColumn result;
      result.name = column.name;
      result.type = column.type;
      result.type_length = column.type_length;
      result.io = column.io;
      statement.columns.push_back(std::move(result));
    }
    return;
  }
  const bool fits = statement.plan != nullptr &&
                    statement.catalog_version == Snapshot()->version() &&
                    statement.environment == Environment();
  if (fits) return;
  EnsureTransaction();
  const RowDescription before = statement.columns;
  const bool first_time = statement.plan == nullptr;
  for (int attempt = 0; attempt < kPlanAttemptsMax; ++attempt) {
    statement.plan = PlanStatement(*statement.node, statement.text->sql(), nullptr,
                                   first_time ? std::span<const Oid>(statement.declared_parameters)
                                              : std::span<const Oid>(statement.parameter_types),
                                   Parameters::kInferred, nullptr, &statement.catalog_version, {});
    bool stale = false;
    LockAndVerify(statement.plan, statement.catalog_version, &stale);
    if (!stale) break;
  }
  statement.environment = Environment();
  statement.columns = Describe(*statement.plan);
  statement.parameter_types.clear();
  for (const types::SqlType& type : statement.plan->parameter_types) {
    statement.parameter_types.push_back(type.oid);
  }
  if (first_time) return;
  bool same = before.size() == statement.columns.size();
  for (size_t i = 0; same && i < before.size(); ++i) {
    same = before[i].type.oid == statement.columns[i].type.oid;
  }
  if (!same) {
    statement.columns = before;  // what it was prepared for stays what it gives
    statement.catalog_version = 0;
    throw SqlError(SqlState::kFeatureNotSupported, "cached plan must not change result type");
  }
}

RowDescription ClientSession::Describe(const plan::Plan& plan) {
  RowDescription columns;
  columns.reserve(plan.columns.size());
  for (const plan::PlanColumn& column : plan.columns) {
    ResultColumn result;
    result.name = column.name;
    result.type = column.type;
    // Clients hear of the type below a domain.
    if (const Oid base = types::AnyDomainBaseOf(result.type.oid); base != result.type.oid) {
      const int32_t typmod = TypmodBelow(*Snapshot(), result.type);
      result.type = types::ResolveAnyType(base);
      result.type.typmod = typmod;
    }
    // A record's typmod is its shape's number here (types/record_shape.h).
    if (result.type.oid == facts::kRecordOid) result.type.typmod = types::kNoTypmod;
    result.table_oid = column.table;
    result.table_column = column.attnum;
    result.type_length = column.type_length;
    result.io = column.io;
    columns.push_back(std::move(result));
  }
  return columns;
}

void ClientSession::CheckMayRun(const plan::Plan& plan) {
  for (const plan::Plan::UsedRelation& used : plan.relations) {
    if (used.relation->populated) continue;
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   fmt::format("materialized view \"{}\" has not been populated",
                               used.relation->name))
        .Hint("Use the REFRESH MATERIALIZED VIEW command.");
  }
  if (!transaction_->options().read_only) return;
  if (!plan.writes && !plan.has_row_locks) return;
  const bool only_temporary =
      std::all_of(plan.relations.begin(), plan.relations.end(), [](const auto& used) {
        return used.mode == txn::RelationLockMode::kAccessShare || used.relation->persistence == 't';
      });
  if (only_temporary) return;
  std::string_view command = "SELECT FOR UPDATE";
  switch (plan.statement_class) {
    case plan::StatementClass::kInsert: command = "INSERT"; break;
    case plan::StatementClass::kUpdate: command = "UPDATE"; break;
    case plan::StatementClass::kDelete: command = "DELETE"; break;
    case plan::StatementClass::kMerge: command = "MERGE"; break;
    case plan::StatementClass::kSelect: break;
  }
  throw SqlError(SqlState::kReadOnlySqlTransaction,
                 fmt::format("cannot execute {} in a read-only transaction", command));
}

// When the transaction is over and others see the rows.
void ClientSession::ReportChanges() {
  if (row_changes_.empty()) return;
  catalog::StatisticsStore& statistics = *catalog::StatisticsOf(tenant_->catalog.get());
  for (const auto& [oid, changes] : row_changes_) {
    if (changes.total() > 0) statistics.CountChanges(oid, changes);
  }
}

void ClientSession::FillContext(executor::ExecContext& context) {
  transaction_->NextCommand();
  LookAtRunning();
  context.view = transaction_->View();
  context.cancel = &cancel_;
  context.work_memory_bytes = settings_.effective().work_memory_bytes;
  const EffectiveSettings& settings = settings_.effective();
  resources_.hash_memory_multiplier = settings.hash_memory_multiplier;
  resources_.batch_rows_max = settings.batch_rows_max;
  resources_.parallel_rows_min = settings.parallel_always ? 1 : executor::kParallelRowsMin;
  resources_.hash_memory_is_automatic = settings.work_memory_is_default;
  resources_.parallel_workers_max = settings.parallel_workers_max;
  spill_.SetLimit(settings.temporary_bytes_max);
  context.virtual_tables = &instance_.virtual_tables();
  context.virtual_input.catalog = Snapshot();
  context.virtual_input.shared = &instance_.shared_catalog();
  context.virtual_input.statistics = tenant_->catalog.get();
  context.virtual_input.session = this;
  context.virtual_input.io = settings_.effective().io;
  context.virtual_input.implements = &FunctionExists;
  context.transactions = &instance_.transactions();
  context.notice = [this](Diagnostic notice) { Notify(std::move(notice)); };
  context.uncontended_relations = uncontended_relations_;
  context.transaction_checks = &checks_;
  context.row_changes = &row_changes_;
  context.cursor_row = [this](std::string_view cursor, const catalog::Relation& relation) {
    return CursorRow(cursor, relation);
  };
  types::IoSettings& io = settings_.effective().io;
  io.transaction_time_us = transaction_time_us_;
  context.evaluation.functions.io = &io;
  context.evaluation.functions.cancel = &cancel_;
  context.evaluation.functions.session = services_.get();
}

std::unique_ptr<Execution> ClientSession::NewExecution(const plan::PlanPtr& plan) {
  auto execution = std::make_unique<Execution>(plan, *transaction_, &memory_);
  execution->SetMemoryLimit(settings_.effective().statement_memory_max);
  FillContext(execution->context());
  if (plan->writes || plan->has_row_locks) execution->AllowTemporaryWrites(&writes_temporary_);
  return execution;
}

types::Datum ClientSession::ReadParameter(const types::SqlType& type,
                                          std::optional<std::string_view> value,
                                          ValueFormat format, size_t number, Arena& arena) {
  if (!value.has_value()) return types::Datum::Null();
  const types::TypeIo* io = Snapshot()->FindTypeIo(type.oid);
  if (io == nullptr) ThrowNotSupported(fmt::format("parameter of type {}", type.oid));
  try {
    return format == ValueFormat::kText
               ? io->Input(*value, type.typmod, settings_.effective().io, arena)
               : io->Receive(*value, type.typmod, settings_.effective().io, arena);
  } catch (SqlError& error) {
    if (format == ValueFormat::kBinary) {
      error.AddContext(fmt::format("unnamed portal parameter ${}", number));
    } else {
      error.AddContext(fmt::format("unnamed portal parameter ${} = '{}'", number, *value));
    }
    throw;
  }
}

types::Datum ClientSession::ReadLiteral(const parser::Literal& literal,
                                        const planner::LiftedLiteral& lifted, Arena& arena) {
  const types::IoSettings& io = settings_.effective().io;
  std::string text;
  if (literal.kind == parser::LiteralKind::kString) {
    text = literal.plain ? std::string(literal.text) : literal.unescaped;
  } else {
    if (lifted.negated) text = "-";
    text += literal.text;
  }
  const types::TypeIo* type_io = types::BuiltinTypeIo(lifted.type.oid);
  if (type_io == nullptr) type_io = Snapshot()->FindTypeIo(lifted.type.oid);
  if (type_io == nullptr) {
    ThrowNotSupported("type " + services_->FormatType(lifted.type.oid, types::kNoTypmod), literal.location);
  }
  try {
    return type_io->Input(text, lifted.type.typmod, io, arena);
  } catch (SqlError& error) {
    error.AddLocation(literal.location);
    throw;
  }
}

// The fast way of the simple protocol: the same statement with other constants was planned before.
bool ClientSession::RunFromPlanCache(std::string_view sql) {
  if (block_ == BlockState::kFailed) return false;
  if (editor_ != nullptr && editor_->has_changes()) return false;
  if (!parser::LiftLiterals(sql, &shape_, &literals_)) return false;
  const uint64_t version = tenant_->catalog->Latest()->version();
  CachedPlanPtr cached = tenant_->plans.Find(shape_, literals_, Environment(), version);
  if (cached == nullptr) {
    const auto text = parser::ParsedText::Parse(sql);
    if (text->statements().size() != 1) return false;
    const parser::ast::Node& node = *text->statements()[0].node;
    const bool is_plannable = node.node_case == PG_QUERY__NODE__NODE_SELECT_STMT ||
                              node.node_case == PG_QUERY__NODE__NODE_INSERT_STMT ||
                              node.node_case == PG_QUERY__NODE__NODE_UPDATE_STMT ||
                              node.node_case == PG_QUERY__NODE__NODE_DELETE_STMT;
    if (!is_plannable) return false;
    EnsureTransaction();
    current_source_.assign(sql);
    auto made = std::make_shared<CachedPlan>();
    made->plan = PlanStatement(node, sql, &literals_, {}, Parameters::kNone, &made->lifted,
                               &made->catalog_version, {});
    made->environment = Environment();
    std::vector<bool> lifted(literals_.size(), false);
    for (const planner::LiftedLiteral& literal : made->lifted) lifted[literal.literal] = true;
    for (uint32_t i = 0; i < literals_.size(); ++i) {
      if (!lifted[i]) made->pinned.push_back({i, std::string(literals_[i].text)});
    }
    const bool is_select = made->plan->statement_class == plan::StatementClass::kSelect;
    if (is_select && made->plan->root->total_cost > kSharedPlanCostMax) made->plan = nullptr;
    tenant_->plans.Add(shape_, made);
    cached = std::move(made);
  }
  if (cached->plan == nullptr) return false;
  EnsureTransaction();
  bool stale = false;
  LockAndVerify(cached->plan, cached->catalog_version, &stale);
  if (stale) return false;  // the slow way plans again, under the locks
  auto arena = std::make_unique<Arena>(&memory_);
  std::vector<types::Datum> parameters(cached->plan->parameter_types.size());
  for (const planner::LiftedLiteral& lifted : cached->lifted) {
    parameters[lifted.parameter] = ReadLiteral(literals_[lifted.literal], lifted, *arena);
  }
  const bool commit_first = block_ == BlockState::kImplicit;
  RunPlan(cached->plan, std::move(parameters), std::move(arena), true, commit_first);
  return true;
}

void ClientSession::RunPlan(const plan::PlanPtr& plan, std::vector<types::Datum> parameters,
                            std::unique_ptr<Arena> arena, bool describe, bool commit_first) {
  CheckMayRun(*plan);
  std::unique_ptr<Execution> execution = NewExecution(plan);
  execution->parameters() = std::move(parameters);
  const RowDescription columns = Describe(*plan);
  const bool is_select = plan->statement_class == plan::StatementClass::kSelect;
  const bool has_rows = is_select || !columns.empty();
  execution->Start();
  if (describe && has_rows) sink_.DescribeRows(columns);
  const types::IoSettings& io = settings_.effective().io;
  execution->Fetch(0, [&](const types::Batch& batch) {
    if (has_rows) sink_.Rows(columns, batch, io);
  });
  const uint64_t rows = is_select ? execution->rows_fetched() : execution->rows_changed();
  execution.reset();
  arena.reset();
  CompleteStatement(CompletionTag(plan->statement_class, rows), commit_first);
}

// ---- commands::QueryRunner ----

plan::PlanPtr ClientSession::Plan(const parser::ast::Node& statement) {
  return PlanAndLock(statement, {});
}

plan::PlanPtr ClientSession::PlanOfView(const parser::ast::Node& query,
                                        const catalog::ViewDefinition& view) {
  return PlanAndLock(query, {.by_view = &view});
}

plan::PlanPtr ClientSession::PlanCursor(const parser::ast::Node& query) {
  return PlanAndLock(query, {.by_cursor = true});
}

plan::PlanPtr ClientSession::PlanAndLock(const parser::ast::Node& statement, const PlanUse& use) {
  plan::PlanPtr plan;
  for (int attempt = 0; attempt < kPlanAttemptsMax; ++attempt) {
    uint64_t version = 0;
    plan = PlanStatement(statement, current_source_, nullptr, {}, Parameters::kNone, nullptr,
                         &version, use);
    bool stale = false;
    LockAndVerify(plan, version, &stale);
    if (!stale) break;
  }
  return plan;
}

uint64_t ClientSession::Run(const plan::PlanPtr& plan,
                            const std::function<void(const types::Batch&)>& receive,
                            commands::QueryMeasurement* measurement,
                            std::span<const types::Datum> parameters) {
  CheckMayRun(*plan);
  std::unique_ptr<Execution> execution = NewExecution(plan);
  execution->parameters().assign(parameters.begin(), parameters.end());
  if (measurement != nullptr) {
    measurement->nodes.assign(plan->node_count, {});
    execution->context().measurements = &measurement->nodes;
  }
  execution->Start();
  execution->Fetch(0, receive);
  if (measurement != nullptr) measurement->rows_changed = execution->rows_changed();
  return plan->statement_class == plan::StatementClass::kSelect ? execution->rows_fetched()
                                                                : execution->rows_changed();
}

commands::PreparedQuery ClientSession::Prepared(const PgQuery__ExecuteStmt& execute) {
  const PreparedStatementPtr statement = FindPrepared(execute.name);
  commands::PreparedQuery query;
  if (statement->node == nullptr) return query;
  PlanPrepared(*statement);
  query.arena = std::make_shared<Arena>(&memory_);
  query.parameters =
      EvaluateArguments(*statement, execute.params, execute.n_params, *query.arena);
  if (statement->plan->root == nullptr) return query;
  LockAsPlanned(*statement);
  query.plan = statement->plan;
  return query;
}

}  // namespace grizzly::session
