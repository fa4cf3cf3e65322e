#include "base/cancel/cancel_token.h"

#include <utility>

#include "base/error/sql_error.h"

namespace grizzly {
namespace {

bool EndsSession(CancelReason reason) {
  return reason == CancelReason::kClientGone || reason == CancelReason::kAdminShutdown ||
         reason == CancelReason::kDatabaseDropped || reason == CancelReason::kIdleInTransaction;
}

}  // namespace

void CancelToken::Cancel(CancelReason reason) {
  std::lock_guard lock(mutex_);
  if (EndsSession(reason_.load(std::memory_order_relaxed))) return;
  reason_.store(reason, std::memory_order_release);
  if (wake_) wake_();
}

void CancelToken::Reset() {
  CancelReason now = reason();
  if (now == CancelReason::kNone || EndsSession(now)) return;
  std::lock_guard lock(mutex_);
  if (!EndsSession(reason())) reason_.store(CancelReason::kNone, std::memory_order_release);
}

void CancelToken::ThrowCanceled() const {
  switch (reason()) {
    case CancelReason::kNone:
    case CancelReason::kUserRequest:
      throw SqlError(SqlState::kQueryCanceled, "canceling statement due to user request");
    case CancelReason::kStatementTimeout:
      throw SqlError(SqlState::kQueryCanceled, "canceling statement due to statement timeout");
    case CancelReason::kClientGone:
      throw SqlError(SqlState::kConnectionFailure, "connection to client lost").Fatal();
    case CancelReason::kAdminShutdown:
      throw SqlError(SqlState::kAdminShutdown,
                     "terminating connection due to administrator command")
          .Fatal();
    case CancelReason::kDatabaseDropped:
      throw SqlError(SqlState::kDatabaseDropped,
                     "terminating connection because its database was dropped")
          .Fatal();
    case CancelReason::kIdleInTransaction:
      throw SqlError(SqlState::kIdleInTransactionSessionTimeout,
                     "terminating connection due to idle-in-transaction timeout")
          .Fatal();
  }
  throw SqlError(SqlState::kQueryCanceled, "canceling statement due to user request");
}

CancelToken::WakeScope::WakeScope(CancelToken& token, std::function<void()> wake) : token_(token) {
  std::lock_guard lock(token_.mutex_);
  token_.wake_ = std::move(wake);
  if (token_.is_canceled()) token_.wake_();
}

CancelToken::WakeScope::~WakeScope() {
  std::lock_guard lock(token_.mutex_);
  token_.wake_ = nullptr;
}

}  // namespace grizzly
