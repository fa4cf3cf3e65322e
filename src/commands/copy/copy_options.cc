#include "commands/copy/copy_options.h"

#include <algorithm>

#include "base/error/sql_error.h"

namespace grizzly::commands {
namespace {

[[noreturn]] void ThrowInvalid(std::string message) {
  throw SqlError(SqlState::kInvalidParameterValue, std::move(message));
}
[[noreturn]] void ThrowFeature(std::string message) {
  throw SqlError(SqlState::kFeatureNotSupported, std::move(message));
}

// As written, before defaults and checks.
struct Written {
  std::optional<std::string> delimiter, null_text, quote, escape;
  bool has_force_quote = false, has_force_not_null = false, has_force_null = false;
  std::vector<std::string> seen;
};

CopyHeader ReadHeader(const Option& option) {
  if (option.value == nullptr) return CopyHeader::kPresent;
  std::string text = OptionText(option);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (text == "true" || text == "on" || text == "1") return CopyHeader::kPresent;
  if (text == "false" || text == "off" || text == "0") return CopyHeader::kNone;
  if (text == "match") return CopyHeader::kMatch;
  throw SqlError(SqlState::kSyntaxError, "header requires a Boolean value or \"match\"");
}

void CheckEncoding(const Option& option) {
  std::string name = OptionText(option);
  std::erase_if(name, [](char c) { return c == '-' || c == '_' || c == ' '; });
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (name == "utf8" || name == "unicode") return;
  if (name.starts_with("latin") || name.starts_with("iso8859") || name.starts_with("win") ||
      name.starts_with("euc") || name == "sqlascii" || name == "sjis" || name == "big5" ||
      name == "gbk" || name == "gb18030" || name == "johab" || name.starts_with("koi8")) {
    ThrowNotSupported("COPY with ENCODING other than UTF8", option.location);
  }
  throw SqlError(SqlState::kInvalidParameterValue,
                 "argument to option \"encoding\" must be a valid encoding name")
      .At(option.location);
}

void ReadFormat(const Option& option, CopyOptions* options) {
  const std::string format = OptionText(option);
  if (format == "csv") {
    options->csv = true;
  } else if (format == "binary") {
    options->binary = true;
  } else if (format != "text") {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("COPY format \"{}\" not recognized", format))
        .At(option.location);
  }
}

std::vector<std::string> ReadColumns(const Option& option) {
  if (option.value == nullptr || option.value->node_case != PG_QUERY__NODE__NODE_LIST) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("argument to option \"{}\" must be a list of column names",
                               option.name))
        .At(option.location);
  }
  return NamesOf(*option.value);
}

void ReadOption(const Option& option, Written* written, CopyOptions* options) {
  if (std::find(written->seen.begin(), written->seen.end(), option.name) != written->seen.end()) {
    throw SqlError(SqlState::kSyntaxError, "conflicting or redundant options").At(option.location);
  }
  written->seen.push_back(option.name);
  const std::string& name = option.name;
  if (name == "format") return ReadFormat(option, options);
  if (name == "freeze") {
    options->freeze = OptionBool(option);
  } else if (name == "delimiter") {
    written->delimiter = OptionText(option);
  } else if (name == "null") {
    written->null_text = OptionText(option);
  } else if (name == "header") {
    options->header = ReadHeader(option);
  } else if (name == "quote") {
    written->quote = OptionText(option);
  } else if (name == "escape") {
    written->escape = OptionText(option);
  } else if (name == "force_quote") {
    written->has_force_quote = true;
    options->force_quote_all =
        option.value != nullptr && option.value->node_case == PG_QUERY__NODE__NODE_A_STAR;
    if (!options->force_quote_all) options->force_quote = ReadColumns(option);
  } else if (name == "force_not_null") {
    written->has_force_not_null = true;
    options->force_not_null = ReadColumns(option);
  } else if (name == "force_null") {
    written->has_force_null = true;
    options->force_null = ReadColumns(option);
  } else if (name == "encoding") {
    CheckEncoding(option);
  } else {
    throw SqlError(SqlState::kSyntaxError, fmt::format("option \"{}\" not recognized", name))
        .At(option.location);
  }
}

char OneByte(const std::string& text, std::string_view what) {
  if (text.size() != 1) {
    ThrowFeature(fmt::format("COPY {} must be a single one-byte character", what));
  }
  return text[0];
}

void CheckDelimiter(const Written& written, CopyOptions* options) {
  if (written.delimiter.has_value()) options->delimiter = OneByte(*written.delimiter, "delimiter");
  const char delimiter = options->delimiter;
  if (delimiter == '\n' || delimiter == '\r') {
    ThrowInvalid("COPY delimiter cannot be newline or carriage return");
  }
  if (options->null_text.find_first_of("\r\n") != std::string::npos) {
    ThrowInvalid("COPY null representation cannot use newline or carriage return");
  }
  constexpr std::string_view kNotInText = "\\.abcdefghijklmnopqrstuvwxyz0123456789";
  if (!options->csv && kNotInText.find(delimiter) != std::string_view::npos) {
    ThrowInvalid(fmt::format("COPY delimiter cannot be \"{}\"", delimiter));
  }
}

void CheckCsv(const Written& written, bool is_from, CopyOptions* options) {
  if (!options->csv && written.quote.has_value()) {
    ThrowFeature("COPY quote available only in CSV mode");
  }
  if (written.quote.has_value()) options->quote = OneByte(*written.quote, "quote");
  if (options->csv && options->delimiter == options->quote) {
    ThrowInvalid("COPY delimiter and quote must be different");
  }
  if (!options->csv && written.escape.has_value()) {
    ThrowFeature("COPY escape available only in CSV mode");
  }
  options->escape =
      written.escape.has_value() ? OneByte(*written.escape, "escape") : options->quote;
  struct Force {
    bool given;
    std::string_view name;
    bool for_from;
  };
  for (const Force& force : {Force{written.has_force_quote, "force quote", false},
                             Force{written.has_force_not_null, "force not null", true},
                             Force{written.has_force_null, "force null", true}}) {
    if (!force.given) continue;
    if (!options->csv) {
      ThrowFeature(fmt::format("COPY {} available only in CSV mode", force.name));
    }
    if (force.for_from != is_from) {
      ThrowFeature(fmt::format("COPY {} only available using COPY {}", force.name,
                               force.for_from ? "FROM" : "TO"));
    }
  }
}

}  // namespace

namespace {

void CheckBinary(const Written& written, const CopyOptions& options) {
  if (!options.binary) return;
  if (written.delimiter.has_value()) {
    throw SqlError(SqlState::kSyntaxError, "cannot specify DELIMITER in BINARY mode");
  }
  if (written.null_text.has_value()) {
    throw SqlError(SqlState::kSyntaxError, "cannot specify NULL in BINARY mode");
  }
  if (options.header != CopyHeader::kNone) ThrowFeature("cannot specify HEADER in BINARY mode");
}

}  // namespace

CopyOptions ReadCopyOptions(const PgQuery__CopyStmt& statement) {
  CopyOptions options;
  Written written;
  for (const Option& option : OptionsOf(ListOf(statement.options, statement.n_options))) {
    ReadOption(option, &written, &options);
  }
  if (options.header == CopyHeader::kMatch && !statement.is_from) {
    ThrowFeature("cannot use \"match\" with HEADER in COPY TO");
  }
  CheckBinary(written, options);
  options.delimiter = options.csv ? ',' : '\t';
  options.null_text = written.null_text.value_or(options.csv ? "" : "\\N");
  CheckDelimiter(written, &options);
  CheckCsv(written, statement.is_from, &options);
  if (options.null_text.find(options.delimiter) != std::string::npos) {
    ThrowFeature("COPY delimiter must not appear in the NULL specification");
  }
  if (options.csv && options.null_text.find(options.quote) != std::string::npos) {
    ThrowFeature("CSV quote character must not appear in the NULL specification");
  }
  return options;
}

}  // namespace grizzly::commands
