// ANALYZE: counts a table's rows and bytes and learns about its columns' values (catalog/statistics.h).
//
// Details come from a uniform sample of kSampledRowsPerTarget times the statistics target (PostgreSQL's number). The
// keys of all rows are read once, which counts them; of a table of more than a few times the sample only the sample's
// rows are unpacked, of a smaller one all rows count for the number of distinct values.
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
