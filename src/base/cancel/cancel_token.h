// One flag through which a statement is told to stop, checked per batch and at every wait.
//
// THREADS  Cancel from any thread; Check by the statement's own. A waiter (lock queue, slow client)
//          registers a wake function so that Cancel reaches it while it sleeps.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

namespace grizzly {

enum class CancelReason : uint8_t {
  kNone,
  kUserRequest,        // 57014 canceling statement due to user request
  kStatementTimeout,   // 57014 canceling statement due to statement timeout
  kClientGone,         // 08006, nobody reads it
  kAdminShutdown,      // 57P01 terminating connection due to administrator command
  kDatabaseDropped,    // 57P04
  kIdleInTransaction,  // 25P03
};

class CancelToken {
 public:
  void Cancel(CancelReason reason);
  // Called at the start of a statement; does not clear reasons that end the session.
  void Reset();

  CancelReason reason() const { return reason_.load(std::memory_order_acquire); }
  bool is_canceled() const { return reason() != CancelReason::kNone; }
  // Throws the SqlError of the reason, if there is one.
  void Check() const {
    if (is_canceled()) [[unlikely]] ThrowCanceled();
  }

  // While alive, `wake` is called (once, from the canceling thread) by Cancel. If the token is
  // canceled already, it is called at once. `wake` must not take locks held while Cancel is called.
  class WakeScope {
   public:
    WakeScope(CancelToken& token, std::function<void()> wake);
    ~WakeScope();
    WakeScope(const WakeScope&) = delete;
    WakeScope& operator=(const WakeScope&) = delete;

   private:
    CancelToken& token_;
  };

 private:
  [[noreturn]] void ThrowCanceled() const;

  std::atomic<CancelReason> reason_{CancelReason::kNone};
  std::mutex mutex_;
  std::function<void()> wake_;  // guarded by mutex_
};

}  // namespace grizzly
