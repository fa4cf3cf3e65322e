#include "commands/copy/copy_binary.h"

#include <utility>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/binary_format.h"

namespace grizzly::commands {
namespace {

constexpr std::string_view kSignature("PGCOPY\n\xFF\r\n\0", 11);
constexpr uint32_t kOidsFlag = 1u << 16;
constexpr uint32_t kCriticalFlags = 0xFFFF0000;

[[noreturn]] void ThrowBadFormat(std::string message) {
  throw SqlError(SqlState::kBadCopyFileFormat, std::move(message));
}

}  // namespace

std::string_view CopyBinaryHeader() {
  static constexpr std::string_view kHeader("PGCOPY\n\xFF\r\n\0\0\0\0\0\0\0\0\0", 19);
  return kHeader;
}

std::string_view CopyBinaryTrailer() { return std::string_view("\xFF\xFF", 2); }

std::optional<std::string_view> CopyBinaryReader::Take(size_t bytes) {
  while (buffer_.size() - begin_ < bytes) {
    const std::optional<std::string_view> more = source_.Read();
    if (!more.has_value()) return std::nullopt;
    buffer_.erase(0, std::exchange(begin_, 0));
    buffer_.append(*more);
  }
  const std::string_view taken = std::string_view(buffer_).substr(begin_, bytes);
  begin_ += bytes;
  return taken;
}

template <typename Integer>
std::optional<Integer> CopyBinaryReader::TakeInteger() {
  const std::optional<std::string_view> bytes = Take(sizeof(Integer));
  if (!bytes.has_value()) return std::nullopt;
  return types::BinaryReader(*bytes).Read<Integer>();
}

void CopyBinaryReader::ReadHeader() {
  if (Take(kSignature.size()) != kSignature) ThrowBadFormat("COPY file signature not recognized");
  const auto flags = TakeInteger<uint32_t>();
  if (!flags.has_value()) ThrowBadFormat("invalid COPY file header (missing flags)");
  if ((*flags & kOidsFlag) != 0) ThrowBadFormat("invalid COPY file header (WITH OIDS)");
  if ((*flags & kCriticalFlags & ~kOidsFlag) != 0) {
    ThrowBadFormat("unrecognized critical flags in COPY file header");
  }
  const auto extension = TakeInteger<int32_t>();
  if (!extension.has_value() || *extension < 0) {
    ThrowBadFormat("invalid COPY file header (missing length)");
  }
  if (!Take(static_cast<size_t>(*extension)).has_value()) {
    ThrowBadFormat("invalid COPY file header (wrong length)");
  }
}

bool CopyBinaryReader::StartRow(size_t columns) {
  const auto count = TakeInteger<int16_t>();
  if (!count.has_value()) return false;  // the data may end without a mark
  if (*count == -1) {
    if (Take(1).has_value()) ThrowBadFormat("received copy data after EOF marker");
    return false;
  }
  if (static_cast<size_t>(*count) == columns) return true;
  ThrowBadFormat(fmt::format("row field count is {}, expected {}", *count, columns));
}

std::optional<std::string_view> CopyBinaryReader::NextField() {
  const auto size = TakeInteger<int32_t>();
  if (!size.has_value()) ThrowBadFormat("unexpected EOF in COPY data");
  if (*size == -1) return std::nullopt;
  if (*size < 0) ThrowBadFormat("invalid field size");
  const auto bytes = Take(static_cast<size_t>(*size));
  if (!bytes.has_value()) ThrowBadFormat("unexpected EOF in COPY data");
  return bytes;
}

}  // namespace grizzly::commands
