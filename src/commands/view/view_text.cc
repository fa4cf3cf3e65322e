#include "commands/view/view_text.h"

#include <algorithm>
#include <set>

#include "base/error/check.h"
#include "catalog/object_text.h"
#include "catalog/schema_lookup.h"
#include "commands/evaluation.h"
#include "parser/deparse.h"
#include "parser/parse.h"
#include "planner/deparse/deparse_query.h"

namespace grizzly::commands {
namespace {

// Makes nodes in an arena.
class TreeMaker {
 public:
  explicit TreeMaker(Arena& arena) : arena_(arena) {}

  char* Text(std::string_view text) {
    char* copy = arena_.Allocate(text.size() + 1, 1);
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    return copy;
  }
  ast::Node* String(std::string_view text) {
    auto* value = arena_.New<PgQuery__String>();
    *value = PG_QUERY__STRING__INIT;
    value->sval = Text(text);
    ast::Node* node = NewNode(PG_QUERY__NODE__NODE_STRING);
    node->string = value;
    return node;
  }
  // A target `qualifier.column`.
  ast::Node* ColumnTarget(const std::string& qualifier, const std::string& column) {
    auto* reference = arena_.New<PgQuery__ColumnRef>();
    *reference = PG_QUERY__COLUMN_REF__INIT;
    reference->n_fields = qualifier.empty() ? 1 : 2;
    reference->fields = arena_.AllocateArray<ast::Node*>(2);
    size_t next = 0;
    if (!qualifier.empty()) reference->fields[next++] = String(qualifier);
    reference->fields[next] = String(column);
    ast::Node* value = NewNode(PG_QUERY__NODE__NODE_COLUMN_REF);
    value->column_ref = reference;
    auto* target = arena_.New<PgQuery__ResTarget>();
    *target = PG_QUERY__RES_TARGET__INIT;
    target->val = value;
    ast::Node* node = NewNode(PG_QUERY__NODE__NODE_RES_TARGET);
    node->res_target = target;
    return node;
  }
  ast::Node* NewNode(PgQuery__Node__NodeCase kind) {
    auto* node = arena_.New<ast::Node>();
    *node = PG_QUERY__NODE__INIT;
    node->node_case = kind;
    return node;
  }
  Arena& arena() { return arena_; }

 private:
  Arena& arena_;
};

// What a * stands for.
struct NamedColumn {
  std::string qualifier;
  std::string column;
};

class StarExpansion {
 public:
  StarExpansion(CommandInput& input, Arena& arena) : input_(input), maker_(arena) {}

  void Expand(PgQuery__SelectStmt& select) {
    if (select.larg != nullptr) Expand(*select.larg);
    if (select.rarg != nullptr) Expand(*select.rarg);
    PgQuery__WithClause* const outer = with_;
    if (select.with_clause != nullptr) {
      for (ast::Node* cte : ListOf(select.with_clause->ctes, select.with_clause->n_ctes)) {
        ast::Node* query = cte->common_table_expr->ctequery;
        if (query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT) Expand(*query->select_stmt);
      }
      with_ = select.with_clause;
    }
    for (ast::Node* item : ListOf(select.from_clause, select.n_from_clause)) ExpandBelow(*item);
    std::vector<ast::Node*> targets;
    for (ast::Node* target : ListOf(select.target_list, select.n_target_list)) {
      AddTarget(select, target, &targets);
    }
    select.n_target_list = targets.size();
    select.target_list = maker_.arena().AllocateArray<ast::Node*>(targets.size() + 1);
    std::copy(targets.begin(), targets.end(), select.target_list);
    with_ = outer;
  }

 private:
  void ExpandBelow(ast::Node& item) {
    if (item.node_case == PG_QUERY__NODE__NODE_RANGE_SUBSELECT) {
      ast::Node* query = item.range_subselect->subquery;
      if (query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT) Expand(*query->select_stmt);
    } else if (item.node_case == PG_QUERY__NODE__NODE_JOIN_EXPR) {
      ExpandBelow(*item.join_expr->larg);
      ExpandBelow(*item.join_expr->rarg);
    }
  }

  void AddTarget(const PgQuery__SelectStmt& select, ast::Node* target,
                 std::vector<ast::Node*>* targets) {
    const ast::Node* value = target->res_target->val;
    const bool is_star =
        value != nullptr && value->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
        value->column_ref->fields[value->column_ref->n_fields - 1]->node_case ==
            PG_QUERY__NODE__NODE_A_STAR;
    if (!is_star) {
      targets->push_back(target);
      return;
    }
    const PgQuery__ColumnRef& star = *value->column_ref;
    const std::string qualifier(star.n_fields > 1 ? StringOf(star.fields[star.n_fields - 2])
                                                  : std::string_view());
    before_.clear();
    const size_t count = targets->size();
    for (ast::Node* item : ListOf(select.from_clause, select.n_from_clause)) {
      ast::Node* const meant = qualifier.empty() ? item : FindNamed(*item, qualifier);
      if (meant != nullptr) {
        for (const NamedColumn& column : ColumnsOf(*meant)) {
          targets->push_back(maker_.ColumnTarget(column.qualifier, column.column));
        }
      }
      before_.push_back(item);
    }
    if (targets->size() == count) targets->push_back(target);  // columns that only the binder knows
  }

  // May use what stands before it in FROM.
  static bool IsLateral(const ast::Node& item) {
    return item.node_case == PG_QUERY__NODE__NODE_RANGE_FUNCTION ||
           item.node_case == PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC ||
           (item.node_case == PG_QUERY__NODE__NODE_RANGE_SUBSELECT && item.range_subselect->lateral);
  }

  // The item of that name at or below one of the FROM list; null: none.
  static ast::Node* FindNamed(ast::Node& item, const std::string& name) {
    if (item.node_case != PG_QUERY__NODE__NODE_JOIN_EXPR) {
      return AliasOf(item) == name ? &item : nullptr;
    }
    const PgQuery__JoinExpr& join = *item.join_expr;
    if (join.alias != nullptr) return TextOf(join.alias->aliasname) == name ? &item : nullptr;
    ast::Node* const left = FindNamed(*join.larg, name);
    return left != nullptr ? left : FindNamed(*join.rarg, name);
  }

  static std::string NameOfFunction(const PgQuery__RangeFunction& item) {
    const ast::Node& call = *item.functions[0]->list->items[0];
    if (call.node_case != PG_QUERY__NODE__NODE_FUNC_CALL) return "";
    return std::string(StringOf(call.func_call->funcname[call.func_call->n_funcname - 1]));
  }

  static std::string AliasOf(const ast::Node& item) {
    const PgQuery__Alias* alias = nullptr;
    switch (item.node_case) {
      case PG_QUERY__NODE__NODE_RANGE_VAR:
        alias = item.range_var->alias;
        if (alias == nullptr) return std::string(TextOf(item.range_var->relname));
        break;
      case PG_QUERY__NODE__NODE_RANGE_SUBSELECT: alias = item.range_subselect->alias; break;
      case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE: return AliasOf(*item.range_table_sample->relation);
      case PG_QUERY__NODE__NODE_RANGE_FUNCTION:
        alias = item.range_function->alias;
        if (alias == nullptr) return NameOfFunction(*item.range_function);
        break;
      case PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC:
        alias = item.range_table_func->alias;
        if (alias == nullptr) return "xmltable";
        break;
      default: break;
    }
    return alias == nullptr ? std::string() : std::string(TextOf(alias->aliasname));
  }

  std::vector<NamedColumn> ColumnsOf(ast::Node& item) {
    if (item.node_case == PG_QUERY__NODE__NODE_JOIN_EXPR) return ColumnsOfJoin(*item.join_expr);
    // Ask the binder: SELECT * FROM this item, alone or behind those that it may use.
    std::vector<ast::Node*> from;
    if (IsLateral(item)) from = before_;
    const size_t others = from.empty() ? 0 : NamesOfAll(from).size();
    from.push_back(&item);
    std::vector<NamedColumn> columns;
    const std::string alias = AliasOf(item);
    const std::vector<std::string> names = NamesOfAll(from);
    for (size_t i = others; i < names.size(); ++i) columns.push_back({alias, names[i]});
    return columns;
  }

  // The columns of SELECT * FROM these.
  std::vector<std::string> NamesOfAll(std::vector<ast::Node*> from) {
    PgQuery__SelectStmt select = PG_QUERY__SELECT_STMT__INIT;
    ast::Node* targets[] = {Star()};
    select.n_from_clause = from.size();
    select.from_clause = from.data();
    select.n_target_list = 1;
    select.target_list = targets;
    select.with_clause = with_;
    select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
    select.op = PG_QUERY__SET_OPERATION__SETOP_NONE;
    ast::Node statement = PG_QUERY__NODE__INIT;
    statement.node_case = PG_QUERY__NODE__NODE_SELECT_STMT;
    statement.select_stmt = &select;
    std::vector<std::string> names;
    for (const auto& result : planner::Bind(statement, MakeBinderInput(input_)).results) {
      names.push_back(result.name);
    }
    return names;
  }

  // Merged columns first, then the rest of both sides.
  std::vector<NamedColumn> ColumnsOfJoin(PgQuery__JoinExpr& join) {
    const std::vector<NamedColumn> left = ColumnsOf(*join.larg);
    before_.push_back(join.larg);
    const std::vector<NamedColumn> right = ColumnsOf(*join.rarg);
    before_.pop_back();
    std::vector<std::string> merged = StringsOf(ListOf(join.using_clause, join.n_using_clause));
    const auto has = [](const std::vector<NamedColumn>& columns, const std::string& name) {
      return std::any_of(columns.begin(), columns.end(),
                         [&](const NamedColumn& column) { return column.column == name; });
    };
    for (const NamedColumn& column : left) {
      if (join.is_natural && has(right, column.column)) merged.push_back(column.column);
    }
    std::vector<NamedColumn> columns;
    for (const std::string& name : merged) columns.push_back({"", name});
    for (const auto* side : {&left, &right}) {
      for (const NamedColumn& column : *side) {
        if (std::find(merged.begin(), merged.end(), column.column) == merged.end()) {
          columns.push_back(column);
        }
      }
    }
    if (join.alias == nullptr) return columns;
    const std::vector<std::string> names =
        StringsOf(ListOf(join.alias->colnames, join.alias->n_colnames));
    for (size_t i = 0; i < columns.size(); ++i) {
      columns[i].qualifier = TextOf(join.alias->aliasname);
      if (i < names.size()) columns[i].column = names[i];
    }
    return columns;
  }

  ast::Node* Star() {
    auto* star = maker_.arena().New<PgQuery__AStar>();
    *star = PG_QUERY__A__STAR__INIT;
    ast::Node* field = maker_.NewNode(PG_QUERY__NODE__NODE_A_STAR);
    field->a_star = star;
    ast::Node* target = maker_.ColumnTarget("", "");
    target->res_target->val->column_ref->fields[0] = field;
    return target;
  }

  CommandInput& input_;
  TreeMaker maker_;
  PgQuery__WithClause* with_ = nullptr;
  std::vector<ast::Node*> before_;  // what a lateral item may use
};

using MessageVisitor = std::function<void(ProtobufCMessage&)>;

void WalkMessage(ProtobufCMessage& message, const MessageVisitor& visit) {
  visit(message);
  const ProtobufCMessageDescriptor& type = *message.descriptor;
  char* const base = reinterpret_cast<char*>(&message);
  for (unsigned i = 0; i < type.n_fields; ++i) {
    const ProtobufCFieldDescriptor& field = type.fields[i];
    if (field.type != PROTOBUF_C_TYPE_MESSAGE) continue;
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
      const size_t count = *reinterpret_cast<size_t*>(base + field.quantifier_offset);
      auto** items = *reinterpret_cast<ProtobufCMessage***>(base + field.offset);
      for (size_t item = 0; item < count; ++item) WalkMessage(*items[item], visit);
      continue;
    }
    if ((field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
        *reinterpret_cast<uint32_t*>(base + field.quantifier_offset) != field.id) {
      continue;
    }
    auto* child = *reinterpret_cast<ProtobufCMessage**>(base + field.offset);
    if (child != nullptr) WalkMessage(*child, visit);
  }
}

}  // namespace

ast::Node* CloneTree(const ast::Node& node, Arena& arena) {
  std::vector<uint8_t> packed(pg_query__node__get_packed_size(&node));
  pg_query__node__pack(&node, packed.data());
  ProtobufCAllocator allocator;
  allocator.alloc = [](void* data, size_t size) -> void* {
    return static_cast<Arena*>(data)->Allocate(size, 16);
  };
  allocator.free = [](void*, void*) {};
  allocator.allocator_data = &arena;
  ast::Node* clone = pg_query__node__unpack(&allocator, packed.size(), packed.data());
  GRIZZLY_CHECK(clone != nullptr);
  return clone;
}

void WalkTree(ast::Node& node, const std::function<void(ProtobufCMessage&)>& visit) {
  WalkMessage(node.base, visit);
}

// Not those of OF, which are names of FROM items.
void ForEachRangeVar(ast::Node& node, const std::function<void(PgQuery__RangeVar&)>& visit) {
  std::set<const PgQuery__RangeVar*> locked;
  WalkMessage(node.base, [&](ProtobufCMessage& message) {
    if (message.descriptor != &pg_query__locking_clause__descriptor) return;
    const auto& clause = reinterpret_cast<PgQuery__LockingClause&>(message);
    for (size_t i = 0; i < clause.n_locked_rels; ++i) locked.insert(clause.locked_rels[i]->range_var);
  });
  WalkMessage(node.base, [&](ProtobufCMessage& message) {
    const bool is_name = message.descriptor == &pg_query__range_var__descriptor;
    if (is_name && !locked.contains(reinterpret_cast<PgQuery__RangeVar*>(&message))) {
      visit(reinterpret_cast<PgQuery__RangeVar&>(message));
    }
  });
}

catalog::ViewDefinition StoredQuery(CommandInput& input, const ast::Node& query,
                                    std::vector<Oid>* direct) {
  Arena arena(input.memory);
  ast::Node* tree = CloneTree(query, arena);
  std::vector<std::string> cte_names;
  WalkMessage(tree->base, [&](ProtobufCMessage& message) {
    if (message.descriptor != &pg_query__common_table_expr__descriptor) return;
    cte_names.emplace_back(
        TextOf(reinterpret_cast<PgQuery__CommonTableExpr&>(message).ctename));
  });
  TreeMaker maker(arena);
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  ForEachRangeVar(*tree, [&](PgQuery__RangeVar& name) {
    const std::string table(TextOf(name.relname));
    const bool may_be_cte =
        std::find(cte_names.begin(), cte_names.end(), table) != cte_names.end();
    if (TextOf(name.schemaname).empty()) {
      if (may_be_cte) return;
      const catalog::RelationPtr relation = input.search_path.FindRelation(*snapshot, table);
      if (relation == nullptr) return;
      direct->push_back(relation->oid);
      name.schemaname = maker.Text(snapshot->FindSchema(relation->schema)->name);
      return;
    }
    const catalog::Schema* schema =
        catalog::FindSchema(*snapshot, input.search_path, TextOf(name.schemaname));
    if (schema == nullptr) return;
    name.schemaname = maker.Text(schema->name);
    const catalog::RelationPtr relation = snapshot->FindRelation(schema->oid, table);
    if (relation != nullptr) direct->push_back(relation->oid);
  });
  if (tree->node_case == PG_QUERY__NODE__NODE_SELECT_STMT) {
    StarExpansion(input, arena).Expand(*tree->select_stmt);
  }
  catalog::ViewDefinition stored;
  stored.query = {parser::DeparseStatement(*tree), input.search_path.schemas()};
  for (const Oid oid : std::set<Oid>(direct->begin(), direct->end())) {
    const std::vector<catalog::Column>& columns = snapshot->FindRelation(oid)->columns;
    stored.named.push_back({oid, columns.empty() ? AttributeNumber{0} : columns.back().attnum});
  }
  return stored;
}

namespace {

bool IsMergedBy(const planner::QueryRecord& record, const std::string& name) {
  return std::any_of(record.merged_columns.begin(), record.merged_columns.end(),
                     [&](const auto& join) {
                       return std::find(join.second.begin(), join.second.end(), name) !=
                              join.second.end();
                     });
}

bool IsNameOf(const PgQuery__RangeVar& name, const std::string& schema,
              const catalog::Relation& relation) {
  return TextOf(name.schemaname) == schema && TextOf(name.relname) == relation.name;
}

// The place of the column among those that are there.
size_t PlaceOf(const catalog::Relation& relation, AttributeNumber attnum) {
  return static_cast<size_t>(
      std::count_if(relation.columns.begin(), relation.columns.begin() + (attnum - 1),
                    [](const catalog::Column& column) { return !column.dropped; }));
}

// Whether the column has another name than its own somewhere: t AS x (a, b).
bool HasColumnAliases(const ast::Node& query, const std::string& schema,
                      const catalog::Relation& relation, AttributeNumber attnum) {
  Arena arena;
  bool has = false;
  ForEachRangeVar(*CloneTree(query, arena), [&](PgQuery__RangeVar& name) {
    has |= IsNameOf(name, schema, relation) && name.alias != nullptr &&
           name.alias->n_colnames > PlaceOf(relation, attnum);
  });
  return has;
}

// Columns keep the names that the query knows, whatever the table calls them: t AS t (a, b).
std::string WithColumnAliases(const ast::Node& query, const std::string& schema,
                              const catalog::Relation& relation,
                              const catalog::ViewDefinition& view) {
  AttributeNumber last_column = relation.columns.back().attnum;
  for (const catalog::NamedRelation& named : view.named) {
    if (named.relation == relation.oid) last_column = named.last_column;
  }
  Arena arena;
  TreeMaker maker(arena);
  ast::Node* tree = CloneTree(query, arena);
  ForEachRangeVar(*tree, [&](PgQuery__RangeVar& name) {
    if (!IsNameOf(name, schema, relation)) return;
    std::vector<ast::Node*> names;
    if (name.alias == nullptr) {
      name.alias = arena.New<PgQuery__Alias>();
      *name.alias = PG_QUERY__ALIAS__INIT;
      name.alias->aliasname = maker.Text(relation.name);
    } else {
      names.assign(name.alias->colnames, name.alias->colnames + name.alias->n_colnames);
    }
    size_t place = 0;
    for (const catalog::Column& column : relation.columns) {
      if (column.dropped || column.attnum > last_column) continue;
      if (place++ >= names.size()) names.push_back(maker.String(column.name));
    }
    name.alias->n_colnames = names.size();
    name.alias->colnames = arena.AllocateArray<ast::Node*>(names.size() + 1);
    std::copy(names.begin(), names.end(), name.alias->colnames);
  });
  return parser::DeparseStatement(*tree);
}

// Of the columns that were renamed those that a FROM item shows under their own name.
void RenameColumns(const QueryRewriting& rewriting, planner::QueryRecord* record) {
  for (const catalog::ObjectAddress& renamed : rewriting.columns) {
    const auto name_in = [&](const catalog::SnapshotPtr& snapshot) {
      const catalog::RelationPtr relation = snapshot->FindRelation(renamed.object);
      return "." + catalog::QuoteIdentifier(relation->columns[renamed.sub - 1].name);
    };
    const std::string old_end = name_in(rewriting.binder.catalog), new_end = name_in(rewriting.after);
    for (auto& [select, level] : record->selects) {
      for (auto& [id, name] : level.names) {
        const planner::StatementColumn& column = record->columns[id];
        if (column.table != renamed.object || column.attnum != renamed.sub) continue;
        if (!name.ends_with(old_end)) continue;  // an alias of its own
        name.resize(name.size() - old_end.size());
        name += new_end;
      }
    }
  }
}

void ForEachExpression(planner::QueryRecord* record, const std::function<void(expr::ExprPtr&)>& visit) {
  for (auto& [select, level] : record->selects) {
    for (auto& output : level.outputs) visit(output.expression);
    for (auto& [id, call] : level.calls) visit(call);
    for (auto& window : level.windows) visit(window);
  }
  for (auto& [node, expression] : record->expressions) visit(expression);
  for (auto& [location, row] : record->row_subqueries) {
    for (auto& left : row.left) visit(left);
  }
}

// The query with aliases for a renamed column that a merging join or a list of aliases names; empty: none is.
std::string WithAliasesForRenamed(const QueryRewriting& rewriting, const ast::Node& tree,
                                  const planner::QueryRecord& record) {
  const catalog::CatalogSnapshot& before = *rewriting.binder.catalog;
  for (const catalog::ObjectAddress& renamed : rewriting.columns) {
    const catalog::RelationPtr relation = before.FindRelation(renamed.object);
    const auto attnum = static_cast<AttributeNumber>(renamed.sub);
    const std::string& schema = before.FindSchema(relation->schema)->name;
    if (IsMergedBy(record, relation->columns[attnum - 1].name) ||
        HasColumnAliases(tree, schema, *relation, attnum)) {
      return WithColumnAliases(tree, schema, *relation, *rewriting.view);
    }
  }
  return "";
}

std::string RewriteParsed(const QueryRewriting& rewriting, std::string_view query, bool has_aliases) {
  const auto parsed = parser::ParsedText::Parse(query);
  const ast::Node& tree = *parsed->statements().front().node;
  planner::BinderInput binder = rewriting.binder;
  const catalog::SearchPath path =
      catalog::SearchPath::OfSchemas(rewriting.view->query.search_path, kInvalidOid);
  binder.search_path = &path;
  binder.view = rewriting.view;
  planner::QueryRecord record = planner::BindAndRecord(tree, binder);
  if (!has_aliases) {
    const std::string aliased = WithAliasesForRenamed(rewriting, tree, record);
    if (!aliased.empty()) return RewriteParsed(rewriting, aliased, /*has_aliases=*/true);
    RenameColumns(rewriting, &record);
  }
  ForEachExpression(&record, rewriting.rewrite);
  const catalog::SearchPath only_built_in;  // names of ours are qualified
  planner::QueryDeparseInput deparse;
  deparse.catalog = rewriting.after.get();
  deparse.bound_under = rewriting.binder.catalog.get();
  deparse.search_path = &only_built_in;
  return planner::DeparseQuery(tree, record, deparse);
}

}  // namespace

std::string RewriteQuery(const QueryRewriting& rewriting) {
  return RewriteParsed(rewriting, rewriting.view->query.sql, /*has_aliases=*/false);
}

}  // namespace grizzly::commands
