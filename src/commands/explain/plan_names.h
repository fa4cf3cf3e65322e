// Expressions of a plan as SQL text: what each input position, outer cell and subplan stands for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "planner/deparse/deparse_expression.h"

namespace grizzly::commands {

// Where a text stands decides whether columns carry their table's alias: in a scan's conditions with
// VERBOSE, in output lists where there are several tables, elsewhere in either case.
enum class NamePlace : uint8_t { kScan, kOutput, kUpper, kAlways };

class PlanNames {
 public:
  PlanNames(const plan::Plan& plan, planner::DeparseInput deparse, bool verbose);

  // An expression over what `inputs` yield, one after the other.
  std::string Text(const expr::Expr& expression, const std::vector<const plan::Node*>& inputs,
                   NamePlace place) const;
  // An expression over what the node itself yields, of what is computed there.
  std::string OwnText(const expr::Expr& expression, const plan::Node& node, NamePlace place) const;
  // An expression over the columns of a table, by attnum - 1, and then over `inputs`.
  std::string TextOverRow(const expr::Expr& expression, const catalog::Relation& relation,
                          const std::vector<const plan::Node*>& inputs, NamePlace place) const;
  // Output `position` of a node. `nested`: as part of a larger expression or a key.
  std::string Output(const plan::Node& node, uint32_t position, bool nested, NamePlace place) const;
  std::vector<std::string> Outputs(const plan::Node& node, NamePlace place) const;
  std::string Column(std::string_view alias, std::string_view column, NamePlace place) const;
  // A key with its direction: "a DESC NULLS LAST".
  std::string SortKeyText(const expr::SortKey& key, const plan::Node& child) const;
  // The alias a scan is shown under: its own, made unique among those of the plan.
  const std::string& AliasOf(const plan::Node& scan) const;

  // Whether a subplan is run once, before the rest: "InitPlan 1 (returns $0)".
  bool IsInitPlan(uint32_t subplan) const { return initial_[subplan]; }
  std::string SubplanTitle(uint32_t subplan) const;

 private:
  void Collect(const plan::Node& node);
  void CollectCells(const plan::Node& node);
  void NameScan(const plan::Node& node, std::string_view alias);
  std::string SubplanText(const expr::SubplanExpr& subplan) const;
  planner::DeparseInput WithInputs(const std::vector<const plan::Node*>& inputs,
                                   NamePlace place) const;

  const plan::Plan& plan_;
  planner::DeparseInput deparse_;
  const bool verbose_;
  std::map<const plan::Node*, std::string> aliases_;
  std::map<std::string, int> alias_uses_;
  std::map<uint32_t, std::string> cells_;
  std::vector<bool> initial_;
};

// The expressions of one node alone, each with the nodes its inputs come from.
void VisitNodeExpressions(
    const plan::Node& node,
    const std::function<void(const expr::Expr&, const std::vector<const plan::Node*>&)>& visit);

}  // namespace grizzly::commands
