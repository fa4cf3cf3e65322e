#include "types/array_io.h"

#include <fmt/format.h>

#include <array>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/array.h"
#include "types/array_literal.h"
#include "types/binary_format.h"
#include "types/codec_io.h"
#include "types/integer.h"
#include "types/type_directory.h"
#include "types/type_name.h"

namespace grizzly::types {
namespace {

bool IsNullWord(std::string_view text) {
  return text.size() == 4 && (text[0] | 0x20) == 'n' && (text[1] | 0x20) == 'u' &&
         (text[2] | 0x20) == 'l' && (text[3] | 0x20) == 'l';
}

bool NeedsQuotes(std::string_view text, char delimiter) {
  if (text.empty() || IsNullWord(text)) return true;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '{' || c == '}' || c == delimiter || IsBlank(c)) return true;
  }
  return false;
}

class ArrayIo final : public TypeIo {
 public:
  ArrayIo(const SqlType& element, const TypeIo* element_io, char delimiter)
      : element_(element), element_io_(element_io), delimiter_(delimiter) {}

  Datum Input(std::string_view text, int32_t typmod, const IoSettings& settings,
              Arena& arena) const override {
    const ArrayLiteral literal = ParseArrayLiteral(text, delimiter_);
    ArrayBuilder builder(element_);
    for (const ArrayLiteral::Element& element : literal.elements) {
      if (element.is_null) CheckNullInput(element_.oid);
      builder.Add(element.is_null ? Datum::Null()
                                  : element_io_->Input(element.text, typmod, settings, arena));
    }
    return Datum::Of(builder.Finish(arena, literal.dimensions));
  }

  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    const ArrayRef array = ArrayRef::Of(value);
    if (array.size() == 0) {
      out += "{}";
      return;
    }
    const std::vector<ArrayDimension> dimensions = array.dimensions();
    AppendBounds(out, dimensions);
    uint32_t next = 0;
    AppendLevel(out, array, dimensions, 0, next, settings);
  }

  Datum Receive(std::string_view bytes, int32_t typmod, const IoSettings& settings,
                Arena& arena) const override {
    BinaryReader reader(bytes);
    const auto dimension_count = reader.Read<int32_t>();
    if (dimension_count < 0) {
      throw SqlError(SqlState::kInvalidBinaryRepresentation,
                     fmt::format("invalid number of dimensions: {}", dimension_count));
    }
    if (dimension_count > kArrayDimensionsMax) ThrowTooManyArrayDimensions(dimension_count);
    const auto flags = reader.Read<int32_t>();
    if (flags != 0 && flags != 1) {
      throw SqlError(SqlState::kInvalidBinaryRepresentation, "invalid array flags");
    }
    const auto oid = reader.Read<uint32_t>();
    if (oid != element_.oid) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("binary data has array element type {} ({}) instead of expected "
                                 "{} ({})", oid, TypeName(oid), element_.oid,
                                 TypeName(element_.oid)));
    }
    std::vector<ArrayDimension> dimensions(dimension_count);
    for (ArrayDimension& dimension : dimensions) {
      dimension.length = reader.Read<int32_t>();
      dimension.lower_bound = reader.Read<int32_t>();
      if (dimension.length < 0) ThrowBinaryMalformed();
    }
    const int64_t count = ArrayElementCount(dimensions);
    ArrayBuilder builder(element_);
    for (int64_t i = 0; i < count; ++i) {
      const auto size = reader.Read<int32_t>();
      if (size == -1) {
        builder.AddNull();
      } else {
        if (size < 0) ThrowBinaryTooShort();
        builder.Add(element_io_->Receive(reader.Take(size), typmod, settings, arena));
      }
    }
    reader.Finish();
    return Datum::Of(builder.Finish(arena, dimensions));
  }

  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    const ArrayRef array = ArrayRef::Of(value);
    AppendBinary(out, static_cast<int32_t>(array.dimension_count()));
    AppendBinary(out, static_cast<int32_t>(array.has_nulls()));
    AppendBinary(out, array.element_oid());
    for (const ArrayDimension& dimension : array.dimensions()) {
      AppendBinary(out, dimension.length);
      AppendBinary(out, dimension.lower_bound);
    }
    for (uint32_t i = 0; i < array.size(); ++i) {
      if (array.IsNull(i)) {
        AppendBinary<int32_t>(out, -1);
        continue;
      }
      const size_t size_at = out.size();
      AppendBinary<int32_t>(out, 0);
      const Datum element = array.Get(i);
      element_io_->Send(element, settings, out);
      const auto size = SwapBytes(static_cast<int32_t>(out.size() - size_at - 4));
      std::memcpy(&out[size_at], &size, 4);
    }
  }

 private:
  static void AppendBounds(std::string& out, std::span<const ArrayDimension> dimensions) {
    bool needed = false;
    for (const ArrayDimension& dimension : dimensions) needed |= dimension.lower_bound != 1;
    if (!needed) return;
    for (const ArrayDimension& dimension : dimensions) {
      out += fmt::format("[{}:{}]", dimension.lower_bound,
                         dimension.lower_bound + dimension.length - 1);
    }
    out += '=';
  }

  void AppendLevel(std::string& out, const ArrayRef& array,
                   std::span<const ArrayDimension> dimensions, size_t level, uint32_t& next,
                   const IoSettings& settings) const {
    out += '{';
    for (int32_t i = 0; i < dimensions[level].length; ++i) {
      if (i > 0) out += delimiter_;
      if (level + 1 < dimensions.size()) {
        AppendLevel(out, array, dimensions, level + 1, next, settings);
      } else {
        AppendElement(out, array, next++, settings);
      }
    }
    out += '}';
  }

  void AppendElement(std::string& out, const ArrayRef& array, uint32_t i,
                     const IoSettings& settings) const {
    if (array.IsNull(i)) {
      out += "NULL";
      return;
    }
    const size_t start = out.size();
    const Datum element = array.Get(i);
    element_io_->Output(element, settings, out);
    const std::string_view text = std::string_view(out).substr(start);
    if (!NeedsQuotes(text, delimiter_)) return;
    std::string quoted = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    quoted += '"';
    out.replace(start, std::string::npos, quoted);
  }

  const SqlType element_;
  const TypeIo* const element_io_;
  const char delimiter_;
};

// int2vector and oidvector: blanks between numbers, from index 0, no NULLs; on the wire an array.
template <typename T, T (*parse)(std::string_view)>
class NumberVectorIo final : public TypeIo {
 public:
  explicit NumberVectorIo(const SqlType& element, const TypeIo* element_io)
      : element_(element), array_io_(element, element_io, ',') {}

  Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) const override {
    ArrayBuilder builder(element_);
    while (true) {
      while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
      if (text.empty()) break;
      size_t size = 0;
      while (size < text.size() && !IsBlank(text[size]) && IsOfNumber(text[size])) ++size;
      if (size == 0) size = text.size();  // nothing to read: the error shows the rest
      builder.AddValue(parse(text.substr(0, size)));
      text.remove_prefix(size);
    }
    return Datum::Of(builder.FinishVector(arena));
  }
  void Output(const Datum& value, const IoSettings&, std::string& out) const override {
    const ArrayRef array = ArrayRef::Of(value);
    for (uint32_t i = 0; i < array.size(); ++i) {
      if (i > 0) out += ' ';
      AppendInteger(out, array.Value<T>(i));
    }
  }
  Datum Receive(std::string_view bytes, int32_t typmod, const IoSettings& settings,
                Arena& arena) const override {
    const Datum value = array_io_.Receive(bytes, typmod, settings, arena);
    const ArrayRef array = ArrayRef::Of(value);
    if (array.size() == 0) return Datum::Of(ArrayBuilder(element_).FinishVector(arena));
    if (array.has_nulls() || array.dimension_count() > 1 ||
        (array.dimension_count() == 1 && array.dimension(0).lower_bound != 0)) {
      throw SqlError(SqlState::kInvalidBinaryRepresentation,
                     fmt::format("invalid {} data",
                                 element_.oid == facts::kOidOid ? "oidvector" : "int2vector"));
    }
    return value;
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    array_io_.Send(value, settings, out);
  }

 private:
  // A number ends where a character cannot be its own; int2 insists on a blank.
  static bool IsOfNumber(char c) {
    return sizeof(T) == 2 || (c >= '0' && c <= '9') || c == '-' || c == '+';
  }

  const SqlType element_;
  const ArrayIo array_io_;
};

}  // namespace

std::unique_ptr<TypeIo> MakeArrayIo(const SqlType& element, const TypeIo* element_io,
                                    char delimiter) {
  return std::make_unique<ArrayIo>(element, element_io, delimiter);
}

namespace {

// anyarray: an array says itself what its elements are. There is no input of it.
class AnyArrayIo final : public TypeIo {
 public:
  Datum Input(std::string_view, int32_t, const IoSettings&, Arena&) const override {
    throw SqlError(SqlState::kFeatureNotSupported, "cannot accept a value of type anyarray");
  }
  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    Of(value)->Output(value, settings, out);
  }
  Datum Receive(std::string_view, int32_t, const IoSettings&, Arena&) const override {
    throw SqlError(SqlState::kFeatureNotSupported, "cannot accept a value of type anyarray");
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    Of(value)->Send(value, settings, out);
  }

 private:
  static std::unique_ptr<TypeIo> Of(const Datum& value) {
    const ArrayRef array = ArrayRef::Of(value);
    const Oid oid = array.element_oid();
    const TypeIo* element_io = BuiltinTypeIo(oid);
    const TypeDirectory* directory = CurrentTypeDirectory();
    if (element_io == nullptr && directory != nullptr) element_io = directory->FindTypeIo(oid);
    if (element_io == nullptr) ThrowNotSupported("output of this array as anyarray");
    return MakeArrayIo({.oid = oid, .physical = array.physical()}, element_io, ',');
  }
};

}  // namespace

std::unique_ptr<TypeIo> MakeAnyArrayIo() { return std::make_unique<AnyArrayIo>(); }

std::unique_ptr<TypeIo> MakeBuiltinArrayIo(Oid oid, const TypeIo* element_io) {
  const facts::TypeFact* type = facts::FindType(oid);
  const SqlType element = BuiltinType(type->typelem);
  if (oid == facts::kInt2vectorOid) {
    return std::make_unique<NumberVectorIo<int16_t, ParseInt2>>(element, element_io);
  }
  if (oid == facts::kOidvectorOid) {
    return std::make_unique<NumberVectorIo<Oid, ParseOid>>(element, element_io);
  }
  return MakeArrayIo(element, element_io, type->typdelim);
}

}  // namespace grizzly::types
