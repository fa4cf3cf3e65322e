#include "commands/explain/node_properties.h"

#include <fmt/format.h>

#include "catalog/object_text.h"
#include "facts/procs.h"

namespace grizzly::commands {

PlanProperty TextProperty(std::string_view label, std::string value, ShownIn shown_in) {
  PlanProperty property;
  property.label = label;
  property.value = std::move(value);
  property.shown_in = shown_in;
  return property;
}

PlanProperty NumberProperty(std::string_view label, std::string value, ShownIn shown_in) {
  PlanProperty property = TextProperty(label, std::move(value), shown_in);
  property.is_text = false;
  return property;
}

PlanProperty ListProperty(std::string_view label, std::vector<std::string> values,
                          ShownIn shown_in) {
  PlanProperty property;
  property.label = label;
  property.values = std::move(values);
  property.is_list = true;
  property.shown_in = shown_in;
  return property;
}

int64_t Kilobytes(int64_t bytes) { return (bytes + 1023) / 1024; }

std::string Conjunction(const std::vector<std::string>& conditions) {
  if (conditions.size() < 2) return conditions.empty() ? "" : conditions[0];
  return fmt::format("({})", fmt::join(conditions, " AND "));
}

void AddFilter(std::string_view label, const std::vector<std::string>& conditions,
               const executor::NodeMeasurement* measured, NodeDescription& made) {
  if (conditions.empty()) return;
  made.properties.push_back(TextProperty(label, Conjunction(conditions)));
  if (measured == nullptr || measured->loop_count == 0 || label == "One-Time Filter") return;
  const double removed =
      static_cast<double>(measured->rows_filtered) / static_cast<double>(measured->loop_count);
  const bool any = measured->rows_filtered > 0;
  made.properties.push_back(NumberProperty(fmt::format("Rows Removed by {}", label),
                                           fmt::format("{:.0f}", removed),
                                           any ? ShownIn::kAll : ShownIn::kStructured));
}

namespace {

using plan::Node;
using plan::NodeKind;

template <typename T>
const T& As(const Node& node) {
  return static_cast<const T&>(node);
}

class NodeDescriber {
 public:
  NodeDescriber(const Node& node, const DescribeInput& input, NodeDescription& made)
      : node_(node), input_(input), names_(input.names), made_(made) {
    if (input.measurement != nullptr) measured_ = &input.measurement->nodes[node.id];
  }

  void Describe() {
    switch (node_.kind) {
      case NodeKind::kOneRow: return Name("Result");
      case NodeKind::kValues: return Scan("Values Scan", "*VALUES*");
      case NodeKind::kTableScan: return TableScan();
      case NodeKind::kVirtualScan: return VirtualScan();
      case NodeKind::kFunctionScan: return FunctionScan();
      case NodeKind::kCteScan: return CteScan("CTE Scan", "CTE Name");
      case NodeKind::kWorkTable: return CteScan("WorkTable Scan", "CTE Name");
      case NodeKind::kProjectSet: return Name("ProjectSet");
      case NodeKind::kNestedLoop: return NestedLoop();
      case NodeKind::kHashJoin: return HashJoin();
      case NodeKind::kAggregate: return Aggregate();
      case NodeKind::kWindow: return Name("WindowAgg");
      case NodeKind::kSort: return Sort();
      case NodeKind::kLimit: return Name("Limit");
      case NodeKind::kDistinct: return Distinct();
      case NodeKind::kAppend: return Name("Append");
      case NodeKind::kSetOperation: return SetOperation();
      case NodeKind::kRecursiveUnion: return Name("Recursive Union");
      case NodeKind::kLockRows: return Name("LockRows");
      case NodeKind::kInsert: return Insert();
      case NodeKind::kUpdate: return Modify("Update", *As<plan::ModifyNode>(node_).rules.relation);
      case NodeKind::kDelete: return Modify("Delete", *As<plan::ModifyNode>(node_).rules.relation);
      case NodeKind::kMerge: return Merge();
      case NodeKind::kFilter: return Name("Filter");
      case NodeKind::kProject: return Name("Project");
      case NodeKind::kWith: return Name("With");
      default: return Name("Unknown");
    }
  }

 private:
  void Name(std::string_view name) {
    made_.headline = name;
    made_.type = name;
  }
  void Add(PlanProperty property) { made_.properties.push_back(std::move(property)); }

  std::vector<std::string> Texts(const std::vector<expr::ExprPtr>& list,
                                 const std::vector<const Node*>& inputs, NamePlace place) const {
    std::vector<std::string> texts;
    for (const expr::ExprPtr& expression : list) {
      texts.push_back(names_.Text(*expression, inputs, place));
    }
    return texts;
  }

  // ---- scans ----

  // "Seq Scan on t a".
  void Scan(std::string_view type, std::string_view object, std::string_view schema = "") {
    const std::string& alias = names_.AliasOf(node_);
    made_.type = type;
    made_.headline += made_.headline.empty() ? fmt::format("{} on ", type) : " on ";
    if (!schema.empty()) made_.headline += catalog::QuoteIdentifier(schema) + ".";
    if (!object.empty()) made_.headline += catalog::QuoteIdentifier(object);
    if (object != alias) {
      if (!object.empty()) made_.headline += " ";
      made_.headline += catalog::QuoteIdentifier(alias);
    }
  }

  std::string SchemaOf(const catalog::Relation& relation) const {
    const catalog::Schema* schema = input_.catalog.FindSchema(relation.schema);
    return schema == nullptr ? "" : schema->name;
  }

  void RelationTarget(const catalog::Relation& relation, const std::string& alias) {
    made_.target.push_back(TextProperty("Relation Name", relation.name));
    if (input_.options.verbose) {
      made_.target.push_back(TextProperty("Schema", SchemaOf(relation)));
    }
    made_.target.push_back(TextProperty("Alias", alias));
  }

  void RelationScan(std::string_view type, const catalog::Relation& relation) {
    Scan(type, relation.name, input_.options.verbose ? SchemaOf(relation) : "");
    RelationTarget(relation, names_.AliasOf(node_));
  }

  // The index a scan goes by: its own, or the one the rows are clustered by; null for neither.
  catalog::RelationPtr IndexOf(const plan::TableScanNode& scan) const {
    if (scan.index != nullptr || scan.bounds.empty()) return scan.index;
    for (const Oid oid : scan.relation->indexes) {
      catalog::RelationPtr index = input_.catalog.FindRelation(oid);
      if (index != nullptr && index->index->clustered_by) return index;
    }
    return nullptr;
  }

  void TableScan() {
    const auto& scan = As<plan::TableScanNode>(node_);
    const catalog::RelationPtr index = IndexOf(scan);
    const bool sampled = scan.sample.has_value();
    if (!scan.current_of.empty()) {
      RelationScan("Tid Scan", *scan.relation);
      Add(TextProperty("TID Cond",
                       "CURRENT OF " + catalog::QuoteIdentifier(scan.current_of)));
    } else if (index == nullptr) {
      RelationScan(sampled ? "Sample Scan" : "Seq Scan", *scan.relation);
    } else {
      made_.headline = fmt::format("Index Scan{} using {}", scan.backward ? " Backward" : "",
                                   catalog::QuoteIdentifier(index->name));
      made_.target.push_back(
          TextProperty("Scan Direction", scan.backward ? "Backward" : "Forward"));
      made_.target.push_back(TextProperty("Index Name", index->name));
      RelationScan("Index Scan", *scan.relation);
      const std::vector<std::string> conditions = Bounds(scan, *index);
      if (!conditions.empty()) Add(TextProperty("Index Cond", Conjunction(conditions)));
    }
    if (sampled) Sampling(*scan.sample);
    AddFilter("Filter", Texts(scan.filters, {&node_}, NamePlace::kScan), measured_, made_);
  }

  void Sampling(const plan::TableSample& sample) {
    std::string text = fmt::format("{} ({})", sample.by_block ? "system" : "bernoulli",
                                   names_.Text(*sample.percentage, {}, NamePlace::kScan));
    if (sample.repeatable != nullptr) {
      text += fmt::format(" REPEATABLE ({})",
                          names_.Text(*sample.repeatable, {}, NamePlace::kScan));
    }
    Add(TextProperty("Sampling", std::move(text)));
  }

  std::string KeyPart(const plan::TableScanNode& scan, const catalog::Relation& index,
                      size_t part) const {
    const auto& key = index.index->parts[part];
    if (key.column == 0) return key.expression.sql;
    return names_.Column(names_.AliasOf(node_), scan.relation->columns[key.column - 1].name,
                         NamePlace::kScan);
  }

  std::vector<std::string> Bounds(const plan::TableScanNode& scan,
                                  const catalog::Relation& index) const {
    std::vector<std::string> conditions;
    const auto add = [&](size_t part, std::string_view op, const expr::ExprPtr& bound) {
      if (bound == nullptr) return;
      conditions.push_back(fmt::format("({} {} {})", KeyPart(scan, index, part), op,
                                       names_.Text(*bound, {}, NamePlace::kScan)));
    };
    const plan::KeyBounds& bounds = scan.bounds;
    for (size_t i = 0; i < bounds.equal.size(); ++i) add(i, "=", bounds.equal[i]);
    add(bounds.equal.size(), bounds.lower_inclusive ? ">=" : ">", bounds.lower);
    add(bounds.equal.size(), bounds.upper_inclusive ? "<=" : "<", bounds.upper);
    for (const plan::TermCondition& term : scan.terms) add(term.part, term.op, term.value);
    if (bounds.any_of != nullptr) {
      conditions.push_back(fmt::format("({} = ANY ({}))", KeyPart(scan, index, 0),
                                       names_.Text(*bounds.any_of, {}, NamePlace::kScan)));
    }
    return conditions;
  }

  void VirtualScan() {
    const auto& scan = As<plan::VirtualScanNode>(node_);
    RelationScan("Seq Scan", *scan.relation);
    AddFilter("Filter", Texts(scan.filters, {&node_}, NamePlace::kScan), measured_, made_);
  }

  static std::string FunctionName(const expr::Expr& call) {
    if (call.kind == expr::ExprKind::kSetFunction) {
      return static_cast<const expr::SetFunctionExpr&>(call).name;
    }
    if (call.kind != expr::ExprKind::kFunction) return "";
    const facts::ProcFact* proc =
        facts::FindProc(static_cast<const expr::FunctionExpr&>(call).call->function);
    return proc == nullptr ? "" : std::string(proc->proname);
  }

  void FunctionScan() {
    const auto& scan = As<plan::FunctionScanNode>(node_);
    const std::string function =
        scan.functions.size() == 1 ? FunctionName(*scan.functions[0].call) : "";
    const bool shows_schema = input_.options.verbose && !function.empty();
    Scan("Function Scan", function, shows_schema ? "pg_catalog" : "");
    if (!function.empty()) made_.target.push_back(TextProperty("Function Name", function));
    if (shows_schema) {
      made_.target.push_back(TextProperty("Schema", "pg_catalog"));
    }
    made_.target.push_back(TextProperty("Alias", names_.AliasOf(node_)));
    if (!input_.options.verbose) return;
    std::vector<std::string> calls;
    for (const auto& each : scan.functions) {
      calls.push_back(names_.Text(*each.call, {}, NamePlace::kScan));
    }
    Add(TextProperty("Function Call", fmt::format("{}", fmt::join(calls, ", "))));
  }

  void CteScan(std::string_view type, std::string_view label) {
    const auto& scan = As<plan::CteScanNode>(node_);
    Scan(type, scan.name);
    made_.target.push_back(TextProperty(label, scan.name));
    made_.target.push_back(TextProperty("Alias", names_.AliasOf(node_)));
  }

  // ---- joins ----

  void JoinName(std::string_view name, plan::JoinType type, bool is_loop) {
    static constexpr const char* kTypes[] = {"Inner", "Left",       "Right",     "Full", "Semi",
                                             "Anti",  "Right Semi", "Right Anti"};
    const char* const word = kTypes[static_cast<int>(type)];
    made_.type = is_loop ? std::string(name) : fmt::format("{} Join", name);
    if (type == plan::JoinType::kInner) {
      made_.headline = made_.type;
    } else {
      made_.headline = fmt::format("{} {} Join", name, word);
    }
    made_.target.push_back(TextProperty("Join Type", word));
  }

  std::vector<const Node*> Children() const {
    std::vector<const Node*> children;
    for (const plan::NodePtr& child : node_.children) children.push_back(child.get());
    return children;
  }

  void NestedLoop() {
    const auto& join = As<plan::NestedLoopNode>(node_);
    JoinName("Nested Loop", join.type, true);
    AddFilter("Join Filter", Texts(join.conditions, Children(), NamePlace::kUpper), measured_,
              made_);
  }

  void HashJoin() {
    const auto& join = As<plan::HashJoinNode>(node_);
    JoinName("Hash", join.type, false);
    std::vector<std::string> keys;
    for (size_t i = 0; i < join.left_keys.size(); ++i) {
      const bool null_equal = i < join.null_equal.size() && join.null_equal[i];
      const std::string left =
          names_.Text(*join.left_keys[i], {node_.children[0].get()}, NamePlace::kUpper);
      const std::string right =
          names_.Text(*join.right_keys[i], {node_.children[1].get()}, NamePlace::kUpper);
      keys.push_back(null_equal ? fmt::format("(NOT ({} IS DISTINCT FROM {}))", left, right)
                                : fmt::format("({} = {})", left, right));
    }
    if (!keys.empty()) Add(TextProperty("Hash Cond", Conjunction(keys)));
    AddFilter("Join Filter", Texts(join.conditions, Children(), NamePlace::kUpper), measured_,
              made_);
  }

  // ---- aggregation, order ----

  void AggregateName(std::string_view headline, std::string_view strategy) {
    made_.headline = headline;
    made_.type = "Aggregate";
    made_.kind.push_back(TextProperty("Strategy", std::string(strategy)));
    made_.kind.push_back(TextProperty("Partial Mode", "Simple"));
  }

  void Memory() {
    if (measured_ == nullptr) return;
    const int64_t used = Kilobytes(measured_->memory_bytes_peak);
    const int64_t disk = Kilobytes(measured_->spilled_bytes);
    Add(TextProperty("Memory Usage",
                     disk > 0 ? fmt::format("{}kB  Disk Usage: {}kB", used, disk)
                              : fmt::format("{}kB", used),
                     ShownIn::kText));
    Add(NumberProperty("Peak Memory Usage", std::to_string(used), ShownIn::kStructured));
    Add(NumberProperty("Disk Usage", std::to_string(disk), ShownIn::kStructured));
  }

  void Aggregate() {
    const auto& aggregate = As<plan::AggregateNode>(node_);
    const std::vector<std::string> groups = Texts(aggregate.groups, Children(), NamePlace::kUpper);
    if (aggregate.grouping_sets.empty()) {
      if (groups.empty()) return AggregateName("Aggregate", "Plain");
      AggregateName("HashAggregate", "Hashed");
      Add(ListProperty("Group Key", groups));
      return Memory();
    }
    bool has_empty = false;
    for (const auto& set : aggregate.grouping_sets) has_empty |= set.empty();
    AggregateName(has_empty ? "MixedAggregate" : "HashAggregate", has_empty ? "Mixed" : "Hashed");
    for (const auto& set : aggregate.grouping_sets) {
      std::vector<std::string> keys;
      for (const uint32_t group : set) keys.push_back(groups[group]);
      if (set.empty()) {
        Add(TextProperty("Group Key", "()"));
      } else {
        Add(ListProperty("Hash Key", std::move(keys)));
      }
    }
    Memory();
  }

  void Distinct() {
    const auto& distinct = As<plan::DistinctNode>(node_);
    if (distinct.input_is_sorted || !distinct.on.empty()) return Name("Unique");
    AggregateName("HashAggregate", "Hashed");
    Add(ListProperty("Group Key", names_.Outputs(node_, NamePlace::kUpper)));
    Memory();
  }

  void Sort() {
    const auto& sort = As<plan::SortNode>(node_);
    Name("Sort");
    std::vector<std::string> keys;
    for (const expr::SortKey& key : sort.keys) {
      keys.push_back(names_.SortKeyText(key, *node_.children[0]));
    }
    Add(ListProperty("Sort Key", std::move(keys)));
    if (measured_ == nullptr || measured_->loop_count == 0) return;
    const bool on_disk = measured_->spilled_bytes > 0;
    const std::string method = on_disk                 ? "external merge"
                               : sort.limit != nullptr ? "top-N heapsort"
                                                       : "quicksort";
    const int64_t space =
        Kilobytes(on_disk ? measured_->spilled_bytes : measured_->memory_bytes_peak);
    const char* const place = on_disk ? "Disk" : "Memory";
    Add(TextProperty("Sort Method", fmt::format("{}  {}: {}kB", method, place, space),
                     ShownIn::kText));
    Add(TextProperty("Sort Method", method, ShownIn::kStructured));
    Add(NumberProperty("Sort Space Used", std::to_string(space), ShownIn::kStructured));
    Add(TextProperty("Sort Space Type", place, ShownIn::kStructured));
  }

  void SetOperation() {
    const auto& set = As<plan::SetOperationNode>(node_);
    static constexpr const char* kOperations[] = {"Union", "Intersect", "Except"};
    const std::string command = fmt::format("{}{}", kOperations[static_cast<int>(set.operation)],
                                            set.all ? " All" : "");
    made_.type = "SetOp";
    made_.headline = "HashSetOp " + command;
    made_.kind.push_back(TextProperty("Strategy", "Hashed"));
    made_.kind.push_back(TextProperty("Command", command));
    Memory();
  }

  // ---- changes ----

  void Modify(std::string_view operation, const catalog::Relation& relation) {
    made_.type = "ModifyTable";
    made_.kind.push_back(TextProperty("Operation", std::string(operation)));
    made_.headline = fmt::format("{} on ", operation);
    if (input_.options.verbose) {
      made_.headline += catalog::QuoteIdentifier(SchemaOf(relation)) + ".";
    }
    made_.headline += catalog::QuoteIdentifier(relation.name);
    const std::string alias = TargetAlias(relation);
    if (alias != relation.name) made_.headline += " " + catalog::QuoteIdentifier(alias);
    RelationTarget(relation, alias);
  }

  // The scan of the table that is changed has the alias.
  std::string TargetAlias(const catalog::Relation& relation) const {
    uint32_t scan_id = 0;
    if (node_.kind == NodeKind::kMerge) {
      const auto& merge = As<plan::MergeNode>(node_);
      if (merge.routing != nullptr || merge.tables.size() > 1) return relation.name;
      scan_id = merge.target_scan_id;
    } else if (node_.kind != NodeKind::kInsert) {
      scan_id = As<plan::ModifyNode>(node_).target_scan_id;
    } else {
      return relation.name;
    }
    std::string alias = relation.name;
    const std::function<void(const Node&)> find = [&](const Node& node) {
      if (node.kind == NodeKind::kTableScan &&
          As<plan::TableScanNode>(node).scan_id == scan_id) {
        alias = names_.AliasOf(node);
      }
      for (const plan::NodePtr& child : node.children) find(*child);
    };
    find(node_);
    return alias;
  }

  void Insert() {
    const auto& insert = As<plan::InsertNode>(node_);
    const catalog::Relation& relation = *insert.rules.relation;
    Modify("Insert", relation);
    if (!insert.on_conflict) return;
    const plan::OnConflictRules& rules = *insert.on_conflict;
    Add(TextProperty("Conflict Resolution", rules.do_nothing ? "NOTHING" : "UPDATE"));
    std::vector<std::string> arbiters;
    for (const Oid oid : rules.arbiters) {
      const catalog::RelationPtr index = input_.catalog.FindRelation(oid);
      if (index != nullptr) arbiters.push_back(index->name);
    }
    if (!arbiters.empty()) Add(ListProperty("Conflict Arbiter Indexes", std::move(arbiters)));
    if (rules.where != nullptr) {
      Add(TextProperty("Conflict Filter", names_.TextOverRow(*rules.where, relation, {},
                                                                   NamePlace::kAlways)));
    }
    if (measured_ == nullptr) return;
    Add(NumberProperty("Tuples Inserted", std::to_string(measured_->insert_count)));
    Add(NumberProperty("Conflicting Tuples", std::to_string(measured_->conflict_count)));
  }

  void Merge() {
    Modify("Merge", *As<plan::MergeNode>(node_).relation);
    if (measured_ == nullptr) return;
    const struct {
      const char* word;
      const char* label;
      uint64_t count;
    } counts[] = {{"inserted", "Tuples Inserted", measured_->insert_count},
                  {"updated", "Tuples Updated", measured_->update_count},
                  {"deleted", "Tuples Deleted", measured_->delete_count},
                  {"skipped", "Tuples Skipped", measured_->skip_count}};
    std::string text;
    for (const auto& each : counts) {
      if (each.count == 0) continue;
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", each.word, each.count);
    }
    if (!text.empty()) Add(TextProperty("Tuples", std::move(text), ShownIn::kText));
    for (const auto& each : counts) {
      Add(NumberProperty(each.label, std::to_string(each.count), ShownIn::kStructured));
    }
  }

  const Node& node_;
  const DescribeInput& input_;
  const PlanNames& names_;
  NodeDescription& made_;
  const executor::NodeMeasurement* measured_ = nullptr;
};

}  // namespace

void DescribeNode(const Node& node, const DescribeInput& input, NodeDescription& made) {
  NodeDescriber(node, input, made).Describe();
}

}  // namespace grizzly::commands
