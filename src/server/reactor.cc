#include "server/reactor.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

constexpr int kEventsMax = 8;
constexpr unsigned kTurnsPerLook = 4;  // with a queue, every fourth turn looks for events
constexpr uint64_t kWakeEvent = 0;
constexpr uint32_t kReadInterest = EPOLLIN | EPOLLRDHUP | EPOLLET;

// A slot's word: how often it was given away, and below it one of these.
constexpr uint64_t kStateMask = 3;
constexpr uint64_t kOneUse = 4;
constexpr uint64_t kFree = 0;
constexpr uint64_t kWaiting = 1;
constexpr uint64_t kRunning = 2;
constexpr uint64_t kRunningAndReady = 3;

// An event names its slot by address (48 bits) and by the low bits of its use.
constexpr int kUseBits = 16;
constexpr uint64_t kUseMask = (1u << kUseBits) - 1;

uint64_t UseOf(uint64_t word) { return word / kOneUse & kUseMask; }

[[noreturn]] void ThrowRefused(const char* action) {
  throw SqlError(SqlState::kInsufficientResources,
                 fmt::format("could not {}: {}", action, std::strerror(errno)));
}

}  // namespace

struct Reactor::Slot {
  std::atomic<uint64_t> word{kFree};
  int socket = -1;
  bool write_interest = false;  // of the thread that runs the source
  std::shared_ptr<ReadySource> source;

  uint64_t event() const {
    return reinterpret_cast<uint64_t>(this) << kUseBits | UseOf(word.load(std::memory_order_relaxed));
  }
};

Reactor::Reactor() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) ThrowRefused("create an epoll set");
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.u64 = kWakeEvent}};
  if (wake_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) {
    const int error = errno;
    if (wake_ >= 0) ::close(wake_);
    ::close(epoll_);
    errno = error;
    ThrowRefused("watch an eventfd");
  }
}

Reactor::~Reactor() {
  for (Slot& slot : slots_) slot.source.reset();
  ::close(wake_);
  ::close(epoll_);
}

void Reactor::Watch(std::shared_ptr<ReadySource> source, int socket) {
  Slot* slot;
  {
    std::lock_guard lock(mutex_);
    if (free_slots_.empty()) free_slots_.push_back(&slots_.emplace_back());
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  slot->socket = socket;
  slot->write_interest = false;
  slot->source = std::move(source);
  const uint64_t use = slot->word.load(std::memory_order_relaxed) / kOneUse + 1;
  slot->word.store(use * kOneUse + kWaiting, std::memory_order_release);
  epoll_event event{.events = kReadInterest, .data = {.u64 = slot->event()}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) {
    Release(*slot);
    ThrowRefused("watch a client's socket");
  }
}

Reactor::Slot* Reactor::Next() {
  static thread_local unsigned turn = 0;
  while (!stopping_.load(std::memory_order_acquire)) {
    if (++turn % kTurnsPerLook != 0) {
      if (Slot* slot = TakeQueued()) return slot;
    }
    epoll_event events[kEventsMax];
    const int count = ::epoll_wait(epoll_, events, kEventsMax, has_queued() ? 0 : -1);
    Slot* first = nullptr;
    for (int i = 0; i < count; ++i) {
      Slot* const slot = Claim(events[i].data.u64);
      if (slot == nullptr) continue;
      if (first == nullptr) {
        first = slot;
      } else {
        Enqueue(*slot);
      }
    }
    if (first != nullptr) return first;
  }
  WakeOne();  // one after the other
  return nullptr;
}

Reactor::Slot* Reactor::Claim(uint64_t event) {
  if (event == kWakeEvent) return nullptr;
  Slot* const slot = reinterpret_cast<Slot*>(event >> kUseBits);
  uint64_t word = slot->word.load(std::memory_order_acquire);
  while (UseOf(word) == (event & kUseMask)) {
    const uint64_t state = word & kStateMask;
    if (state != kWaiting && state != kRunning) return nullptr;
    // kWaiting: it is ours. kRunning: its thread will look again.
    if (slot->word.compare_exchange_weak(word, word + 1, std::memory_order_acq_rel)) {
      return state == kWaiting ? slot : nullptr;
    }
  }
  return nullptr;
}

void Reactor::Run(Slot& slot) {
  const ReadySource::After after = slot.source->OnReady();
  if (after == ReadySource::After::kGone) return Release(slot);
  if (after != ReadySource::After::kAgain) {
    SetWriteInterest(slot, after == ReadySource::After::kWrite);
    uint64_t word = slot.word.load(std::memory_order_relaxed);
    if ((word & kStateMask) == kRunning &&
        slot.word.compare_exchange_strong(word, word - kRunning + kWaiting, std::memory_order_acq_rel)) {
      return;
    }
    slot.word.store(word - kRunningAndReady + kRunning, std::memory_order_release);
  }
  Enqueue(slot);
}

void Reactor::SetWriteInterest(Slot& slot, bool wanted) {
  if (slot.write_interest == wanted) [[likely]] return;
  slot.write_interest = wanted;
  epoll_event event{.events = kReadInterest | (wanted ? uint32_t{EPOLLOUT} : 0),
                    .data = {.u64 = slot.event()}};
  // Fails for a closed socket only, and that is not asked for.
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, slot.socket, &event);
}

void Reactor::Release(Slot& slot) {
  std::shared_ptr<ReadySource> gone = std::move(slot.source);
  const uint64_t word = slot.word.load(std::memory_order_relaxed);
  slot.word.store((word & ~kStateMask) + kFree, std::memory_order_release);
  gone.reset();
  std::lock_guard lock(mutex_);
  free_slots_.push_back(&slot);
}

Reactor::Slot* Reactor::TakeQueued() {
  if (!has_queued()) [[likely]] return nullptr;
  std::lock_guard lock(mutex_);
  if (queued_.empty()) return nullptr;
  Slot* const slot = queued_.front();
  queued_.pop_front();
  queued_count_.fetch_sub(1, std::memory_order_relaxed);
  return slot;
}

void Reactor::Enqueue(Slot& slot) {
  std::lock_guard lock(mutex_);
  queued_.push_back(&slot);
  queued_count_.fetch_add(1, std::memory_order_relaxed);
}

void Reactor::WakeOne() {
  const uint64_t one = 1;
  // The counter is never read, so it would take 2^64 wakes to fail.
  [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof(one));
}

void Reactor::Stop() {
  stopping_.store(true, std::memory_order_release);
  WakeOne();
}

}  // namespace grizzly::server
