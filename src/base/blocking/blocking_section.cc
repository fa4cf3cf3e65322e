#include "base/blocking/blocking_section.h"

namespace grizzly {
namespace {

thread_local BlockingObserver* this_thread_observer = nullptr;
thread_local int this_thread_depth = 0;

}  // namespace

BlockingSection::BlockingSection() noexcept {
  if (this_thread_depth++ == 0 && this_thread_observer != nullptr) this_thread_observer->OnBlock();
}

BlockingSection::~BlockingSection() {
  if (--this_thread_depth == 0 && this_thread_observer != nullptr) {
    this_thread_observer->OnUnblock();
  }
}

void BlockingSection::InstallForThisThread(BlockingObserver* observer) noexcept {
  this_thread_observer = observer;
}

bool BlockingSection::IsBlockedForTest() noexcept { return this_thread_depth > 0; }

}  // namespace grizzly
