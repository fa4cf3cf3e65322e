#include "executor/modify/recheck.h"

namespace grizzly::executor {
namespace {

class PinScope {
 public:
  PinScope(ExecContext& context, PinnedRow row) : context_(context) {
    context_.pinned.push_back(std::move(row));
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
  PinScope scope(context, {scan_id, std::string(key), std::string(value)});
  if (root_ == nullptr) root_ = Build(source_, context);
  root_->Open(context);
  return root_->Next(context);
}

}  // namespace grizzly::executor
