// The options of COPY, checked as PostgreSQL checks them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/ast_read.h"

namespace grizzly::commands {

enum class CopyHeader : uint8_t { kNone, kPresent, kMatch };

struct CopyOptions {
  bool csv = false;
  bool binary = false;
  bool freeze = false;
  char delimiter = '\t';
  std::string null_text = "\\N";
  CopyHeader header = CopyHeader::kNone;
  char quote = '"';
  char escape = '"';
  std::vector<std::string> force_quote;     // column names
  bool force_quote_all = false;
  std::vector<std::string> force_not_null;
  std::vector<std::string> force_null;
};

// Throws 42601, 22023, 0A000.
CopyOptions ReadCopyOptions(const PgQuery__CopyStmt& statement);

}  // namespace grizzly::commands
