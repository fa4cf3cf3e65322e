#include "types/record_io.h"

#include <cctype>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/binary_format.h"
#include "types/record.h"
#include "types/type_directory.h"

namespace grizzly::types {
namespace {

[[noreturn]] void Malformed(std::string_view text, const char* detail) {
  throw SqlError(SqlState::kInvalidTextRepresentation,
                 fmt::format("malformed record literal: \"{}\"", text))
      .Detail(detail);
}

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

void SkipSpace(std::string_view text, size_t* at) {
  while (*at < text.size() && IsSpace(text[*at])) ++*at;
}

// One field up to the comma or parenthesis behind it; false for an empty one (NULL).
bool ReadToken(std::string_view text, size_t* at, std::string* token) {
  if (*at < text.size() && (text[*at] == ',' || text[*at] == ')')) return false;
  bool quoted = false;
  while (true) {
    if (*at == text.size()) Malformed(text, "Unexpected end of input.");
    const char c = text[*at];
    if (!quoted && (c == ',' || c == ')')) return true;
    ++*at;
    if (c == '\\') {
      if (*at == text.size()) Malformed(text, "Unexpected end of input.");
      token->push_back(text[(*at)++]);
    } else if (c == '"') {
      if (quoted && *at < text.size() && text[*at] == '"') {
        token->push_back(text[(*at)++]);
      } else {
        quoted = !quoted;
      }
    } else {
      token->push_back(c);
    }
  }
}

void AppendQuoted(std::string_view text, std::string* out) {
  bool quote = text.empty();
  for (const char c : text) {
    quote |= c == '"' || c == '\\' || c == '(' || c == ')' || c == ',' || IsSpace(c);
  }
  if (!quote) {
    out->append(text);
    return;
  }
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out->push_back(c);
    out->push_back(c);
  }
  out->push_back('"');
}

struct WrittenField {
  Oid type;
  Datum value;
  const TypeIo* io;
};

void AppendText(const std::vector<WrittenField>& fields, const IoSettings& settings,
                std::string& out) {
  out.push_back('(');
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out.push_back(',');
    if (fields[i].value.is_null()) continue;
    std::string text;
    fields[i].io->Output(fields[i].value, settings, text);
    AppendQuoted(text, &out);
  }
  out.push_back(')');
}

void AppendBinaryRecord(const std::vector<WrittenField>& fields, const IoSettings& settings,
                        std::string& out) {
  AppendBinary(out, static_cast<uint32_t>(fields.size()));
  for (const WrittenField& field : fields) {
    AppendBinary(out, field.type);
    if (field.value.is_null()) {
      AppendBinary(out, UINT32_MAX);
      continue;
    }
    std::string bytes;
    field.io->Send(field.value, settings, bytes);
    AppendBinary(out, static_cast<uint32_t>(bytes.size()));
    out.append(bytes);
  }
}

class CompositeIo final : public TypeIo {
 public:
  CompositeIo(Oid type, std::vector<RecordColumnIo> columns)
      : type_(type), columns_(std::move(columns)) {
    for (const RecordColumnIo& column : columns_) live_count_ += column.dropped ? 0 : 1;
  }

  Datum Input(std::string_view text, int32_t, const IoSettings& settings,
              Arena& arena) const override {
    RecordBuilder builder(type_, columns_.size());
    size_t at = 0;
    SkipSpace(text, &at);
    if (at == text.size() || text[at] != '(') Malformed(text, "Missing left parenthesis.");
    ++at;
    bool first = true;
    for (const RecordColumnIo& column : columns_) {
      if (column.dropped) {
        builder.AddDropped();
        continue;
      }
      if (!first) {
        if (at == text.size() || text[at] != ',') Malformed(text, "Too few columns.");
        ++at;
      }
      first = false;
      std::string token;
      const bool is_null = !ReadToken(text, &at, &token);
      if (is_null) CheckNullInput(column.type.oid);
      builder.Add(column.type,
                  is_null ? Datum::Null()
                          : column.io->Input(token, column.type.typmod, settings, arena));
    }
    if (live_count_ == 0 && at < text.size() && text[at] != ')') {
      Malformed(text, "Too many columns.");
    }
    if (at < text.size() && text[at] == ',') Malformed(text, "Too many columns.");
    ++at;  // the right parenthesis, where ReadToken stopped
    SkipSpace(text, &at);
    if (at < text.size()) Malformed(text, "Junk after right parenthesis.");
    return Datum::OfString(builder.bytes(), arena);
  }

  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    AppendText(FieldsOf(value), settings, out);
  }

  Datum Receive(std::string_view bytes, int32_t, const IoSettings& settings,
                Arena& arena) const override {
    BinaryReader reader(bytes);
    const auto count = reader.Read<uint32_t>();
    if (count != live_count_) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("wrong number of columns: {}, expected {}", count, live_count_));
    }
    RecordBuilder builder(type_, columns_.size());
    size_t number = 0;
    for (const RecordColumnIo& column : columns_) {
      if (column.dropped) {
        builder.AddDropped();
        continue;
      }
      ++number;
      const Oid type = reader.Read<uint32_t>();
      if (type != column.type.oid) {
        throw SqlError(SqlState::kDatatypeMismatch,
                       fmt::format("binary data has type {} ({}) instead of expected {} ({}) in "
                                   "record column {}",
                                   type, AnyTypeName(type), column.type.oid,
                                   AnyTypeName(column.type.oid), number));
      }
      const auto length = static_cast<int32_t>(reader.Read<uint32_t>());
      if (length < 0) CheckNullInput(column.type.oid);
      builder.Add(column.type,
                  length < 0 ? Datum::Null()
                             : column.io->Receive(reader.Take(static_cast<size_t>(length)),
                                                  column.type.typmod, settings, arena));
    }
    reader.Finish();
    return Datum::OfString(builder.bytes(), arena);
  }

  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    AppendBinaryRecord(FieldsOf(value), settings, out);
  }

 private:
  std::vector<WrittenField> FieldsOf(const Datum& value) const {
    const std::vector<RecordField> stored = RecordRef::Of(value).Fields();
    std::vector<WrittenField> fields;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].dropped) continue;
      fields.push_back({columns_[i].type.oid, i < stored.size() ? stored[i].value : Datum::Null(),
                        columns_[i].io});
    }
    return fields;
  }

  const Oid type_;
  const std::vector<RecordColumnIo> columns_;
  size_t live_count_ = 0;
};

class AnonymousRecordIo final : public TypeIo {
 public:
  Datum Input(std::string_view, int32_t, const IoSettings&, Arena&) const override {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "input of anonymous composite types is not implemented");
  }
  Datum Receive(std::string_view bytes, int32_t typmod, const IoSettings& settings,
                Arena& arena) const override {
    return Input(bytes, typmod, settings, arena);
  }
  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    AppendText(FieldsOf(value), settings, out);
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    AppendBinaryRecord(FieldsOf(value), settings, out);
  }

 private:
  static std::vector<WrittenField> FieldsOf(const Datum& value) {
    std::vector<WrittenField> fields;
    for (const NamedField& named : NamedFieldsOf(value)) {
      const TypeIo* io = FindAnyTypeIo(named.field.type);
      if (io == nullptr) ThrowNotSupported("type " + AnyTypeName(named.field.type));
      fields.push_back({named.field.type, named.field.value, io});
    }
    return fields;
  }
};

}  // namespace

std::unique_ptr<TypeIo> MakeCompositeIo(Oid type, std::vector<RecordColumnIo> columns) {
  return std::make_unique<CompositeIo>(type, std::move(columns));
}

std::unique_ptr<TypeIo> MakeAnonymousRecordIo() { return std::make_unique<AnonymousRecordIo>(); }

}  // namespace grizzly::types
