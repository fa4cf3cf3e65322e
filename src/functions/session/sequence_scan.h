// The row of SELECT FROM a sequence: it has no pg_proc row, the binder makes its calls.
#pragma once

#include "functions/function.h"

namespace grizzly::functions {

// What SELECT FROM a sequence shows: the session's services can tell.
struct SequenceRow {
  int64_t last_value = 0;
  int64_t log_count = 0;
  bool is_called = false;
};
class SequenceReader {
 public:
  virtual SequenceRow ReadSequence(Oid sequence) = 0;

 protected:
  ~SequenceReader() = default;
};

// sequence oid; gives last_value int8, log_cnt int8, is_called bool.
std::unique_ptr<SetScan> SequenceScan(FunctionContext& context, const CallSite& call,
                                      std::span<const types::Datum> arguments);

}  // namespace grizzly::functions
