#include "storage/term/term_bytes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "facts/type_oids.h"
#include "types/geometry.h"

namespace grizzly::storage {
namespace {

constexpr int kWordBits = 64;

// Without the end mark: what longer ones begin with, too.
std::string OpenTerm(char tag, std::string_view bytes) {
  std::string term(1, tag);
  for (const char c : bytes) {
    term.push_back(c);
    if (c == '\0') term.push_back('\xFF');
  }
  return term;
}

void AppendWord(uint64_t word, std::string* out) {
  for (int shift = kWordBits - 8; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(word >> shift));
  }
}

uint64_t PrefixOf(uint64_t word, int level) {
  return level == 0 ? 0 : word >> (kWordBits - level) << (kWordBits - level);
}

// How many leading bits two coordinates share.
int SharedBits(uint64_t a, uint64_t b) { return a == b ? kWordBits : std::countl_zero(a ^ b); }

TermNeed CellRange(int level, uint64_t low, uint64_t high) {
  TermNeed need;
  need.kind = TermNeed::Kind::kRange;
  need.from = std::string("c") + static_cast<char>(level);
  std::string last = need.from;
  AppendWord(PrefixOf(low, level), &need.from);
  AppendWord(PrefixOf(high, level), &last);
  need.to = PrefixSuccessor(last);
  return need;
}

}  // namespace

std::string Term(char tag, std::string_view bytes) {
  return OpenTerm(tag, bytes) + std::string("\0\1", 2);
}

uint64_t FirstWord(std::string_view bytes) {
  uint64_t word = 0;
  for (size_t i = 0; i < sizeof(word); ++i) {
    word = word << 8 | (i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : 0U);
  }
  return word;
}

TermNeed NeedEverything() {
  TermNeed need;
  need.kind = TermNeed::Kind::kEverything;
  return need;
}

TermNeed NeedRange(char tag, std::string_view first, std::string_view last) {
  TermNeed need;
  need.kind = TermNeed::Kind::kRange;
  need.from = OpenTerm(tag, first);
  need.to = PrefixSuccessor(OpenTerm(tag, last));
  return need;
}

TermNeed NeedRangeFrom(char tag, std::string_view first) {
  TermNeed need;
  need.kind = TermNeed::Kind::kRange;
  need.from = OpenTerm(tag, first);
  need.to = PrefixSuccessor(std::string(1, tag));
  return need;
}

TermNeed NeedTerm(const std::string& term) {
  TermNeed need;
  need.kind = TermNeed::Kind::kRange;
  need.from = term;
  need.to = PrefixSuccessor(term);
  return need;
}

namespace {

TermNeed Combined(TermNeed::Kind kind, const std::vector<std::string>& terms) {
  TermNeed need;
  need.kind = kind;
  for (const std::string& term : terms) need.parts.push_back(NeedTerm(term));
  return need;
}

}  // namespace

TermNeed NeedAllOf(const std::vector<std::string>& terms) {
  return terms.empty() ? NeedEverything() : Combined(TermNeed::Kind::kAll, terms);
}
TermNeed NeedAnyOf(const std::vector<std::string>& terms) {
  return Combined(TermNeed::Kind::kAny, terms);
}

// ---- dyadic intervals ----

std::string SpanTerm(uint64_t low, uint64_t high) {
  const int level = SharedBits(low, high);
  std::string term = std::string("c") + static_cast<char>(level);
  AppendWord(PrefixOf(low, level), &term);
  return term;
}

std::string BoxTerm(uint64_t x_low, uint64_t x_high, uint64_t y_low, uint64_t y_high) {
  const int level = std::min(SharedBits(x_low, x_high), SharedBits(y_low, y_high));
  std::string term = std::string("c") + static_cast<char>(level);
  AppendWord(PrefixOf(x_low, level), &term);
  AppendWord(PrefixOf(y_low, level), &term);
  return term;
}

TermNeed NeedCells(uint64_t low, uint64_t high) {
  TermNeed need;
  need.kind = TermNeed::Kind::kAny;
  for (int level = 0; level <= kWordBits; ++level) {
    need.parts.push_back(CellRange(level, low, high));
  }
  return need;
}

bool TermIsWithinY(const TermNeed& need, std::string_view term) {
  constexpr size_t kYOffset = 1 + 1 + 8;
  if (!need.bounds_y || term.size() < kYOffset + 8) return true;
  const uint64_t y = FirstWord(term.substr(kYOffset));
  return need.y_from <= y && y <= need.y_to;
}

// ---- geometry ----

uint64_t CoordinateOf(double value) {
  if (std::isnan(value)) return UINT64_MAX;
  if (value == 0) value = 0;  // no negative zero
  const auto bits = std::bit_cast<uint64_t>(value);
  return (bits >> 63) != 0 ? ~bits : bits | uint64_t{1} << 63;
}

Rectangle RectangleOf(Oid type, std::string_view bytes) {
  if (type == facts::kCircleOid) {
    const auto circle = types::ReadGeometry<types::GeometryCircle>(bytes);
    return {circle.center.x - circle.radius, circle.center.x + circle.radius,
            circle.center.y - circle.radius, circle.center.y + circle.radius};
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Rectangle box{kInfinity, -kInfinity, kInfinity, -kInfinity};
  for (const types::GeometryPoint& point : types::ReadPoints(bytes)) {
    // Where a number is none, the box is everywhere.
    if (std::isnan(point.x) || std::isnan(point.y)) return {-kInfinity, NAN, -kInfinity, NAN};
    box.x_low = std::min(box.x_low, point.x);
    box.x_high = std::max(box.x_high, point.x);
    box.y_low = std::min(box.y_low, point.y);
    box.y_high = std::max(box.y_high, point.y);
  }
  return box;
}

TermNeed NeedBox(std::string_view op, Rectangle box) {
  constexpr double kTolerance = 2e-6;  // the geometric operators' own is half of it
  const uint64_t x_low = CoordinateOf(box.x_low - kTolerance);
  const uint64_t x_high = CoordinateOf(box.x_high + kTolerance);
  const uint64_t y_low = CoordinateOf(box.y_low - kTolerance);
  const uint64_t y_high = CoordinateOf(box.y_high + kTolerance);
  uint64_t from_x = x_low, to_x = x_high, from_y = y_low, to_y = y_high;
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), op) != names.end();
  };
  const bool left = is_one_of({"<<", "&<"}), right = is_one_of({">>", "&>"});
  const bool below = is_one_of({"<<|", "&<|", "<^"}), above = is_one_of({"|>>", "|&>", ">^"});
  if (left || right || below || above) from_x = 0, to_x = UINT64_MAX, from_y = 0, to_y = UINT64_MAX;
  if (left) to_x = x_high;
  if (right) from_x = x_low;
  if (below) to_y = y_high;
  if (above) from_y = y_low;
  TermNeed need = NeedCells(from_x, to_x);
  for (size_t level = 0; level < need.parts.size(); ++level) {
    need.parts[level].bounds_y = true;
    need.parts[level].y_from = PrefixOf(from_y, static_cast<int>(level));
    need.parts[level].y_to = PrefixOf(to_y, static_cast<int>(level));
  }
  return need;
}

}  // namespace grizzly::storage
