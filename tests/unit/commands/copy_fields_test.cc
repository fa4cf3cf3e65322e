// Shows that COPY data is cut into lines and fields as PostgreSQL cuts it, however it arrives.
#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "commands/copy/copy_fields.h"
#include "commands/copy/copy_source.h"

namespace grizzly::commands {
namespace {

// Hands out a text in chunks of `chunk_bytes`.
class TextSource final : public CopySource {
 public:
  TextSource(std::string text, size_t chunk_bytes) : text_(std::move(text)), chunk_(chunk_bytes) {}
  std::optional<std::string_view> Read() override {
    if (at_ >= text_.size()) return std::nullopt;
    const std::string_view piece = std::string_view(text_).substr(at_, chunk_);
    at_ += piece.size();
    return piece;
  }

 private:
  const std::string text_;
  const size_t chunk_;
  size_t at_ = 0;
};

CopyOptions Options(bool csv) {
  CopyOptions options;
  options.csv = csv;
  options.delimiter = csv ? ',' : '\t';
  options.null_text = csv ? "" : "\\N";
  return options;
}

struct Case {
  const char* shows;
  bool csv;
  std::string data;
  std::vector<std::vector<std::string>> rows;  // "<null>" for NULL
};

const Case kCases[] = {
    {"plain", false, "1\ta\n2\tb\n", {{"1", "a"}, {"2", "b"}}},
    {"no newline at the end", false, "1\ta\n2\tb", {{"1", "a"}, {"2", "b"}}},
    {"carriage return and newline", false, "1\ta\r\n2\tb\r\n", {{"1", "a"}, {"2", "b"}}},
    {"carriage returns", false, "1\r2\r", {{"1"}, {"2"}}},
    {"null and escapes", false, "\\N\ta\\tb\\x41\\101\\\\\\q\n", {{"<null>", "a\tbAA\\q"}}},
    {"an escaped newline is data", false, "a\\\nb\nc\n", {{"a\nb"}, {"c"}}},
    {"the end mark", false, "a\n\\.\nb\n", {{"a"}}},
    {"an end mark behind data", false, "a\\.\nb\n", {{"a"}}},
    {"an escaped delimiter", false, "a\\\tb\tc\n", {{"a\tb", "c"}}},
    {"csv", true, "1,a,\n,\"\",\"x\"\"y\"\n", {{"1", "a", "<null>"}, {"<null>", "", "x\"y"}}},
    {"csv quotes lines", true, "\"a\nb\",2\n3,4\n", {{"a\nb", "2"}, {"3", "4"}}},
    {"csv quotes anywhere", true, "a\"b,c\"d,e\n", {{"ab,cd", "e"}}},
    {"csv end mark", true, "a\n\\.\nb\n", {{"a"}}},
    {"csv backslash is data", true, "a\\n,b\n", {{"a\\n", "b"}}},
    {"an empty line is an empty field", false, "\nx\n", {{""}, {"x"}}},
};

TEST(CopyFieldsTest, LinesAndFields) {
  for (const Case& c : kCases) {
    for (const size_t chunk : {size_t{1}, size_t{3}, size_t{1000}}) {
      SCOPED_TRACE(std::string(c.shows) + ", chunks of " + std::to_string(chunk));
      const CopyOptions options = Options(c.csv);
      TextSource source(c.data, chunk);
      CopyLineReader lines(source, options);
      CopyFieldReader fields(options);
      std::vector<std::vector<std::string>> rows;
      while (const auto line = lines.Next()) {
        std::vector<std::string>& row = rows.emplace_back();
        for (const CopyFieldReader::Field& field : fields.Split(*line)) {
          row.push_back(field.is_null ? "<null>" : std::string(field.text));
        }
      }
      EXPECT_EQ(rows, c.rows);
    }
  }
}

struct ErrorCase {
  bool csv;
  const char* data;
  const char* message;
  uint64_t line;
};

TEST(CopyFieldsTest, BrokenLines) {
  const ErrorCase kErrors[] = {
      {false, "a\r\nb\n", "literal newline found in data", 2},
      {false, "a\nb\r\n", "literal carriage return found in data", 2},
      {true, "a\nb\r\n", "unquoted carriage return found in data", 2},
      {false, "a\\.b\n", "end-of-copy marker corrupt", 1},
      {true, "a\n\"b\n", "unterminated CSV quoted field", 3},
  };
  for (const ErrorCase& c : kErrors) {
    SCOPED_TRACE(c.message);
    const CopyOptions options = Options(c.csv);
    TextSource source(c.data, 1000);
    CopyLineReader lines(source, options);
    CopyFieldReader fields(options);
    try {
      while (const auto line = lines.Next()) fields.Split(*line);
      ADD_FAILURE() << "no error";
    } catch (const SqlError& error) {
      EXPECT_STREQ(error.what(), c.message);
      EXPECT_EQ(lines.line_number(), c.line);
    }
  }
}

TEST(CopyFieldsTest, Writing) {
  std::string out;
  AppendCopyText("a\tb\n\\c", '\t', &out);
  EXPECT_EQ(out, "a\\tb\\n\\\\c");
  const CopyOptions options = Options(true);
  for (const auto& [value, text] : std::vector<std::pair<std::string, std::string>>{
           {"a", "a"}, {"", "\"\""}, {"a,b", "\"a,b\""}, {"a\"b", "\"a\"\"b\""}, {"\\.", "\"\\.\""}}) {
    out.clear();
    AppendCopyCsv(value, options, false, true, &out);
    EXPECT_EQ(out, text);
  }
}

}  // namespace
}  // namespace grizzly::commands
