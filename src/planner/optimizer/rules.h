// The optimizer's rules by name: what one can read, and switch off one by one (grizzly.disabled_rules) to see
// what a rule does for a plan, or to live with a wrong one.
//
// Any subset gives the same rows. What a statement cannot do without (conditions go to the joins and scans they
// belong to) is no rule.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace grizzly::planner {

enum class Rule : uint8_t {
  kFoldConstants,
  kInlineCtes,
  kUnnestSubqueries,
  kImpliedFilters,
  kOuterToInnerJoins,
  kFiltersIntoAggregates,
  kFiltersIntoSetOperations,
  kEarlySemiJoins,
  kOrderJoins,
  kPruneColumns,
  kLookupJoins,
  kTurnJoins,
  kJoinKeysToScans,
};

struct RuleDescription {
  Rule rule;
  std::string_view name;
  std::string_view what;
};
// In the order they apply.
std::span<const RuleDescription> Rules();

class RuleSet {
 public:
  bool Has(Rule rule) const { return (bits_ >> static_cast<uint8_t>(rule) & 1) != 0; }
  void Add(Rule rule) { bits_ |= uint32_t{1} << static_cast<uint8_t>(rule); }
  // Names separated by commas. Throws 22023 for what is no rule, with all names as the hint.
  static RuleSet Parse(std::string_view names);

 private:
  uint32_t bits_ = 0;
};

}  // namespace grizzly::planner
