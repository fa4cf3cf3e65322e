#include "commands/copy/copy_source.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/blocking/blocking_section.h"
#include "base/error/sql_error.h"

namespace grizzly::commands {
namespace {

constexpr size_t kFileChunkBytes = size_t{256} << 10;

class ChannelSource final : public CopySource {
 public:
  explicit ChannelSource(CopyChannel& channel) : channel_(channel) {}
  // Once the client has said that it is done, there is nothing to wait for.
  std::optional<std::string_view> Read() override {
    if (is_done_) return std::nullopt;
    const std::optional<std::string_view> chunk = channel_.Read();
    is_done_ = !chunk.has_value();
    return chunk;
  }

 private:
  CopyChannel& channel_;
  bool is_done_ = false;
};

class FileSource final : public CopySource {
 public:
  explicit FileSource(const std::string& path) : path_(path), chunk_(kFileChunkBytes) {
    struct stat about {};
    file_ = std::fopen(path.c_str(), "rb");
    if (file_ == nullptr) {
      throw SqlError(errno == ENOENT ? SqlState::kUndefinedFile : SqlState::kInsufficientPrivilege,
                     fmt::format("could not open file \"{}\" for reading: {}", path,
                                 std::strerror(errno)))
          .Hint("COPY FROM instructs the PostgreSQL server process to read a file. You may want a "
                "client-side facility such as psql's \\copy.");
    }
    if (fstat(fileno(file_), &about) == 0 && S_ISDIR(about.st_mode)) {
      std::fclose(file_);
      throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is a directory", path));
    }
  }
  ~FileSource() override { std::fclose(file_); }
  std::optional<std::string_view> Read() override {
    const BlockingSection blocking;
    const size_t bytes = std::fread(chunk_.data(), 1, chunk_.size(), file_);
    if (bytes == 0 && std::ferror(file_) != 0) {
      throw SqlError(SqlState::kIoError, fmt::format("could not read from COPY file: {}",
                                                     std::strerror(errno)));
    }
    if (bytes == 0) return std::nullopt;
    return std::string_view(chunk_.data(), bytes);
  }

 private:
  const std::string path_;
  std::vector<char> chunk_;
  std::FILE* file_ = nullptr;
};

}  // namespace

std::unique_ptr<CopySource> MakeChannelSource(CopyChannel& channel) {
  return std::make_unique<ChannelSource>(channel);
}
std::unique_ptr<CopySource> MakeFileSource(const std::string& path) {
  return std::make_unique<FileSource>(path);
}

bool CopyLineReader::Fill() {
  if (exhausted_) return false;
  const std::optional<std::string_view> chunk = source_.Read();
  if (!chunk.has_value()) {
    exhausted_ = true;
    return false;
  }
  buffer_.append(*chunk);
  return !chunk->empty() || Fill();
}

std::string_view CopyLineReader::Take(size_t end, size_t next) {
  const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
  begin_ = next;
  return line;
}

void CopyLineReader::ThrowStray(char found) {
  const std::string_view what = found == '\r' ? "carriage return" : "newline";
  const std::string_view escape = found == '\r' ? "\\r" : "\\n";
  if (options_.csv) {
    throw SqlError(SqlState::kBadCopyFileFormat, fmt::format("unquoted {} found in data", what))
        .Hint(fmt::format("Use quoted CSV field to represent {}.", what));
  }
  throw SqlError(SqlState::kBadCopyFileFormat, fmt::format("literal {} found in data", what))
      .Hint(fmt::format("Use \"{}\" to represent {}.", escape, what));
}

bool CopyLineReader::IsLineEnd(size_t* at) {
  if (buffer_[*at] == '\n') {
    if (line_end_ == LineEnd::kReturn || line_end_ == LineEnd::kReturnNewline) ThrowStray('\n');
    line_end_ = LineEnd::kNewline;
    ++*at;
    return true;
  }
  if (line_end_ == LineEnd::kNewline) ThrowStray('\r');
  if (line_end_ != LineEnd::kReturn && HasByteAt(*at + 1) && buffer_[*at + 1] == '\n') {
    line_end_ = LineEnd::kReturnNewline;
    *at += 2;
    return true;
  }
  if (line_end_ == LineEnd::kReturnNewline) ThrowStray('\r');
  line_end_ = LineEnd::kReturn;
  ++*at;
  return true;
}

bool CopyLineReader::IsEndMark(size_t at) {
  if (!HasByteAt(at + 1) || buffer_[at + 1] != '.') return false;
  if (HasByteAt(at + 2) && buffer_[at + 2] != '\n' && buffer_[at + 2] != '\r') {
    if (options_.csv) return false;
    throw SqlError(SqlState::kBadCopyFileFormat, "end-of-copy marker corrupt");
  }
  return true;
}

std::optional<std::string_view> CopyLineReader::Next() {
  if (ended_) return std::nullopt;
  // What was given out is done with: bytes move to the front when half of them are old.
  if (begin_ > 0 && begin_ * 2 > buffer_.size()) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  ++line_number_;
  if (!options_.csv) {
    if (const auto line = NextPlain()) return line;
  }
  return NextScanned();
}

// A line of text that has no escapes: nullopt when there is more to look at.
std::optional<std::string_view> CopyLineReader::NextPlain() {
  if (line_end_ != LineEnd::kNewline) return std::nullopt;
  if (begin_ >= buffer_.size() && !Fill()) return std::nullopt;
  const char* const from = buffer_.data() + begin_;
  const auto* newline =
      static_cast<const char*>(std::memchr(from, '\n', buffer_.size() - begin_));
  if (newline == nullptr) return std::nullopt;
  const size_t size = static_cast<size_t>(newline - from);
  if (std::memchr(from, '\\', size) != nullptr || std::memchr(from, '\r', size) != nullptr) {
    return std::nullopt;
  }
  return Take(begin_ + size, begin_ + size + 1);
}

std::optional<std::string_view> CopyLineReader::NextScanned() {
  bool in_quote = false, last_was_escape = false;
  const char escape = options_.escape == options_.quote ? '\0' : options_.escape;
  size_t at = begin_;
  for (; HasByteAt(at); ++at) {
    const char c = buffer_[at];
    if (options_.csv) {
      if (in_quote && escape != '\0' && c == escape) last_was_escape = !last_was_escape;
      if (c == options_.quote && !last_was_escape) in_quote = !in_quote;
      if (c != escape) last_was_escape = false;
      if (in_quote) {
        if (c == '\n') ++line_number_;
        continue;
      }
    }
    if (c == '\n' || c == '\r') {
      size_t next = at;
      IsLineEnd(&next);
      return Take(at, next);
    }
    if (c != '\\' || (options_.csv && at != begin_)) continue;
    if (IsEndMark(at)) {
      ended_ = true;
      if (at == begin_) return std::nullopt;
      return Take(at, buffer_.size());
    }
    // The character behind a backslash is data, a line's end too.
    if (!options_.csv && HasByteAt(at + 1)) {
      ++at;
      if (buffer_[at] == '\n') ++line_number_;
    }
  }
  ended_ = true;
  if (begin_ >= buffer_.size()) return std::nullopt;
  return Take(buffer_.size(), buffer_.size());
}

}  // namespace grizzly::commands
