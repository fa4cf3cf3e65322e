#include "storage/kv/fault_injection.h"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "storage/kv/fault_state.h"

namespace grizzly::storage {
namespace {

const rocksdb::IOOptions kIoOptions;

std::string ParentOf(const std::string& file) {
  const size_t slash = file.find_last_of('/');
  return slash == std::string::npos ? std::string() : file.substr(0, slash);
}

bool ReadWhole(rocksdb::FileSystem& fs, const std::string& file, std::string* bytes) {
  return rocksdb::ReadFileToString(&fs, file, bytes).ok();
}

void WriteWhole(rocksdb::FileSystem& fs, const std::string& file, const std::string& bytes) {
  GRIZZLY_CHECK(rocksdb::WriteStringToFile(&fs, bytes, file, /*should_sync=*/true).ok());
}

[[noreturn]] void Die() {
  ::kill(::getpid(), SIGKILL);
  while (true) ::pause();
}

constexpr std::pair<std::string_view, FaultKind> kKinds[] = {
    {"eio", FaultKind::kIoError},
    {"enospc", FaultKind::kDiskFull},
    {"kill", FaultKind::kKill},
    {"kill_after", FaultKind::kKillAfter},
};

constexpr std::pair<std::string_view, uint32_t> kOperations[] = {
    {"append", kFileAppend},       {"sync", kFileSync},     {"create", kFileCreate},
    {"rename", kFileRename},       {"delete", kFileDelete}, {"read", kFileRead},
    {"write", kAllFileWrites},     {"directory_sync", kDirectorySync},
};

[[noreturn]] void ThrowBadPlan(std::string_view plan) {
  throw SqlError(SqlState::kConfigFileError, fmt::format("GRIZZLY_FAULT \"{}\" is no fault", plan))
      .Hint("It is KIND:OPERATION:FILE_PART:N[:COUNT].");
}

template <typename Value, size_t kCount>
Value Named(const std::pair<std::string_view, Value> (&names)[kCount], std::string_view name,
            std::string_view plan) {
  for (const auto& [known, value] : names) {
    if (known == name) return value;
  }
  ThrowBadPlan(plan);
}

uint64_t CountIn(const std::string& text, std::string_view plan) {
  uint64_t count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed != std::errc() || *end != '\0' || count == 0) ThrowBadPlan(plan);
  return count;
}

void PlanFrom(const std::string& plan, FaultInjector* faults) {
  std::vector<std::string> parts(1);
  for (const char c : plan) {
    if (c == ':') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() != 4 && parts.size() != 5) ThrowBadPlan(plan);
  faults->FailOperation(CountIn(parts[3], plan), Named(kKinds, parts[0], plan),
                        Named(kOperations, parts[1], plan),
                        parts.size() == 5 ? CountIn(parts[4], plan) : 1, parts[2]);
}

}  // namespace

FaultInjector* FaultInjector::FromEnvironment() {
  const char* const plan = std::getenv("GRIZZLY_FAULT");
  if (plan == nullptr || *plan == '\0') return nullptr;
  static FaultInjector* const faults = [plan] {
    auto made = std::make_unique<FaultInjector>();
    PlanFrom(plan, made.get());
    return made.release();  // to the end of the process
  }();
  return faults;
}

FaultInjector::FaultInjector() : state_(std::make_unique<State>()) {}
FaultInjector::~FaultInjector() = default;

void FaultInjector::FailOperation(uint64_t n, FaultKind kind, uint32_t operations, uint64_t count,
                                  std::string_view file_part) {
  std::lock_guard lock(state_->mutex);
  state_->skip = n - 1;
  state_->remaining = count;
  state_->operations = operations;
  state_->kind = kind;
  state_->file_part = file_part;
  state_->failed = false;
}

void FaultInjector::StopFailing() {
  std::lock_guard lock(state_->mutex);
  state_->remaining = 0;
}

uint64_t FaultInjector::write_operation_count() const {
  std::lock_guard lock(state_->mutex);
  return state_->write_operations;
}

uint64_t FaultInjector::sync_count() const {
  std::lock_guard lock(state_->mutex);
  return state_->syncs;
}

bool FaultInjector::has_failed() const {
  std::lock_guard lock(state_->mutex);
  return state_->failed;
}

void FaultInjector::Crash() {
  std::lock_guard lock(state_->mutex);
  state_->crashed = true;
}

void FaultInjector::Revive(CrashLoss loss, uint64_t seed) {
  std::lock_guard lock(state_->mutex);
  GRIZZLY_CHECK(state_->crashed && state_->base != nullptr);
  std::mt19937_64 random(seed);
  rocksdb::FileSystem& fs = *state_->base;
  for (const auto& [file, known] : state_->files) {
    if (!known.entry_synced) {
      fs.DeleteFile(file, kIoOptions, nullptr).PermitUncheckedError();
      continue;
    }
    std::string bytes;
    if (known.written_bytes <= known.synced_bytes || !ReadWhole(fs, file, &bytes)) continue;
    uint64_t left = known.synced_bytes;
    if (loss == CrashLoss::kTornTail && bytes.size() > left) {
      left += random() % (bytes.size() - left + 1);
    }
    const bool garbage = loss == CrashLoss::kTornTail && left > known.synced_bytes && random() % 2;
    if (bytes.size() > left) bytes.resize(left);
    if (garbage) bytes.back() = static_cast<char>(bytes.back() ^ 0x5a);
    WriteWhole(fs, file, bytes);
  }
  state_->files.clear();
  state_->crashed = false;
  state_->remaining = 0;
}

bool FaultInjector::CorruptFile(std::string_view file_suffix, uint64_t offset) {
  std::lock_guard lock(state_->mutex);
  for (auto file = state_->files.rbegin(); file != state_->files.rend(); ++file) {
    std::string bytes;
    if (!file->first.ends_with(file_suffix) || !ReadWhole(*state_->base, file->first, &bytes) ||
        bytes.empty()) {
      continue;
    }
    char& byte = bytes[offset % bytes.size()];
    byte = static_cast<char>(byte ^ 1);
    WriteWhole(*state_->base, file->first, bytes);
    return true;
  }
  return false;
}

rocksdb::IOStatus FaultInjector::State::Enter(FileOperation operation, const std::string& file) {
  std::lock_guard lock(mutex);
  if (crashed) return rocksdb::IOStatus::IOError("the machine is off", file);
  if ((operation & kAllFileWrites) != 0) ++write_operations;
  if (operation == kFileSync) ++syncs;
  if (remaining == 0 || (operations & operation) == 0 || file.find(file_part) == std::string::npos) {
    return rocksdb::IOStatus::OK();
  }
  if (skip > 0) {
    --skip;
    return rocksdb::IOStatus::OK();
  }
  --remaining;
  failed = true;
  if (kind == FaultKind::kKill) Die();
  if (kind == FaultKind::kKillAfter) {
    dying = true;
    return rocksdb::IOStatus::OK();
  }
  return kind == FaultKind::kDiskFull
             ? rocksdb::IOStatus::NoSpace("No space left on device", file)
             : rocksdb::IOStatus::IOError("Input/output error", file);
}

void FaultInjector::State::Leave() {
  if (dying) Die();
}

void FaultInjector::State::OnCreated(const std::string& file) {
  std::lock_guard lock(mutex);
  files[file] = FileState();
}

void FaultInjector::State::OnAppended(const std::string& file, uint64_t size_after) {
  std::lock_guard lock(mutex);
  files[file].written_bytes = size_after;
}

void FaultInjector::State::OnSynced(const std::string& file, uint64_t size_at_sync) {
  std::lock_guard lock(mutex);
  FileState& known = files[file];
  known.synced_bytes = std::max(known.synced_bytes, size_at_sync);
}

void FaultInjector::State::OnTruncated(const std::string& file, uint64_t size) {
  std::lock_guard lock(mutex);
  FileState& known = files[file];
  known.written_bytes = size;
  known.synced_bytes = std::min(known.synced_bytes, size);
}

void FaultInjector::State::OnRenamed(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex);
  auto known = files.find(from);
  if (known == files.end()) return;
  files[to] = known->second;
  files[to].entry_synced = true;  // a rename over a file keeps the old or the new, never neither
  files.erase(known);
}

void FaultInjector::State::OnDeleted(const std::string& file) {
  std::lock_guard lock(mutex);
  files.erase(file);
}

void FaultInjector::State::OnDirectorySynced(const std::string& name) {
  std::lock_guard lock(mutex);
  const std::string directory = name.ends_with('/') ? name.substr(0, name.size() - 1) : name;
  for (auto& [file, known] : files) {
    if (ParentOf(file) == directory) known.entry_synced = true;
  }
}

}  // namespace grizzly::storage
