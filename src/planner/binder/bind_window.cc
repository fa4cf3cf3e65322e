// Window functions: OVER, named windows, frames. A bound call is a column of the level's window node.
#include <fmt/format.h>

#include "facts/access_methods.h"
#include "planner/binder/frame_bits.h"
#include "planner/binder/function_call.h"
#include "planner/binder/set_functions.h"

namespace grizzly::planner {

namespace {

constexpr int16_t kInRangeProc = 3;

bool AllowsWindows(Place place) {
  return place == Place::kSelectTarget || place == Place::kOrderBy || place == Place::kDistinctOn ||
         place == Place::kNone || place == Place::kOther;
}

expr::FrameBound StartOf(int options) {
  if (options & kStartOffsetPreceding) return expr::FrameBound::kPreceding;
  if (options & kStartOffsetFollowing) return expr::FrameBound::kFollowing;
  if (options & kStartCurrentRow) return expr::FrameBound::kCurrentRow;
  if (options & kStartUnboundedFollowing) return expr::FrameBound::kUnboundedFollowing;
  return expr::FrameBound::kUnboundedPreceding;
}

expr::FrameBound EndOf(int options) {
  if (options & kEndOffsetPreceding) return expr::FrameBound::kPreceding;
  if (options & kEndOffsetFollowing) return expr::FrameBound::kFollowing;
  if (options & kEndUnboundedFollowing) return expr::FrameBound::kUnboundedFollowing;
  if (options & kEndUnboundedPreceding) return expr::FrameBound::kUnboundedPreceding;
  return expr::FrameBound::kCurrentRow;
}

expr::FrameExclusion ExclusionOf(int options) {
  if (options & kExcludeCurrentRow) return expr::FrameExclusion::kCurrentRow;
  if (options & kExcludeGroup) return expr::FrameExclusion::kGroup;
  if (options & kExcludeTies) return expr::FrameExclusion::kTies;
  return expr::FrameExclusion::kNone;
}

[[noreturn]] void ThrowWindowing(std::string message, int location) {
  throw SqlError(SqlState::kWindowingError, std::move(message)).At(location);
}

class WindowBinder {
 public:
  WindowBinder(ExpressionBinder& binder, expr::WindowExpr& window)
      : binder_(binder), state_(binder.state()), window_(window) {}

  // What OVER says.
  void Bind(const PgQuery__WindowDef& over) {
    const PgQuery__WindowDef* definition = &over;
    if (*over.name != '\0') definition = &RequireNamed(over.name, over.location);
    BindNamed(*definition);
  }
  // One of WINDOW.
  void BindNamed(const PgQuery__WindowDef& definition) {
    BindDefinition(definition);
    BindFrame(definition);
  }

 private:
  const PgQuery__WindowDef& RequireNamed(std::string_view name, int location) {
    const PgQuery__SelectStmt* select = binder_.level().select;
    for (size_t i = 0; select != nullptr && i < select->n_window_clause; ++i) {
      const PgQuery__WindowDef& found = *select->window_clause[i]->window_def;
      if (name == found.name) return found;
    }
    throw SqlError(SqlState::kUndefinedObject, fmt::format("window \"{}\" does not exist", name))
        .At(location);
  }

  [[noreturn]] static void ThrowCopiedFrame(const PgQuery__WindowDef& definition) {
    SqlError error(SqlState::kWindowingError,
                   fmt::format("cannot copy window \"{}\" because it has a frame clause",
                               definition.refname));
    const bool is_bare = *definition.name == '\0' && definition.n_order_clause == 0 &&
                         !(definition.frame_options & kNonDefault);
    if (is_bare) std::move(error).Hint("Omit the parentheses in this OVER clause.");
    throw std::move(error).At(definition.location);
  }

  // PARTITION BY and ORDER BY, those of the window it refers to included.
  void BindDefinition(const PgQuery__WindowDef& definition) {
    if (*definition.refname != '\0') {
      const PgQuery__WindowDef& base = RequireNamed(definition.refname, definition.location);
      BindDefinition(base);
      if (definition.n_partition_clause > 0) {
        ThrowWindowing(fmt::format("cannot override PARTITION BY clause of window \"{}\"",
                                   definition.refname),
                       definition.location);
      }
      if (definition.n_order_clause > 0 && !window_.order_by.empty()) {
        ThrowWindowing(
            fmt::format("cannot override ORDER BY clause of window \"{}\"", definition.refname),
            definition.location);
      }
      if (base.frame_options & kNonDefault) ThrowCopiedFrame(definition);
    }
    for (size_t i = 0; i < definition.n_partition_clause; ++i) {
      ExprPtr key = ResolveUnknown(
          state_, binder_.BindAt(*definition.partition_clause[i], Place::kWindowPartition));
      RequireEqualityOperator(state_, key->type.oid, key->location);
      if (OrderingOperator(state_.types(), key->type.oid, /*descending=*/false) == kInvalidOid) {
        throw SqlError(SqlState::kFeatureNotSupported, "could not implement window PARTITION BY")
            .Detail("Window partitioning columns must be of sortable datatypes.");
      }
      RequireCollationOf(*key);
      window_.partition_by.push_back(std::move(key));
    }
    for (size_t i = 0; i < definition.n_order_clause; ++i) {
      const PgQuery__SortBy& sort = *definition.order_clause[i]->sort_by;
      window_.order_by.push_back(MakeSortKey(
          state_, ResolveUnknown(state_, binder_.BindAt(*sort.node, Place::kWindowOrder)), sort));
    }
  }

  void BindFrame(const PgQuery__WindowDef& definition) {
    const int options = definition.frame_options;
    if (options & kRowsMode) window_.mode = expr::FrameMode::kRows;
    if (options & kGroupsMode) window_.mode = expr::FrameMode::kGroups;
    window_.start = StartOf(options);
    window_.end = EndOf(options);
    window_.exclusion = ExclusionOf(options);
    const bool has_offset = definition.start_offset != nullptr || definition.end_offset != nullptr;
    if (window_.mode == expr::FrameMode::kGroups && window_.order_by.empty()) {
      ThrowWindowing("GROUPS mode requires an ORDER BY clause", definition.location);
    }
    if (window_.mode == expr::FrameMode::kRange && has_offset && window_.order_by.size() != 1) {
      ThrowWindowing(
          "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column",
          definition.location);
    }
    window_.start_offset = BindOffset(definition.start_offset);
    window_.end_offset = BindOffset(definition.end_offset);
    if (window_.mode != expr::FrameMode::kRange) return;
    window_.start_offset = InRange(std::move(window_.start_offset),
                                   window_.start == expr::FrameBound::kPreceding, false);
    window_.end_offset = InRange(std::move(window_.end_offset),
                                 window_.end == expr::FrameBound::kPreceding, true);
  }

  // The offset of a RANGE bound becomes the test the frame is made with: whether a row, whose key is
  // input 0, is within the bound that the offset sets for the current row, whose key is input 1.
  ExprPtr InRange(ExprPtr offset, bool preceding, bool is_end) {
    if (offset == nullptr) return nullptr;
    const expr::SortKey& key = window_.order_by[0];
    const SqlType sorted = state_.types().Make(state_.types().BaseOf(key.expression->type.oid));
    const facts::OpclassFact* opclass =
        facts::DefaultOpclass(facts::kBtreeMethodOid, sorted.oid);
    Oid function = kInvalidOid;
    for (const facts::AmprocFact& proc : facts::AllAmprocs()) {
      if (proc.amprocfamily == opclass->opcfamily && proc.amproclefttype == opclass->opcintype &&
          proc.amprocrighttype == offset->type.oid && proc.amprocnum == kInRangeProc) {
        function = proc.amproc;
      }
    }
    const int location = offset->location;
    std::vector<ExprPtr> arguments;
    arguments.push_back(std::make_unique<expr::InputExpr>(sorted, 0));
    arguments.push_back(std::make_unique<expr::InputExpr>(sorted, 1));
    arguments.push_back(std::move(offset));
    arguments.push_back(MakeBool(preceding != key.descending));
    arguments.push_back(MakeBool(is_end != key.descending));
    return MakeCall(state_, function, std::move(arguments), expr::CallSyntax::kCall, location);
  }

  ExprPtr BindOffset(const ast::Node* node) {
    if (node == nullptr) return nullptr;
    const Place place = window_.mode == expr::FrameMode::kRange  ? Place::kWindowRange
                        : window_.mode == expr::FrameMode::kRows ? Place::kWindowRows
                                                                 : Place::kWindowGroups;
    ExprPtr offset = binder_.BindAt(*node, place);
    const std::string_view name = window_.mode == expr::FrameMode::kRange  ? "RANGE"
                                  : window_.mode == expr::FrameMode::kRows ? "ROWS"
                                                                           : "GROUPS";
    if (window_.mode == expr::FrameMode::kRange) {
      offset = CoerceRangeOffset(std::move(offset));
    } else {
      offset = CoerceToSpecific(state_, std::move(offset), facts::kInt8Oid, name);
    }
    if (!expr::FreeColumns(*offset).empty()) {
      throw SqlError(SqlState::kInvalidColumnReference,
                     fmt::format("argument of {} must not contain variables", name))
          .At(offset->location);
    }
    return offset;
  }

  // The distance's type follows from the sort column's: in_range support of its btree family.
  ExprPtr CoerceRangeOffset(ExprPtr offset) {
    const Oid sorted = state_.types().BaseOf(window_.order_by[0].expression->type.oid);
    const facts::OpclassFact* opclass = facts::DefaultOpclass(facts::kBtreeMethodOid, sorted);
    std::vector<Oid> distances;
    for (const facts::AmprocFact& proc : facts::AllAmprocs()) {
      if (opclass != nullptr && proc.amprocfamily == opclass->opcfamily &&
          proc.amproclefttype == opclass->opcintype && proc.amprocnum == kInRangeProc) {
        distances.push_back(proc.amprocrighttype);
      }
    }
    const Oid given = offset->type.oid;
    if (distances.empty()) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("RANGE with offset PRECEDING/FOLLOWING is not supported for column "
                                 "type {}",
                                 state_.types().Name(sorted)))
          .At(offset->location);
    }
    for (const Oid distance : distances) {
      const bool fits = distance == given || (given == facts::kUnknownOid &&
                                              (distances.size() == 1 || distance == sorted));
      if (!fits) continue;
      const int location = offset->location;
      return CoerceType(state_, std::move(offset), distance, types::kNoTypmod,
                        CoercionKind::kImplicit, expr::CallSyntax::kImplicitCast, location);
    }
    for (const Oid distance : distances) {
      if (!CanCoerce(state_.types(), given, distance, CoercionKind::kImplicit)) continue;
      const int location = offset->location;
      return CoerceType(state_, std::move(offset), distance, types::kNoTypmod,
                        CoercionKind::kImplicit, expr::CallSyntax::kImplicitCast, location);
    }
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("RANGE with offset PRECEDING/FOLLOWING is not supported for column "
                               "type {} and offset type {}",
                               state_.types().Name(sorted), state_.types().Name(given)))
        .Hint("Cast the offset value to an appropriate type.")
        .At(offset->location);
  }

  ExpressionBinder& binder_;
  BindState& state_;
  expr::WindowExpr& window_;
};

void CheckWindowCall(const PgQuery__FuncCall& node, const facts::ProcFact& function,
                     const std::string& written, int location) {
  if (node.over == nullptr) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("window function {} requires an OVER clause", written))
        .At(location);
  }
  if (node.agg_distinct) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "DISTINCT is not implemented for window functions")
        .At(location);
  }
  if (node.n_agg_order > 0) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "aggregate ORDER BY is not implemented for window functions")
        .At(location);
  }
  if (node.agg_filter != nullptr && function.prokind == 'w') {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "FILTER is not implemented for non-aggregate window functions")
        .At(location);
  }
}

}  // namespace

std::vector<ExprPtr> ExpressionBinder::BindNamedWindows(const PgQuery__SelectStmt& select) {
  std::vector<ExprPtr> windows;
  for (size_t i = 0; i < select.n_window_clause; ++i) {
    auto window = std::make_unique<expr::WindowExpr>(state_.types().Make(facts::kInt8Oid));
    WindowBinder(*this, *window).BindNamed(*select.window_clause[i]->window_def);
    windows.push_back(std::move(window));
  }
  return windows;
}

ExprPtr ExpressionBinder::FinishWindow(Call& call) {
  const PgQuery__FuncCall& node = *call.node;
  if (call.function->prokind == 'a' && call.arguments.empty() && !node.agg_star) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("{}(*) must be used to call a parameterless aggregate function",
                               call.Written()))
        .At(call.location);
  }
  CheckWindowCall(node, *call.function, call.Written(), call.location);
  if (!AllowsWindows(level_.place) || !level_.takes_aggregates) {
    ThrowWindowing(
        fmt::format("window functions are not allowed in {}", PlaceName(level_.place)),
        call.location);
  }
  auto made = std::make_unique<expr::WindowExpr>(call.result);
  made->location = call.location;
  made->name = call.function->proname;
  made->star = node.agg_star;
  if (const auto* found = RequireImplementation(state_, *call.function, call.location)) {
    made->aggregate = found->aggregate;
    made->window = found->window;
  }
  auto site = MakeCallSite(state_, *call.function, call.result, call.arguments, call.location);
  site->variadic_array = call.variadic_array;
  made->call = std::move(site);
  made->arguments = std::move(call.arguments);
  for (const ExprPtr& argument : made->arguments) {
    RefuseSetFunctions(*argument,
                       "window function calls cannot contain set-returning function calls");
  }
  if (node.agg_filter != nullptr) {
    made->filter = MakeBoolOperation(expr::BoolOperation::kAnd,
                                     BindCondition(node.agg_filter, Place::kFilter));
  }
  WindowBinder(*this, *made).Bind(*node.over);
  for (const ColumnId id : expr::FreeColumns(*made)) {
    const auto& windows = level_.window_columns;
    if (std::find(windows.begin(), windows.end(), id) != windows.end()) {
      ThrowWindowing("window function calls cannot be nested", call.location);
    }
  }
  const ColumnId id = state_.AddColumn({made->name, made->type}, &level_);
  level_.window_calls.push_back(std::move(made));
  level_.window_columns.push_back(id);
  return state_.Mention(id, call.location);
}

}  // namespace grizzly::planner
