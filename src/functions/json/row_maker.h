// SQL values of any type out of JSON trees: rows, arrays, domains, and what their text form reads.
//
// ERRORS  22023 for JSON of the wrong shape, 22P02 malformed arrays, and what the types' input throws
#pragma once

#include "functions/function.h"
#include "functions/json/json_tree.h"

namespace grizzly::functions {

class RowMaker {
 public:
  explicit RowMaker(FunctionContext& context) : context_(context) {}

  // A row of `type` (record: of the shape of `base`); columns that the object does not mention are taken
  // from `base`, a row or NULL. The result lives in context.result_heap.
  types::Datum Row(Oid type, const JsonTree& object, const types::Datum& base);
  types::Datum Value(const types::SqlType& type, const JsonTree& tree, std::string_view key);

 private:
  struct ArrayFill;

  types::Datum Array(const types::SqlType& type, Oid element, const JsonTree& tree,
                     std::string_view key);
  void FillDimension(ArrayFill& fill, const JsonTree& tree, size_t depth);
  types::Datum Checked(const types::SqlType& type, const types::Datum& value) const;

  FunctionContext& context_;
};

}  // namespace grizzly::functions
