#include "types/range_io.h"

#include <fmt/format.h>

#include <functional>
#include <optional>

#include "base/error/sql_error.h"
#include "facts/ranges.h"
#include "types/binary_format.h"
#include "types/codec_io.h"
#include "types/integer.h"

namespace grizzly::types {
namespace {

[[noreturn]] void ThrowMalformed(const char* kind, std::string_view text, const char* detail) {
  throw SqlError(SqlState::kInvalidTextRepresentation,
                 fmt::format("malformed {} literal: \"{}\"", kind, text))
      .Detail(detail);
}

bool StartsWithEmpty(std::string_view text) {
  static constexpr std::string_view kWord = "empty";
  if (text.size() < kWord.size()) return false;
  for (size_t i = 0; i < kWord.size(); ++i) {
    if ((text[i] | 0x20) != kWord[i]) return false;
  }
  return true;
}

// The bounds of a literal as texts.
struct RangeLiteral {
  bool is_empty = false;
  bool lower_inclusive = false, upper_inclusive = false;
  std::optional<std::string> lower, upper;  // nullopt: infinite
};

class RangeReader {
 public:
  explicit RangeReader(std::string_view text) : text_(text) {}

  RangeLiteral Run() {
    RangeLiteral literal;
    SkipBlanks();
    if (StartsWithEmpty(text_.substr(at_))) {
      literal.is_empty = true;
      at_ += 5;
      SkipBlanks();
      if (at_ != text_.size()) Fail("Junk after \"empty\" key word.");
      return literal;
    }
    if (Peek() != '[' && Peek() != '(') Fail("Missing left parenthesis or bracket.");
    literal.lower_inclusive = text_[at_++] == '[';
    if (Peek() != ',') literal.lower = Bound();
    if (Peek() != ',') Fail("Missing comma after lower bound.");
    ++at_;
    if (Peek() != ')' && Peek() != ']') literal.upper = Bound();
    if (Peek() != ')' && Peek() != ']') Fail("Too many commas.");
    literal.upper_inclusive = text_[at_++] == ']';
    SkipBlanks();
    if (at_ != text_.size()) Fail("Junk after right parenthesis or bracket.");
    return literal;
  }

 private:
  [[noreturn]] void Fail(const char* detail) const { ThrowMalformed("range", text_, detail); }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }

  std::string Bound() {
    std::string bound;
    bool in_quotes = false;
    while (true) {
      if (at_ == text_.size()) Fail("Unexpected end of input.");
      const char c = text_[at_];
      if (!in_quotes && (c == ',' || c == ')' || c == ']')) return bound;
      ++at_;
      if (c == '\\') {
        if (at_ == text_.size()) Fail("Unexpected end of input.");
        bound += text_[at_++];
      } else if (c == '"' && !in_quotes) {
        in_quotes = true;
      } else if (c == '"' && Peek() == '"') {
        bound += text_[at_++];
      } else if (c == '"') {
        in_quotes = false;
      } else {
        bound += c;
      }
    }
  }

  const std::string_view text_;
  size_t at_ = 0;
};

void AppendQuoted(std::string& out, std::string_view text) {
  bool quotes = text.empty();
  for (const char c : text) {
    quotes |= c == '"' || c == '\\' || c == '(' || c == ')' || c == '[' || c == ']' || c == ',' ||
              IsBlank(c);
  }
  if (quotes) out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += c;
    out += c;
  }
  if (quotes) out += '"';
}

// Text and wire form of one range, shared by both types.
class RangeCodec {
 public:
  RangeCodec(const RangeKind& kind, const TypeIo* subtype_io)
      : kind_(kind), subtype_io_(subtype_io) {}

  const RangeKind& kind() const { return kind_; }

  std::string Parse(std::string_view text, const IoSettings& settings, Arena& arena) const {
    const RangeLiteral literal = RangeReader(text).Run();
    if (literal.is_empty) return MakeEmptyRange(kind_);
    const auto bound = [&](const std::optional<std::string>& value, bool inclusive, bool lower) {
      RangeBound made{Datum(), !value, inclusive, lower};
      if (value) made.value = subtype_io_->Input(*value, kind_.subtype.typmod, settings, arena);
      return made;
    };
    const RangeBound lower = bound(literal.lower, literal.lower_inclusive, true);
    const RangeBound upper = bound(literal.upper, literal.upper_inclusive, false);
    return MakeRange(kind_, lower, upper);
  }

  void Append(std::string& out, RangeRef range, const IoSettings& settings) const {
    if (range.is_empty()) {
      out += "empty";
      return;
    }
    const RangeBound lower = range.lower();
    const RangeBound upper = range.upper();
    std::string text;
    out += lower.is_inclusive ? '[' : '(';
    if (!lower.is_infinite) {
      subtype_io_->Output(lower.value, settings, text);
      AppendQuoted(out, text);
    }
    out += ',';
    if (!upper.is_infinite) {
      text.clear();
      subtype_io_->Output(upper.value, settings, text);
      AppendQuoted(out, text);
    }
    out += upper.is_inclusive ? ']' : ')';
  }

  std::string Receive(std::string_view bytes, const IoSettings& settings, Arena& arena) const {
    BinaryReader reader(bytes);
    const auto flags = reader.Read<uint8_t>();
    const bool is_empty = (flags & kRangeEmpty) != 0;
    const auto bound = [&](uint8_t infinite, uint8_t inclusive, bool lower) {
      RangeBound made{Datum(), is_empty || (flags & infinite) != 0, (flags & inclusive) != 0, lower};
      if (made.is_infinite) return made;
      const auto size = reader.Read<int32_t>();
      if (size < 0) ThrowBinaryMalformed();
      made.value = subtype_io_->Receive(reader.Take(size), kind_.subtype.typmod, settings, arena);
      return made;
    };
    const RangeBound lower = bound(kRangeLowerInfinite, kRangeLowerInclusive, true);
    const RangeBound upper = bound(kRangeUpperInfinite, kRangeUpperInclusive, false);
    reader.Finish();
    return is_empty ? MakeEmptyRange(kind_) : MakeRange(kind_, lower, upper);
  }

  void Send(RangeRef range, const IoSettings& settings, std::string& out) const {
    out += static_cast<char>(range.flags());
    if (range.is_empty()) return;
    for (const RangeBound& bound : {range.lower(), range.upper()}) {
      if (bound.is_infinite) continue;
      std::string value;
      subtype_io_->Send(bound.value, settings, value);
      AppendBinary(out, static_cast<uint32_t>(value.size()));
      out += value;
    }
  }

 private:
  const RangeKind kind_;
  const TypeIo* const subtype_io_;
};

class RangeIo final : public TypeIo {
 public:
  RangeIo(const RangeKind& kind, const TypeIo* subtype_io) : codec_(kind, subtype_io) {}
  Datum Input(std::string_view text, int32_t, const IoSettings& settings,
              Arena& arena) const override {
    return Datum::OfString(codec_.Parse(text, settings, arena), arena);
  }
  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    codec_.Append(out, RangeRef::Of(value), settings);
  }
  Datum Receive(std::string_view bytes, int32_t, const IoSettings& settings,
                Arena& arena) const override {
    return Datum::OfString(codec_.Receive(bytes, settings, arena), arena);
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    codec_.Send(RangeRef::Of(value), settings, out);
  }

 private:
  const RangeCodec codec_;
};

// {range, ...}: finds where each range begins and ends and hands it on at once, so that the first
// error from the left is the one that counts.
class MultirangeReader {
 public:
  using TakeRange = std::function<void(std::string_view)>;
  MultirangeReader(std::string_view text, TakeRange take) : text_(text), take_(std::move(take)) {}

  void Run() {
    SkipBlanks();
    if (Peek() != '{') Fail("Missing left brace.");
    ++at_;
    SkipBlanks();
    if (Peek() == '}') {
      ++at_;
    } else {
      ReadRanges();
    }
    SkipBlanks();
    if (at_ != text_.size()) Fail("Junk after closing right brace.");
  }

 private:
  [[noreturn]] void Fail(const char* detail) const { ThrowMalformed("multirange", text_, detail); }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }

  void ReadRanges() {
    while (true) {
      SkipBlanks();
      if (at_ == text_.size()) Fail("Unexpected end of input.");
      const size_t start = at_;
      if (Peek() == '[' || Peek() == '(') {
        SkipRange();
      } else if (StartsWithEmpty(text_.substr(at_))) {
        at_ += 5;
      } else {
        Fail("Expected range start.");
      }
      take_(text_.substr(start, at_ - start));
      SkipBlanks();
      if (at_ == text_.size()) Fail("Unexpected end of input.");
      const char c = text_[at_++];
      if (c == '}') return;
      if (c != ',') Fail("Expected comma or end of multirange.");
    }
  }

  void SkipRange() {
    bool in_quotes = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\') {
        ++at_;
      } else if (c == '"') {
        in_quotes = !in_quotes;
      } else if (!in_quotes && (c == ']' || c == ')')) {
        ++at_;
        return;
      }
    }
    Fail("Unexpected end of input.");
  }

  const std::string_view text_;
  const TakeRange take_;
  size_t at_ = 0;
};

class MultirangeIo final : public TypeIo {
 public:
  MultirangeIo(const RangeKind& kind, const TypeIo* subtype_io) : codec_(kind, subtype_io) {}
  Datum Input(std::string_view text, int32_t, const IoSettings& settings,
              Arena& arena) const override {
    std::vector<std::string> ranges;
    MultirangeReader(text, [&](std::string_view range) {
      ranges.push_back(codec_.Parse(range, settings, arena));
    }).Run();
    return Datum::OfString(MakeMultirange(codec_.kind(), ranges), arena);
  }
  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    const MultirangeRef multirange = MultirangeRef::Of(value);
    out += '{';
    for (uint32_t i = 0; i < multirange.size(); ++i) {
      if (i > 0) out += ',';
      codec_.Append(out, multirange.range(i), settings);
    }
    out += '}';
  }
  Datum Receive(std::string_view bytes, int32_t, const IoSettings& settings,
                Arena& arena) const override {
    BinaryReader reader(bytes);
    std::vector<std::string> ranges;
    for (auto count = reader.Read<uint32_t>(); count > 0; --count) {
      const auto size = reader.Read<uint32_t>();
      ranges.push_back(codec_.Receive(reader.Take(size), settings, arena));
    }
    reader.Finish();
    return Datum::OfString(MakeMultirange(codec_.kind(), ranges), arena);
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    const MultirangeRef multirange = MultirangeRef::Of(value);
    AppendBinary(out, multirange.size());
    for (uint32_t i = 0; i < multirange.size(); ++i) {
      std::string range;
      codec_.Send(multirange.range(i), settings, range);
      AppendBinary(out, static_cast<uint32_t>(range.size()));
      out += range;
    }
  }

 private:
  const RangeCodec codec_;
};

}  // namespace

std::unique_ptr<TypeIo> MakeRangeIo(const RangeKind& kind, const TypeIo* subtype_io) {
  return std::make_unique<RangeIo>(kind, subtype_io);
}

std::unique_ptr<TypeIo> MakeMultirangeIo(const RangeKind& kind, const TypeIo* subtype_io) {
  return std::make_unique<MultirangeIo>(kind, subtype_io);
}

std::unique_ptr<TypeIo> MakeBuiltinRangeIo(Oid oid, const TypeIo* subtype_io) {
  const RangeKind* kind = FindRangeKind(oid);
  for (const facts::RangeFact& fact : facts::AllRanges()) {
    if (fact.rngtypid == oid) return MakeRangeIo(*kind, subtype_io);
  }
  return MakeMultirangeIo(*kind, subtype_io);
}

}  // namespace grizzly::types
