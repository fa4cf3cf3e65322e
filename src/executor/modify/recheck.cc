#include "executor/modify/recheck.h"

namespace grizzly::executor {
namespace {

class PinScope {
 public:
  PinScope(ExecContext& context, const PinnedRow& row) : context_(context) {
    context_.pinned.push_back(&row);
  }
  ~PinScope() { context_.pinned.pop_back(); }
  PinScope(const PinScope&) = delete;
  PinScope& operator=(const PinScope&) = delete;

 private:
  ExecContext& context_;
};

}  // namespace

Batch* Recheck::Run(ExecContext& context, uint32_t scan_id, std::string_view key,
                    std::string_view value) {
  row_ = {scan_id, std::string(key), std::string(value)};
  PinScope scope(context, row_);
  if (root_ == nullptr) root_ = Build(source_, context);
  root_->Open(context);
  return root_->Next(context);
}

// An operator may open another scan now.
Batch* Recheck::Next(ExecContext& context) {
  PinScope scope(context, row_);
  return root_->Next(context);
}

}  // namespace grizzly::executor
