// The options of EXPLAIN.
#pragma once

#include <cstdint>

#include "commands/ast_read.h"

namespace grizzly::commands {

enum class ExplainFormat : uint8_t { kText, kXml, kJson, kYaml };

struct ExplainOptions {
  bool analyze = false;
  bool verbose = false;
  bool costs = true;
  bool settings = false;
  bool buffers = false;
  bool wal = false;
  bool timing = false;   // with ANALYZE unless switched off
  bool summary = false;  // with ANALYZE unless switched off
  ExplainFormat format = ExplainFormat::kText;
};

// Throws 42601 for unknown options, 22023 for values and combinations that cannot be.
ExplainOptions ReadExplainOptions(const PgQuery__ExplainStmt& statement);

}  // namespace grizzly::commands
