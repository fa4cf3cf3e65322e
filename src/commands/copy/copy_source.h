// The lines of COPY FROM: from the client or a file, cut at line ends that the data's first one
// chooses (NL, CR or CRLF), at most once each.
//
// ERRORS   22P04 bad_copy_file_format as PostgreSQL words it; 58P01, 42501, 58030 for files.
// THREADS  the statement's.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "commands/copy/copy_channel.h"
#include "commands/copy/copy_options.h"

namespace grizzly::commands {

// Where bytes come from.
class CopySource {
 public:
  virtual ~CopySource() = default;
  // Nullopt at the end; valid until the next call.
  virtual std::optional<std::string_view> Read() = 0;
};
std::unique_ptr<CopySource> MakeChannelSource(CopyChannel& channel);
std::unique_ptr<CopySource> MakeFileSource(const std::string& path);

class CopyLineReader {
 public:
  CopyLineReader(CopySource& source, const CopyOptions& options)
      : source_(source), options_(options) {}

  // The next line without its end; valid until the next call. Nullopt at the end, or at a line \. .
  std::optional<std::string_view> Next();
  // Of the line last returned, from 1; of the one being read when Next throws.
  uint64_t line_number() const { return line_number_; }

 private:
  enum class LineEnd : uint8_t { kUnknown, kNewline, kReturn, kReturnNewline };

  // More bytes behind the ones there; false at the end of the data.
  bool Fill();
  bool HasByteAt(size_t position) { return position < buffer_.size() || Fill(); }
  std::optional<std::string_view> NextPlain();
  std::optional<std::string_view> NextScanned();
  std::string_view Take(size_t end, size_t next);
  // Handles '\r' and '\n' at `*at`; true when the line ends there, *at then behind the line's end.
  bool IsLineEnd(size_t* at);
  // Handles '\\' '.' at `at`: true when it ends the data.
  bool IsEndMark(size_t at);
  [[noreturn]] void ThrowStray(char found);

  CopySource& source_;
  const CopyOptions& options_;
  std::string buffer_;
  size_t begin_ = 0;
  bool exhausted_ = false;
  bool ended_ = false;
  LineEnd line_end_ = LineEnd::kUnknown;
  uint64_t line_number_ = 0;
};

}  // namespace grizzly::commands
