// ANALYZE: counts a table's rows and bytes and learns about its columns' values (catalog/statistics.h).
//
// Every row is read once; details come from a uniform sample of kSampledRowsPerTarget times the
// statistics target (PostgreSQL's number).
#pragma once

#include <span>
#include <string>

#include "commands/command.h"

namespace grizzly::commands {

inline constexpr uint32_t kSampledRowsPerTarget = 300;

// The table is locked. `columns`: names; empty: all of them. Statistics of columns not named stay.
void AnalyzeTable(CommandInput& input, const catalog::Relation& table,
                  std::span<const std::string> columns);

// Rows and bytes alone.
void CountTable(CommandInput& input, const catalog::Relation& table);

}  // namespace grizzly::commands
