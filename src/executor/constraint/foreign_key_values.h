// The two sides of a foreign key: values of one as values of the other, and as key bytes.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "executor/exec_context.h"
#include "expr/evaluator.h"
#include "plan/constraint_rule.h"

namespace grizzly::executor {

// The same value in another type of its kind (integers, floats, texts, or the same type); none: no
// value of that type is equal to it.
std::optional<types::Datum> ConvertExactly(const types::Datum& value, const types::SqlType& from,
                                           const types::SqlType& to);

// "(a, b)=(1, 2)": columns of a table with values, as error details show them.
std::string DescribeValues(const ExecContext& context, const catalog::Relation& table,
                           std::span<const uint32_t> places,
                           std::span<const types::Datum> values);

// Appends the fields of rule.key that values of the referenced columns have.
void AppendKeyFields(const plan::ForeignKeyRule& rule, std::span<const types::Datum> values,
                     std::string* fields);

class ForeignKeyValues {
 public:
  ForeignKeyValues(const plan::ForeignKeyRule& rule, ExecContext& context);

  // Values of the referencing columns as those of the referenced ones; long strings are valid until the
  // next call. False: nothing referenced can be equal to them.
  bool ToKey(std::span<const types::Datum> values, std::vector<types::Datum>* key);
  // Of the referencing columns of a row. False: one is NULL, or as above.
  bool FieldsOfRow(const types::Batch& rows, uint32_t row, std::string* fields);

 private:
  std::optional<types::Datum> ToReferenced(size_t column, const types::Datum& value);

  const plan::ForeignKeyRule& rule_;
  std::vector<types::Datum> row_values_, key_;
  std::vector<std::unique_ptr<expr::Evaluator>> casts_;  // by column; null: exact
  std::vector<types::Batch> cast_inputs_;
};

}  // namespace grizzly::executor
