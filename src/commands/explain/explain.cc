#include "commands/explain/explain.h"

#include <chrono>

#include "commands/explain/explain_format.h"
#include "commands/relation_lookup.h"
#include "commands/table/create_table_as.h"
#include "facts/settings.h"
#include "facts/types.h"
#include "storage/kv/block_counters.h"

namespace grizzly::commands {
namespace {

using Clock = std::chrono::steady_clock;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// pg_show_all_settings(), and where name, raw value and built-in default are among its columns.
constexpr Oid kShowAllSettings = 2084;
constexpr size_t kName = 0, kSetting = 1, kBootValue = 12;

// Settings that bear on plans and are not what they are out of the box.
std::vector<std::pair<std::string, std::string>> ChangedSettings(CommandInput& input) {
  std::vector<std::pair<std::string, std::string>> changed;
  for (const functions::SystemRow& row : input.services->SystemRows(kShowAllSettings, {})) {
    const std::string& name = row[kName].value_or("");
    const facts::SettingFact* fact = facts::FindSetting(name);
    if (fact == nullptr || !facts::HasFlag(*fact, "EXPLAIN")) continue;
    if (row[kSetting] == row[kBootValue]) continue;
    changed.emplace_back(name, input.services->ShowSetting(name, true).value_or(""));
  }
  return changed;
}

// Plans and runs as the session does, and remembers the plan and what running it took.
class ObservedQueries final : public QueryRunner {
 public:
  explicit ObservedQueries(QueryRunner& session) : session_(session) {}

  plan::PlanPtr Plan(const parser::ast::Node& statement) override {
    return Observe([&] { return PreparedQuery{session_.Plan(statement), {}, nullptr}; }).plan;
  }

  plan::PlanPtr PlanOfView(const parser::ast::Node& query,
                           const catalog::ViewDefinition& view) override {
    return Observe([&] { return PreparedQuery{session_.PlanOfView(query, view), {}, nullptr}; }).plan;
  }

  PreparedQuery Prepared(const PgQuery__ExecuteStmt& execute) override {
    return Observe([&] { return session_.Prepared(execute); });
  }

  uint64_t Run(const plan::PlanPtr& plan,
               const std::function<void(const types::Batch&)>& receive, QueryMeasurement*,
               std::span<const types::Datum> parameters) override {
    return session_.Run(plan, receive, &measurement_, parameters);
  }

  void RunPlanned() {
    if (planned_.plan == nullptr) return;
    Run(planned_.plan, [](const types::Batch&) {}, nullptr, planned_.parameters);
  }

  const plan::PlanPtr& plan() const { return planned_.plan; }
  // Null: it was not run.
  const QueryMeasurement* measurement() const {
    return measurement_.nodes.empty() ? nullptr : &measurement_;
  }
  double planning_ms() const { return planning_ms_; }
  const storage::BlockCounters& planning_blocks() const { return planning_blocks_; }

 private:
  template <typename MakePlan>
  PreparedQuery Observe(MakePlan make) {
    const auto start = Clock::now();
    const storage::BlockCounters before = storage::ThreadBlockCounters();
    planned_ = make();
    const storage::BlockCounters after = storage::ThreadBlockCounters();
    planning_ms_ = MillisecondsSince(start);
    planning_blocks_ = {after.from_cache - before.from_cache,
                        after.from_files - before.from_files};
    return planned_;
  }

  QueryRunner& session_;
  PreparedQuery planned_;
  QueryMeasurement measurement_;
  double planning_ms_ = 0;
  storage::BlockCounters planning_blocks_;
};

// CREATE TABLE AS of a name that is taken: an error, or a notice and nothing to explain.
bool TableIsThere(const PgQuery__CreateTableAsStmt& statement, CommandInput& input) {
  const CreationTarget target = LockNewName(input, *statement.into->rel);
  if (input.editor.Current()->FindRelation(target.schema, target.name) == nullptr) return false;
  const std::string message = fmt::format("relation \"{}\" already exists", target.name);
  if (!statement.if_not_exists) throw SqlError(SqlState::kDuplicateTable, message);
  SendNotice(input, message + ", skipping", "", Severity::kNotice, SqlState::kDuplicateTable);
  return true;
}

void PlanQuery(const ast::Node& query, ObservedQueries& queries) {
  if (query.node_case == PG_QUERY__NODE__NODE_EXECUTE_STMT) {
    queries.Prepared(*query.execute_stmt);
  } else {
    queries.Plan(query);
  }
}

// Fills in plan and, with ANALYZE, measurement. False: there is nothing to explain.
bool Observe(const ast::Node& query, const ExplainOptions& options, CommandInput& input,
             ObservedQueries& queries, double* execution_ms) {
  const auto start = Clock::now();
  switch (query.node_case) {
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT: {
      const PgQuery__CreateTableAsStmt& statement = *query.create_table_as_stmt;
      if (TableIsThere(statement, input)) return false;
      if (!options.analyze) {
        PlanQuery(*statement.query, queries);
        return true;
      }
      QueryRunner* const before = input.queries;
      input.queries = &queries;
      CreateTableAs(statement, input);
      input.queries = before;
      break;
    }
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
      PlanQuery(*query.declare_cursor_stmt->query, queries);
      if (options.analyze) queries.RunPlanned();
      break;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
    case PG_QUERY__NODE__NODE_INSERT_STMT:
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
    case PG_QUERY__NODE__NODE_DELETE_STMT:
    case PG_QUERY__NODE__NODE_MERGE_STMT:
    case PG_QUERY__NODE__NODE_EXECUTE_STMT:
      PlanQuery(query, queries);
      if (options.analyze) queries.RunPlanned();
      break;
    default: break;
  }
  *execution_ms = MillisecondsSince(start) - queries.planning_ms();
  return true;
}

Oid ColumnTypeOf(ExplainFormat format) {
  switch (format) {
    case ExplainFormat::kJson: return facts::kJsonOid;
    case ExplainFormat::kXml: return facts::kXmlOid;
    default: return facts::kTextOid;
  }
}

void SendLines(const std::vector<std::string>& lines, Oid type, CommandInput& input) {
  const auto count = static_cast<uint32_t>(lines.size());
  types::Batch batch;
  batch.AddColumn(types::Vector(types::BuiltinType(type), std::max(count, 1u)));
  for (uint32_t i = 0; i < count; ++i) batch.column(0).SetString(i, lines[i]);
  batch.set_row_count(count);
  input.receive_rows(batch);
}

}  // namespace

std::string Explain(const PgQuery__ExplainStmt& statement, CommandInput& input) {
  const ExplainOptions options = ReadExplainOptions(statement);
  ObservedQueries queries(*input.queries);
  Explained explained;
  std::vector<std::string> lines;
  if (Observe(*statement.query, options, input, queries, &explained.execution_ms)) {
    if (queries.plan() != nullptr) {
      const QueryMeasurement* const measurement = options.analyze ? queries.measurement() : nullptr;
      explained.root = DescribePlan(*queries.plan(), options, measurement, input);
    }
    explained.planning_ms = queries.planning_ms();
    if (options.settings) explained.settings = ChangedSettings(input);
    if (options.buffers) {
      explained.planning = BufferProperties(queries.planning_blocks().from_cache,
                                            queries.planning_blocks().from_files);
    }
    lines = FormatExplained(explained, options);
  }
  SendLines(lines, ColumnTypeOf(options.format), input);
  return "EXPLAIN";
}

std::vector<plan::PlanColumn> ExplainColumns(const PgQuery__ExplainStmt& statement) {
  const Oid type = ColumnTypeOf(ReadExplainOptions(statement).format);
  plan::PlanColumn column;
  column.name = "QUERY PLAN";
  column.type = types::BuiltinType(type);
  column.io = types::BuiltinTypeIo(type);
  // Where a type's own functions are not there, its text is what text's are.
  if (column.io == nullptr) column.io = types::BuiltinTypeIo(facts::kTextOid);
  return {column};
}

}  // namespace grizzly::commands
