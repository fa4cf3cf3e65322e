#include "catalog/composed_type_io.h"

#include "base/error/sql_error.h"
#include "types/array_io.h"
#include "types/binary_format.h"

namespace grizzly::catalog {
namespace {

using types::Datum;
using types::IoSettings;
using types::TypeIo;

class EnumIo final : public TypeIo {
 public:
  explicit EnumIo(TypePtr type) : type_(std::move(type)) {}

  Datum Input(std::string_view text, int32_t, const IoSettings&, Arena&) const override {
    for (const Type::EnumLabel& label : type_->labels) {
      if (label.label == text) return Datum::Of(label.oid);
    }
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   fmt::format("invalid input value for enum {}: \"{}\"", type_->name, text));
  }
  void Output(const Datum& value, const IoSettings&, std::string& out) const override {
    const Oid oid = value.As<Oid>();
    for (const Type::EnumLabel& label : type_->labels) {
      if (label.oid == oid) {
        out.append(label.label);
        return;
      }
    }
    throw SqlError(SqlState::kInvalidBinaryRepresentation,
                   fmt::format("invalid internal value for enum: {}", oid));
  }
  Datum Receive(std::string_view bytes, int32_t typmod, const IoSettings& settings,
                Arena& arena) const override {
    return Input(bytes, typmod, settings, arena);
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    Output(value, settings, out);
  }

 private:
  const TypePtr type_;
};

// The base's formats with the domain's typmod; its checks are the evaluator's.
class DomainIo final : public TypeIo {
 public:
  DomainIo(const TypeIo& base, int32_t typmod) : base_(base), typmod_(typmod) {}

  Datum Input(std::string_view text, int32_t, const IoSettings& settings,
              Arena& arena) const override {
    return base_.Input(text, typmod_, settings, arena);
  }
  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    base_.Output(value, settings, out);
  }
  Datum Receive(std::string_view bytes, int32_t, const IoSettings& settings,
                Arena& arena) const override {
    return base_.Receive(bytes, typmod_, settings, arena);
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    base_.Send(value, settings, out);
  }

 private:
  const TypeIo& base_;
  const int32_t typmod_;
};

void AppendU32(uint32_t value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

struct Field {
  types::SqlType type;
  const TypeIo* io;
};

// Reads the in-memory form of a composite field by field.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) { TakeU32(); }

  Datum Next(const types::SqlType& type) {
    TakeU32();  // the field's type
    const uint32_t length = TakeU32();
    if (length == kNullFieldLength) return Datum::Null();
    const std::string_view bytes = Take(length);
    if (type.physical == types::PhysicalType::kString) {
      return Datum::Of(types::StringRef(bytes));
    }
    char payload[16] = {};
    std::memcpy(payload, bytes.data(), std::min<size_t>(bytes.size(), sizeof(payload)));
    return Datum::Of(std::to_array(payload));
  }

 private:
  uint32_t TakeU32() {
    uint32_t value;
    std::memcpy(&value, Take(sizeof(value)).data(), sizeof(value));
    return value;
  }
  std::string_view Take(size_t count) {
    if (count > rest_.size()) throw SqlError(SqlState::kDataCorrupted, "a row value is damaged");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::string_view rest_;
};

class CompositeIo final : public TypeIo {
 public:
  CompositeIo(std::string name, std::vector<Field> fields)
      : name_(std::move(name)), fields_(std::move(fields)) {}

  Datum Input(std::string_view text, int32_t, const IoSettings& settings,
              Arena& arena) const override {
    std::string out;
    AppendU32(static_cast<uint32_t>(fields_.size()), &out);
    size_t at = 0;
    SkipSpace(text, &at);
    if (at == text.size() || text[at] != '(') Malformed(text, "Missing left parenthesis.");
    ++at;
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (i > 0) {
        if (at == text.size() || text[at] != ',') Malformed(text, "Too few columns.");
        ++at;
      }
      std::string token;
      const bool is_null = !ReadToken(text, &at, &token);
      AppendField(fields_[i], is_null ? Datum::Null()
                                      : fields_[i].io->Input(token, fields_[i].type.typmod,
                                                             settings, arena),
                  &out);
    }
    if (at < text.size() && text[at] == ',') Malformed(text, "Too many columns.");
    ++at;  // the right parenthesis, where ReadToken stopped
    SkipSpace(text, &at);
    if (at < text.size()) Malformed(text, "Junk after right parenthesis.");
    return Datum::OfString(out, arena);
  }

  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    FieldReader reader(value.AsString());
    out.push_back('(');
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (i > 0) out.push_back(',');
      const Datum field = reader.Next(fields_[i].type);
      if (field.is_null()) continue;
      std::string text;
      fields_[i].io->Output(field, settings, text);
      AppendQuoted(text, &out);
    }
    out.push_back(')');
  }

  Datum Receive(std::string_view bytes, int32_t, const IoSettings& settings,
                Arena& arena) const override {
    types::BinaryReader reader(bytes);
    const uint32_t count = reader.Read<uint32_t>();
    if (count != fields_.size()) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("wrong number of columns: {}, expected {}", count,
                                 fields_.size()));
    }
    std::string out;
    AppendU32(count, &out);
    for (const Field& field : fields_) {
      const Oid type = reader.Read<uint32_t>();
      if (type != field.type.oid) {
        throw SqlError(SqlState::kDatatypeMismatch,
                       fmt::format("binary data has type {} instead of expected {} in record column",
                                   type, field.type.oid));
      }
      const auto length = static_cast<int32_t>(reader.Read<uint32_t>());
      AppendField(field, length < 0 ? Datum::Null()
                                    : field.io->Receive(reader.Take(static_cast<size_t>(length)),
                                                        field.type.typmod, settings, arena),
                  &out);
    }
    reader.Finish();
    return Datum::OfString(out, arena);
  }

  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    FieldReader reader(value.AsString());
    types::AppendBinary(out, static_cast<uint32_t>(fields_.size()));
    for (const Field& field : fields_) {
      types::AppendBinary(out, field.type.oid);
      const Datum datum = reader.Next(field.type);
      if (datum.is_null()) {
        types::AppendBinary(out, UINT32_MAX);
        continue;
      }
      std::string bytes;
      field.io->Send(datum, settings, bytes);
      types::AppendBinary(out, static_cast<uint32_t>(bytes.size()));
      out.append(bytes);
    }
  }

 private:
  [[noreturn]] static void Malformed(std::string_view text, std::string detail) {
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   fmt::format("malformed record literal: \"{}\"", text))
        .Detail(std::move(detail));
  }
  static void SkipSpace(std::string_view text, size_t* at) {
    while (*at < text.size() && std::isspace(static_cast<unsigned char>(text[*at]))) ++*at;
  }

  // One field up to the comma or parenthesis behind it; false for an empty one (NULL).
  static bool ReadToken(std::string_view text, size_t* at, std::string* token) {
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

  static void AppendQuoted(std::string_view text, std::string* out) {
    bool quote = text.empty();
    for (const char c : text) {
      quote |= c == '"' || c == '\\' || c == '(' || c == ')' || c == ',' ||
               std::isspace(static_cast<unsigned char>(c)) != 0;
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

  static void AppendField(const Field& field, const Datum& value, std::string* out) {
    AppendU32(field.type.oid, out);
    if (value.is_null()) return AppendU32(kNullFieldLength, out);
    if (field.type.physical == types::PhysicalType::kString) {
      const std::string_view bytes = value.AsString();
      AppendU32(static_cast<uint32_t>(bytes.size()), out);
      out->append(bytes);
      return;
    }
    const uint32_t width = types::PhysicalWidth(field.type.physical);
    AppendU32(width, out);
    out->append(static_cast<const char*>(value.payload()), width);
  }

  const std::string name_;
  const std::vector<Field> fields_;
};

std::unique_ptr<TypeIo> ComposeComposite(const TenantSnapshot& snapshot, const Type& type) {
  const RelationPtr relation = snapshot.FindRelation(type.relation);
  if (relation == nullptr) return nullptr;
  std::vector<Field> fields;
  for (const Column& column : relation->columns) {
    if (column.dropped) continue;
    const TypeIo* io = snapshot.FindTypeIo(column.type.oid);
    if (io == nullptr) return nullptr;
    fields.push_back({column.type, io});
  }
  return std::make_unique<CompositeIo>(type.name, std::move(fields));
}

}  // namespace

std::unique_ptr<TypeIo> ComposeTypeIo(const TenantSnapshot& snapshot, const TypePtr& type) {
  switch (type->typtype) {
    case 'e': return std::make_unique<EnumIo>(type);
    case 'c': return ComposeComposite(snapshot, *type);
    case 'd': {
      const TypeIo* base = snapshot.FindTypeIo(type->base);
      if (base == nullptr) return nullptr;
      return std::make_unique<DomainIo>(*base, type->base_typmod);
    }
    default: break;
  }
  if (type->category != 'A' || type->element == kInvalidOid) return nullptr;
  const TypePtr element = snapshot.FindType(type->element);
  const TypeIo* element_io = snapshot.FindTypeIo(type->element);
  if (element == nullptr || element_io == nullptr) return nullptr;
  return types::MakeArrayIo(snapshot.ResolveType(element->oid, types::kNoTypmod), element_io,
                            element->delimiter);
}

}  // namespace grizzly::catalog
