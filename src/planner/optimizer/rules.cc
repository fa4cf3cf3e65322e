#include "planner/optimizer/rules.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "base/error/sql_error.h"

namespace grizzly::planner {
namespace {

constexpr std::array<RuleDescription, 13> kRules = {{
    {Rule::kFoldConstants, "fold_constants", "expressions of constants are computed once"},
    {Rule::kInlineCtes, "inline_ctes", "a common table expression read once is put where it is read"},
    {Rule::kUnnestSubqueries, "unnest_subqueries",
     "EXISTS, IN and NOT IN become semi and anti joins, correlated aggregates joins with a grouped query"},
    {Rule::kImpliedFilters, "implied_filters",
     "a disjunction over several tables filters each of them by what it says of it"},
    {Rule::kOuterToInnerJoins, "outer_to_inner_joins",
     "an outer join whose added rows a condition rejects is an inner one"},
    {Rule::kFiltersIntoAggregates, "filters_into_aggregates",
     "conditions on grouping columns are checked before grouping"},
    {Rule::kFiltersIntoSetOperations, "filters_into_set_operations",
     "conditions on a UNION, INTERSECT or EXCEPT are checked in each of its parts"},
    {Rule::kEarlySemiJoins, "early_semi_joins",
     "a semi join that keeps little comes before the joins of the table it looks at"},
    {Rule::kOrderJoins, "order_joins", "inner joins are ordered by cost instead of as written"},
    {Rule::kPruneColumns, "prune_columns", "columns nobody reads are not computed"},
    {Rule::kLookupJoins, "lookup_joins", "few rows look up the other side by an index"},
    {Rule::kTurnJoins, "turn_joins",
     "a semi, anti or left join of few rows with many builds its hash table of the few"},
    {Rule::kJoinKeysToScans, "join_keys_to_scans",
     "scans leave out rows whose keys a hash join above would not find"},
}};

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Rule FindRule(std::string_view name) {
  std::string names;
  for (const RuleDescription& rule : kRules) {
    if (rule.name == name) return rule.rule;
    names += (names.empty() ? "" : ", ") + std::string(rule.name);
  }
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("unrecognized optimizer rule: \"{}\"", name))
      .Hint(fmt::format("Available rules: {}.", names));
}

}  // namespace

std::span<const RuleDescription> Rules() { return kRules; }

RuleSet RuleSet::Parse(std::string_view names) {
  RuleSet rules;
  while (!names.empty()) {
    const size_t comma = std::min(names.find(','), names.size());
    const std::string_view name = Trimmed(names.substr(0, comma));
    if (!name.empty()) rules.Add(FindRule(name));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return rules;
}

}  // namespace grizzly::planner
