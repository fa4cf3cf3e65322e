#include "planner/binder/name_hints.h"

#include <fmt/format.h>

namespace grizzly::planner {
namespace {

// Edits a name may be away from the one written.
constexpr int kDistanceMax = 3;

int Distance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

struct Match {
  const RangeItem* item;
  const ScopeColumn* column;
};

struct Search {
  std::string_view qualifier;
  std::string_view name;
  int best = kDistanceMax + 1;
  std::vector<Match> matches;

  void Look(const RangeItem& item) {
    int penalty = 0;
    if (!qualifier.empty()) {
      penalty = Distance(qualifier, item.alias);
      if (penalty > kDistanceMax) return;
    }
    for (const ScopeColumn& column : item.columns) {
      const int distance = penalty + Distance(name, column.name);
      // More than half of the name wrong is no slip of the finger.
      if (distance > kDistanceMax || 2 * (distance - penalty) > static_cast<int>(name.size())) continue;
      if (distance < best) {
        best = distance;
        matches.clear();
      }
      if (distance == best) matches.push_back({&item, &column});
    }
  }
};

bool IsVisible(const QueryLevel& level, const RangeItem& item) {
  for (const QueryLevel* at = &level; at != nullptr; at = at->outer) {
    for (const NamespaceEntry& entry : at->names) {
      if (entry.item == &item && entry.by_name) return true;
    }
  }
  return false;
}

}  // namespace

std::string ColumnHint(const QueryLevel& level, std::string_view qualifier, std::string_view name) {
  Search search{qualifier, name};
  for (const QueryLevel* at = &level; at != nullptr; at = at->outer) {
    for (const auto& item : at->items) {
      if (!item->is_join && !item->alias.empty()) search.Look(*item);
    }
  }
  const std::vector<Match>& found = search.matches;
  if (found.empty()) return "";
  if (search.best == 0 && found.size() == 1 && !IsVisible(level, *found[0].item)) {
    return fmt::format("There is a column named \"{}\" in table \"{}\", but it cannot be referenced "
                       "from this part of the query.",
                       name, found[0].item->alias);
  }
  if (found.size() == 1) {
    return fmt::format("Perhaps you meant to reference the column \"{}.{}\".", found[0].item->alias,
                       found[0].column->name);
  }
  if (found.size() == 2) {
    return fmt::format("Perhaps you meant to reference the column \"{}.{}\" or the column \"{}.{}\".",
                       found[0].item->alias, found[0].column->name, found[1].item->alias,
                       found[1].column->name);
  }
  return "";
}

}  // namespace grizzly::planner
