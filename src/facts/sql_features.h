// The rows of information_schema's own tables, from facts/sql_features.csv,
// sql_implementation_info.csv, sql_parts.csv and sql_sizing.csv. A std::string_view whose data() is
// null is SQL NULL. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace grizzly::facts {

struct SqlFeatureFact {
  std::string_view feature_id;
  std::string_view feature_name;
  std::string_view sub_feature_id;
  std::string_view sub_feature_name;
  std::string_view is_supported;
  std::string_view is_verified_by;
  std::string_view comments;
};

struct SqlImplementationFact {
  std::string_view implementation_info_id;
  std::string_view implementation_info_name;
  std::string_view integer_value;
  std::string_view character_value;  // NULL for DBMS VERSION: that is the server's
  std::string_view comments;
};

struct SqlPartFact {
  std::string_view feature_id;
  std::string_view feature_name;
  std::string_view is_supported;
  std::string_view is_verified_by;
  std::string_view comments;
};

struct SqlSizingFact {
  int32_t sizing_id;
  std::string_view sizing_name;
  std::string_view supported_value;
  std::string_view comments;
};

std::span<const SqlFeatureFact> AllSqlFeatures();
std::span<const SqlImplementationFact> AllSqlImplementations();
std::span<const SqlPartFact> AllSqlParts();
std::span<const SqlSizingFact> AllSqlSizings();

}  // namespace grizzly::facts
