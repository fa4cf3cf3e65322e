// Typed ("bound") expressions: what the binder makes, the optimizer rewrites, the evaluator runs.
//
// Every expression knows its type and where it stood in the statement. Columns are named by ColumnId,
// unique within one statement whatever the nesting: a subquery that mentions an outer column simply
// mentions its id, and correlation is "ids my inputs do not produce". When a plan becomes physical,
// ColumnExpr turns into InputExpr (position in the input batch) or, for outer columns, OuterExpr.
//
// OWNS     its children (unique_ptr). Immutable once in a physical plan; shared between executions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ids/ids.h"
#include "functions/registry.h"
#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::expr {

using types::Datum;
using types::SqlType;

using ColumnId = uint32_t;
inline constexpr ColumnId kNoColumn = 0;

enum class ExprKind : uint8_t {
  kConst,
  kParam,
  kColumn,       // logical
  kInput,        // physical
  kOuter,        // physical: a cell of ExecContext set by the enclosing apply
  kFunction,     // functions and operators
  kBool,         // AND, OR, NOT
  kCase,
  kCoalesce,
  kNullIf,
  kGreatestLeast,
  kNullTest,     // IS [NOT] NULL, on a row: all fields
  kBooleanTest,  // IS [NOT] TRUE, FALSE, UNKNOWN
  kDistinct,     // IS [NOT] DISTINCT FROM
  kScalarArray,  // x op ANY (array), x op ALL (array)
  kInList,       // as kScalarArray: the planner's hint that the constants are many; hashed
  kArray,        // ARRAY[...]
  kRow,          // ROW(...)
  kRowCompare,   // (a, b) < (c, d)
  kField,        // (composite).field
  kSubscript,    // a[i], a[i:j], jsonb subscripts
  kRelabel,      // another type over the same bytes
  kIoCast,       // through text
  kArrayCast,    // element by element
  kDomainCast,   // checks the domain's constraints
  kAggregate,    // only below an aggregate node
  kWindow,
  kGrouping,     // GROUPING(...)
  kSubquery,     // logical; holds a planner::LogicalPlan through SubqueryBody
  kSubplan,      // physical; index into the plan's subplans
  kSetFunction,  // set-returning call in a target list
  kDefault,      // DEFAULT in VALUES and SET, replaced by the binder
};

struct Expr;
struct ListExpr;
using ExprPtr = std::unique_ptr<Expr>;

struct Expr {
  const ExprKind kind;
  SqlType type;
  int location = -1;  // byte offset in the statement, -1 unknown

  virtual ~Expr() = default;
  virtual ExprPtr Clone() const = 0;
  // Calls `visit` with each direct child; the visitor may replace it.
  virtual void VisitChildren(const std::function<void(ExprPtr&)>& visit) = 0;

 protected:
  Expr(ExprKind k, SqlType t) : kind(k), type(t) {}
  Expr(const Expr&) = default;
};

// Reads children of a const expression.
void ForEachChild(const Expr& expr, const std::function<void(const Expr&)>& visit);
// Depth first, parents after children; `rewrite` may replace what it is given.
void RewriteTree(ExprPtr& root, const std::function<void(ExprPtr&)>& rewrite);
bool Equals(const Expr& a, const Expr& b);  // structurally; locations do not count
size_t Hash(const Expr& expr);
std::vector<ColumnId> FreeColumns(const Expr& expr);  // subqueries included; sorted, unique
bool IsVolatile(const Expr& expr);
char IoCastVolatility(const ListExpr& cast);  // provolatile of what a cast through text calls
bool IsConstantFoldable(const Expr& expr);  // immutable, no columns, no parameters
std::string ToString(const Expr& expr);     // for EXPLAIN (bound) and golden files

// A literal; long strings live in `storage`.
struct ConstExpr final : Expr {
  ConstExpr(SqlType type, const Datum& value);
  ConstExpr(const ConstExpr& other);
  Datum value;
  std::string storage;
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>&) override {}
};

// $n of the extended protocol, or a constant lifted out of a cached simple statement; 0-based.
struct ParamExpr final : Expr {
  ParamExpr(SqlType type, int param_index);
  ~ParamExpr() override;
  int index;
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>&) override {}
};

struct ColumnExpr final : Expr {
  ColumnExpr(SqlType type, ColumnId column);
  ~ColumnExpr() override;
  ColumnId id;
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>&) override {}
};

struct InputExpr final : Expr {
  InputExpr(SqlType type, uint32_t i);
  ~InputExpr() override;
  uint32_t index;
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>&) override {}
};

struct OuterExpr final : Expr {
  OuterExpr(SqlType type, uint32_t cell_index);
  ~OuterExpr() override;
  uint32_t cell;
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>&) override {}
};

enum class CallSyntax : uint8_t { kCall, kOperator, kExplicitCast, kImplicitCast, kSqlSyntax };

struct FunctionExpr final : Expr {
  explicit FunctionExpr(SqlType type);
  ~FunctionExpr() override;
  std::shared_ptr<const functions::CallSite> call;
  const functions::Implementation* implementation = nullptr;
  bool strict = true;
  char volatility = 'i';            // pg_proc.provolatile
  Oid operator_oid = kInvalidOid;   // when written as an operator
  CallSyntax syntax = CallSyntax::kCall;
  std::vector<ExprPtr> arguments;
  FunctionExpr(const FunctionExpr& other);
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

enum class BoolOperation : uint8_t { kAnd, kOr, kNot };
enum class NullTestKind : uint8_t { kIsNull, kIsNotNull };
enum class BooleanTestKind : uint8_t {
  kIsTrue, kIsNotTrue, kIsFalse, kIsNotFalse, kIsUnknown, kIsNotUnknown
};

// The kinds that are a list of children and one small choice.
//   kBool         children: operands                      choice: BoolOperation
//   kCoalesce     children: alternatives
//   kGreatestLeast children: alternatives                 choice: 0 greatest, 1 least
//   kNullTest     children: one                           choice: NullTestKind, + 2: of a row type,
//                                                         field by field
//   kBooleanTest  children: one                           choice: BooleanTestKind
//   kArray        children: elements                      choice: 1 when nested arrays are merged
//   kRow          children: fields
//   kRelabel, kIoCast: children: one                      choice: CallSyntax
//   kGrouping     children: grouping columns
//   kDefault      no children
struct ListExpr final : Expr {
  ListExpr(ExprKind k, SqlType t, uint8_t c = 0);
  ~ListExpr() override;
  ListExpr(const ListExpr& other);
  uint8_t choice;
  std::vector<ExprPtr> children;
  std::vector<std::string> names;          // kRow of type record: its columns; empty: f1, f2 ...
  const types::TypeIo* from_io = nullptr;  // kIoCast
  const types::TypeIo* to_io = nullptr;    // kIoCast
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

struct CaseExpr final : Expr {
  explicit CaseExpr(SqlType type);
  ~CaseExpr() override;
  CaseExpr(const CaseExpr& other);
  struct Branch {
    ExprPtr condition;  // boolean; CASE x WHEN v is bound as x = v, x cloned
    ExprPtr result;
  };
  std::vector<Branch> branches;
  ExprPtr otherwise;  // never null (a NULL constant when there is no ELSE)
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

// kNullIf, kDistinct (comparison is the type's =), kScalarArray and kInList (comparison per
// element; right is any array, ARRAY[...] of constants included), kRowCompare (one comparison per column; left and right are ROWs): comparison functions applied to
// two children.
struct ComparisonExpr final : Expr {
  ComparisonExpr(ExprKind k, SqlType t);
  ~ComparisonExpr() override;
  ComparisonExpr(const ComparisonExpr& other);
  struct Comparison {
    std::shared_ptr<const functions::CallSite> call;
    const functions::Implementation* implementation = nullptr;
    Oid operator_oid = kInvalidOid;
  };
  std::vector<Comparison> comparisons;
  ExprPtr left;
  ExprPtr right;
  bool negated = false;       // kDistinct: IS NOT DISTINCT FROM
  bool all = false;           // kScalarArray: ALL, else ANY
  uint8_t row_operation = 0;  // kRowCompare: 0 <, 1 <=, 2 =, 3 >=, 4 >, 5 <>
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

// kField: child and field number (0-based). kDomainCast: child and the domain's checks, each with
// the value as InputExpr 0. kArrayCast: child and the cast of one element, which is InputExpr 0.
struct WrapExpr final : Expr {
  WrapExpr(ExprKind k, SqlType t);
  ~WrapExpr() override;
  WrapExpr(const WrapExpr& other);
  ExprPtr child;
  uint32_t field = 0;
  struct Check {
    std::string constraint_name;  // empty: NOT NULL
    ExprPtr condition;            // null for NOT NULL
  };
  std::vector<Check> checks;
  std::string domain_name;
  ExprPtr element;  // kArrayCast
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

struct SubscriptExpr final : Expr {
  explicit SubscriptExpr(SqlType type);
  ~SubscriptExpr() override;
  SubscriptExpr(const SubscriptExpr& other);
  ExprPtr container;
  struct Index {
    bool is_slice = false;
    ExprPtr lower;  // slices only; null: omitted
    ExprPtr upper;  // the index itself when not a slice; null: omitted
  };
  std::vector<Index> indexes;
  ExprPtr assigned;  // assignment: the new container is the result; null: fetch
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

struct SortKey {
  ExprPtr expression;
  bool descending = false;
  bool nulls_first = false;
  Oid operator_oid = kInvalidOid;  // < or > of the type's btree family, or USING's
};

struct AggregateExpr final : Expr {
  explicit AggregateExpr(SqlType type);
  ~AggregateExpr() override;
  AggregateExpr(const AggregateExpr& other);
  std::shared_ptr<const functions::CallSite> call;
  const functions::AggregateFunction* function = nullptr;
  std::string name;
  bool distinct = false;
  bool star = false;  // count(*)
  std::vector<ExprPtr> arguments;
  std::vector<ExprPtr> direct_arguments;  // ordered-set aggregates
  std::vector<SortKey> order_by;          // inside the call, or WITHIN GROUP
  ExprPtr filter;                         // may be null
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

enum class FrameMode : uint8_t { kRange, kRows, kGroups };
enum class FrameBound : uint8_t {
  kUnboundedPreceding, kPreceding, kCurrentRow, kFollowing, kUnboundedFollowing
};
enum class FrameExclusion : uint8_t { kNone, kCurrentRow, kGroup, kTies };

struct WindowExpr final : Expr {
  explicit WindowExpr(SqlType type);
  ~WindowExpr() override;
  WindowExpr(const WindowExpr& other);
  std::shared_ptr<const functions::CallSite> call;
  const functions::AggregateFunction* aggregate = nullptr;  // one of the two
  functions::WindowFunction window = nullptr;
  std::string name;
  bool star = false;
  std::vector<ExprPtr> arguments;
  ExprPtr filter;
  std::vector<ExprPtr> partition_by;
  std::vector<SortKey> order_by;
  FrameMode mode = FrameMode::kRange;
  FrameBound start = FrameBound::kUnboundedPreceding;
  FrameBound end = FrameBound::kCurrentRow;
  FrameExclusion exclusion = FrameExclusion::kNone;
  ExprPtr start_offset;
  ExprPtr end_offset;
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

enum class SubqueryKind : uint8_t { kScalar, kExists, kAny, kAll, kArray };

// A subquery's plan, opaque on this floor; planner/ derives from it.
struct SubqueryBody {
  virtual ~SubqueryBody() = default;
  virtual std::unique_ptr<SubqueryBody> Clone() const = 0;
  // Column ids it takes from outside.
  virtual std::vector<ColumnId> OuterColumns() const = 0;
  virtual bool IsVolatile() const { return false; }
};

struct SubqueryExpr final : Expr {
  explicit SubqueryExpr(SqlType type);
  ~SubqueryExpr() override;
  SubqueryExpr(const SubqueryExpr& other);
  SubqueryKind subquery_kind = SubqueryKind::kScalar;
  std::unique_ptr<SubqueryBody> body;
  // kAny, kAll: left side (one per output column of the body) and the comparison of each.
  std::vector<ExprPtr> left;
  std::vector<ComparisonExpr::Comparison> comparisons;
  std::vector<ColumnId> body_columns;  // the body's output
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

// The physical form: which subplan of the plan, and what it takes from the current row.
struct SubplanExpr final : Expr {
  explicit SubplanExpr(SqlType type);
  ~SubplanExpr() override;
  SubplanExpr(const SubplanExpr& other);
  SubqueryKind subquery_kind = SubqueryKind::kScalar;
  uint32_t subplan = 0;
  std::vector<uint32_t> cells;       // outer cells to set ...
  std::vector<ExprPtr> arguments;    // ... from these
  std::vector<ExprPtr> left;
  std::vector<ComparisonExpr::Comparison> comparisons;
  bool hashed = false;               // uncorrelated ANY with hashable equality: build once, probe
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

struct SetFunctionExpr final : Expr {
  explicit SetFunctionExpr(SqlType type);
  ~SetFunctionExpr() override;
  SetFunctionExpr(const SetFunctionExpr& other);
  std::shared_ptr<const functions::CallSite> call;
  functions::SetFunction function = nullptr;
  std::string name;
  std::vector<SqlType> column_types;  // one, or the fields of a composite result
  std::vector<ExprPtr> arguments;
  ExprPtr Clone() const override;
  void VisitChildren(const std::function<void(ExprPtr&)>& visit) override;
};

}  // namespace grizzly::expr
