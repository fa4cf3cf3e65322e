// A line of COPY data cut into fields, unescaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/copy/copy_options.h"

namespace grizzly::commands {

class CopyFieldReader {
 public:
  explicit CopyFieldReader(const CopyOptions& options) : options_(options) {}

  struct Field {
    std::string_view text;
    bool is_null = false;
    bool was_quoted = false;  // csv
  };
  // The line's fields; they point into `line` or this object. Throws 22P04 unterminated CSV quoted
  // field.
  const std::vector<Field>& Split(std::string_view line);

 private:
  void SplitText(std::string_view line);
  void SplitEscapedText(std::string_view line);
  void SplitCsv(std::string_view line);
  size_t AppendEscape(std::string_view line, size_t at);

  const CopyOptions& options_;
  std::vector<Field> fields_;
  std::string unescaped_;
};

// The text forms of COPY TO.
void AppendCopyText(std::string_view value, char delimiter, std::string* out);
void AppendCopyCsv(std::string_view value, const CopyOptions& options, bool force_quote,
                   bool is_only_column, std::string* out);

}  // namespace grizzly::commands
