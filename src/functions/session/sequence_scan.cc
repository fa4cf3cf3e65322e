#include "functions/session/sequence_scan.h"

#include "base/error/sql_error.h"
#include "functions/session_services.h"

namespace grizzly::functions {
namespace {

class OneSequenceRow final : public SetScan {
 public:
  explicit OneSequenceRow(const SequenceRow& row) : row_(row) {}

  bool Next(FunctionContext&, types::Batch& out) override {
    if (std::exchange(done_, true)) return false;
    out.column(0).SetDatum(0, types::Datum::Of(row_.last_value));
    out.column(1).SetDatum(0, types::Datum::Of(row_.log_count));
    out.column(2).SetDatum(0, types::Datum::Of(row_.is_called));
    out.set_row_count(1);
    return true;
  }

 private:
  const SequenceRow row_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<SetScan> SequenceScan(FunctionContext& context, const CallSite&,
                                      std::span<const types::Datum> arguments) {
  auto* reader = dynamic_cast<SequenceReader*>(context.session);
  if (reader == nullptr) ThrowNotSupported("reading a sequence outside of a session");
  return std::make_unique<OneSequenceRow>(reader->ReadSequence(arguments[0].As<Oid>()));
}

}  // namespace grizzly::functions
