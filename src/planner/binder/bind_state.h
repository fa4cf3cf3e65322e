// What one Bind() call gathers: columns, parameters, lifted literals, relations; for binder/ alone.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error/sql_error.h"
#include "planner/binder/binder.h"
#include "planner/binder/type_lookup.h"

namespace grizzly::planner {

namespace ast = parser::ast;

struct QueryLevel;
struct QueryRecord;

// Views and domains may nest; a view that (through a replaced one) reads itself would not end.
inline constexpr int kDefinitionDepthMax = 200;

class BindState {
 public:
  explicit BindState(const BinderInput& input);

  const catalog::CatalogSnapshot& catalog() const { return *input_.catalog; }
  const BinderInput& input() const { return input_; }
  TypeLookup& types() { return types_; }

  // ---- columns ----
  ColumnId AddColumn(StatementColumn column, QueryLevel* owner);
  // A new mention of it: ColumnExpr with the column's type.
  ExprPtr Mention(ColumnId id, int location);
  QueryLevel* OwnerOf(ColumnId id) const { return owners_[id]; }
  void SetOwner(ColumnId id, QueryLevel* owner) { owners_[id] = owner; }
  bool IsMentioned(ColumnId id) const { return mentioned_[id]; }
  void MarkMentioned(ColumnId id) { mentioned_[id] = true; }
  StatementColumns columns;

  // ---- parameters and constants ----
  ExprPtr BindParameter(int number, int location);
  // A constant of the text: a lifted parameter where allowed, else null. For strings the parameter's
  // type is unknown until TypeParameter.
  ExprPtr LiftConstant(int location, Oid type);
  // An untyped parameter (or lifted string) gets its type.
  void TypeParameter(expr::ParamExpr& parameter, const SqlType& type);
  // A lifted string as the constant it was; null for a parameter of the client.
  ExprPtr TakeBackConstant(const expr::ParamExpr& parameter);
  // Drops constants taken back; `renumbered` gets the new index of each lifted parameter.
  void CompactLifted(std::vector<int>* renumbered);
  // Some literal is both part of the plan and a parameter: bind again without lifting.
  bool has_literal_conflict() const { return literal_conflict_; }
  std::vector<SqlType> parameters;       // type unknown: not known yet
  std::vector<LiftedLiteral> lifted;

  // ---- relations ----
  void UseRelation(const catalog::RelationPtr& relation, txn::RelationLockMode mode);
  std::vector<PlannedRelation> relations;
  // The statement names an object: BinderInput::used_objects. Throws 0A000 for a constant regrole.
  void UseObject(Oid object_class, Oid object, int32_t sub = 0);
  void UseConstant(const SqlType& type, const types::Datum& value);
  uint32_t NextScanId() { return next_scan_id_++; }
  uint32_t NextCteId() { return next_cte_id_++; }

  // Query levels live as long as the binding: columns remember their owners.
  void Keep(std::shared_ptr<void> object) { kept_.push_back(std::move(object)); }

  // Null: nobody asks.
  QueryRecord* record = nullptr;

  // Passes all columns of its child on, before its own.
  void MarkPassing(const LogicalProject& project) { passing_.insert(&project); }
  bool IsPassing(const LogicalProject& project) const { return passing_.contains(&project); }

  bool has_row_locks = false;
  // Of queries of views: the locking clauses that reach into them.
  std::map<const PgQuery__SelectStmt*, std::vector<const PgQuery__LockingClause*>> view_locking;
  bool modifies_in_cte = false;
  bool uses_temporary_relation = false;

  // ---- names ----
  const catalog::SearchPath& search_path() const { return *search_path_; }
  // While > 0 constants stay constants (their structure matters: GROUP BY, definitions ...).
  int keep_constants = 0;

  // Within: names are looked up under a definition's search path; locations mean nothing there.
  class DefinitionScope {
   public:
    DefinitionScope(BindState& state, const std::vector<Oid>& search_path,
                    const catalog::ViewDefinition* view = nullptr);
    DefinitionScope(BindState& state, const catalog::ViewDefinition& view)
        : DefinitionScope(state, view.query.search_path, &view) {}
    ~DefinitionScope();
    DefinitionScope(const DefinitionScope&) = delete;
    DefinitionScope& operator=(const DefinitionScope&) = delete;

   private:
    BindState& state_;
    catalog::SearchPath path_;
    const catalog::SearchPath* outer_;
    const catalog::ViewDefinition* outer_view_;
  };
  // Whether the column is younger than the query of the view that is being bound: no name in it.
  bool IsYounger(Oid relation, AttributeNumber attnum) const;
  // Within: $n and the names stand for these arguments of a function whose body takes its place.
  class ArgumentScope {
   public:
    ArgumentScope(BindState& state, const std::vector<ExprPtr>& arguments,
                  std::span<const std::string_view> names);
    ~ArgumentScope();
    ArgumentScope(const ArgumentScope&) = delete;
    ArgumentScope& operator=(const ArgumentScope&) = delete;

   private:
    friend class BindState;
    BindState& state_;
    const std::vector<ExprPtr>& arguments_;
    const std::span<const std::string_view> names_;
    const ArgumentScope* outer_;
  };
  // Within: VALUE (of a domain's check) is input 0 and of this type.
  class ValueScope {
   public:
    ValueScope(BindState& state, const SqlType& type) : state_(state), outer_(state.value_type_) {
      state.value_type_ = type;
    }
    ~ValueScope() { state_.value_type_ = outer_; }
    ValueScope(const ValueScope&) = delete;
    ValueScope& operator=(const ValueScope&) = delete;

   private:
    BindState& state_;
    const SqlType outer_;
  };
  const SqlType& value_type() const { return value_type_; }
  // An argument of the function being inlined, by name; null when there is none.
  ExprPtr FindArgument(std::string_view name) const;
  bool in_definition() const { return definition_depth_ > 0; }
  // What is bound is a definition itself.
  void SetStatementIsDefinition() { statement_depth_ = 1; }
  // Parsed definitions live as long as the binding.
  const ast::Node& ParseQuery(std::string_view sql);
  const ast::Node& ParseExpression(std::string_view sql);
  // The type that the text names, in any spelling of the grammar.
  Oid ResolveTypeText(std::string_view text);

 private:
  // Somebody asks, and what is bound is the statement's own text.
  bool NotesObjects() const { return input_.used_objects != nullptr && definition_depth_ == statement_depth_; }

  const BinderInput& input_;
  TypeLookup types_;
  const catalog::SearchPath* search_path_;
  const catalog::ViewDefinition* view_;    // null: the statement is the client's
  std::vector<QueryLevel*> owners_;
  std::vector<bool> mentioned_;
  std::map<Oid, size_t> relation_positions_;
  std::unordered_map<int, std::pair<uint32_t, bool>> literal_at_;  // location: literal, negated
  std::vector<std::shared_ptr<const parser::ParsedText>> parsed_;
  std::vector<bool> taken_back_;           // by lifted parameter
  bool literal_conflict_ = false;
  std::vector<std::shared_ptr<void>> kept_;
  std::set<const LogicalProject*> passing_;
  uint32_t next_scan_id_ = 1;
  uint32_t next_cte_id_ = 1;
  int definition_depth_ = 0;
  int statement_depth_ = 0;                // of definitions, where the statement's own text is
  const ArgumentScope* arguments_ = nullptr;
  SqlType value_type_;
};

// ---- reading the raw tree ----

// The text of a String node.
std::string_view StringOf(const ast::Node* node);
// The names of a dotted list.
std::vector<std::string_view> NamesOf(ast::Node* const* nodes, size_t count);
std::string Dotted(const std::vector<std::string_view>& names);
bool IsStar(const ast::Node* node);
// Where an expression of the raw tree stands: PostgreSQL's exprLocation. -1 unknown.
int LocationOf(const ast::Node* node);
// A constant NULL, 'text' or number of the raw tree.
bool IsNullConstant(const ast::Node& node);

}  // namespace grizzly::planner
