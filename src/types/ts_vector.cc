// tsvector: text, bytes, order.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error/sql_error.h"
#include "types/lexeme_reader.h"
#include "types/text_search.h"

namespace grizzly::types {
namespace {

constexpr uint16_t Place(uint16_t position) { return position & kLexemePlaceMax; }
constexpr uint16_t Weight(uint16_t position) { return position >> 14; }

// A B C D as 3 2 1 0; nullopt for other letters.
std::optional<uint16_t> WeightOf(char c) {
  switch (c) {
    case 'a':
    case 'A':
    case '*': return 3;
    case 'b':
    case 'B': return 2;
    case 'c':
    case 'C': return 1;
    case 'd':
    case 'D': return 0;
    default: return std::nullopt;
  }
}

// 1,2B,3
std::vector<uint16_t> ReadPositions(LexemeReader& reader) {
  std::vector<uint16_t> positions;
  do {
    uint32_t place = 0;
    bool has_digits = false;
    while (reader.Peek() >= '0' && reader.Peek() <= '9') {
      place = std::min<uint32_t>(place * 10 + (reader.Peek() - '0'), 1'000'000);
      has_digits = true;
      reader.Advance();
    }
    if (!has_digits) reader.ThrowSyntax();
    if (place == 0) reader.Throw("wrong position info");
    auto position = static_cast<uint16_t>(std::min<uint32_t>(place, kLexemePlaceMax));
    while (true) {
      if (const std::optional<uint16_t> weight = WeightOf(reader.Peek())) {
        if (Weight(position) != 0) reader.ThrowSyntax();
        position = static_cast<uint16_t>(Place(position) | (*weight << 14));
      } else if (reader.Peek() < '0' || reader.Peek() > '9') {  // digits after it mean nothing
        break;
      }
      reader.Advance();
    }
    positions.push_back(position);
  } while (reader.Skip(','));
  return positions;
}

// By place, the highest weight of each, a bounded number of them.
void TidyPositions(std::vector<uint16_t>& positions) {
  std::stable_sort(positions.begin(), positions.end(), [](uint16_t a, uint16_t b) {
    return Place(a) != Place(b) ? Place(a) < Place(b) : Weight(a) > Weight(b);
  });
  positions.erase(std::unique(positions.begin(), positions.end(),
                              [](uint16_t a, uint16_t b) { return Place(a) == Place(b); }),
                  positions.end());
  if (positions.size() > kLexemePositionsMax) positions.resize(kLexemePositionsMax);
}

void AppendWord(std::string& out, size_t word) {
  const auto narrow = static_cast<uint32_t>(word);
  out.append(reinterpret_cast<const char*>(&narrow), 4);
}

uint32_t ReadWord(std::string_view bytes, size_t at) {
  uint32_t word;
  std::memcpy(&word, bytes.data() + at, 4);
  return word;
}

// Bytes PostgreSQL's own layout takes: its order looks at them first.
size_t PostgresBytes(const std::vector<TsLexeme>& lexemes) {
  size_t bytes = 0;
  for (const TsLexeme& lexeme : lexemes) {
    bytes += lexeme.text.size();
    if (lexeme.positions.empty()) continue;
    bytes += bytes % 2;
    bytes += 2 + 2 * lexeme.positions.size();
  }
  return bytes + 4 * lexemes.size();
}

int Order(size_t a, size_t b) { return a < b ? -1 : (a > b ? 1 : 0); }

// PostgreSQL sorts greater positions and weights first.
int ComparePositions(const std::vector<uint16_t>& a, const std::vector<uint16_t>& b) {
  const int order = Order(b.size(), a.size());
  if (order != 0) return order;
  for (size_t i = 0; i < a.size(); ++i) {
    if (Place(a[i]) != Place(b[i])) return Order(Place(b[i]), Place(a[i]));
    if (Weight(a[i]) != Weight(b[i])) return Order(Weight(b[i]), Weight(a[i]));
  }
  return 0;
}

}  // namespace

std::vector<TsLexeme> ParseTsVector(std::string_view text) {
  LexemeReader reader(text, "tsvector", /*is_query=*/false);
  std::vector<TsLexeme> lexemes;
  for (reader.SkipBlanks(); !reader.AtEnd(); reader.SkipBlanks()) {
    TsLexeme lexeme;
    lexeme.text = reader.Word();
    if (lexeme.text.size() > kLexemeBytesMax) {
      throw SqlError(SqlState::kProgramLimitExceeded,
                     fmt::format("word is too long ({} bytes, max {} bytes)", lexeme.text.size(),
                                 kLexemeBytesMax));
    }
    if (reader.Skip(':')) {
      lexeme.positions = ReadPositions(reader);
      const char next = reader.Peek();
      if (!reader.AtEnd() && next != ' ' && !(next >= '\t' && next <= '\r')) reader.ThrowSyntax();
    }
    lexemes.push_back(std::move(lexeme));
  }
  return lexemes;
}

std::string TsVectorBytes(std::vector<TsLexeme> lexemes) {
  std::stable_sort(lexemes.begin(), lexemes.end(),
                   [](const TsLexeme& a, const TsLexeme& b) { return a.text < b.text; });
  std::vector<TsLexeme> unique;
  for (TsLexeme& lexeme : lexemes) {
    if (!unique.empty() && unique.back().text == lexeme.text) {
      unique.back().positions.insert(unique.back().positions.end(), lexeme.positions.begin(),
                                     lexeme.positions.end());
    } else {
      unique.push_back(std::move(lexeme));
    }
  }
  std::string records;
  std::string bytes;
  AppendWord(bytes, unique.size());
  for (TsLexeme& lexeme : unique) {
    TidyPositions(lexeme.positions);
    AppendWord(records, lexeme.text.size());
    records += lexeme.text;
    records.append(reinterpret_cast<const char*>(lexeme.positions.data()),
                   lexeme.positions.size() * 2);
    AppendWord(bytes, records.size());
  }
  return bytes + records;
}

std::vector<TsLexeme> ReadTsVector(std::string_view bytes) {
  const uint32_t count = ReadWord(bytes, 0);
  const size_t start = 4 + size_t{4} * count;
  std::vector<TsLexeme> lexemes(count);
  size_t begin = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const size_t end = ReadWord(bytes, 4 + size_t{4} * i);
    const std::string_view record = bytes.substr(start + begin, end - begin);
    const uint32_t size = ReadWord(record, 0);
    lexemes[i].text = record.substr(4, size);
    lexemes[i].positions.resize((record.size() - 4 - size) / 2);
    if (!lexemes[i].positions.empty()) {
      std::memcpy(lexemes[i].positions.data(), record.data() + 4 + size,
                  lexemes[i].positions.size() * 2);
    }
    begin = end;
  }
  return lexemes;
}

void AppendLexeme(std::string& out, std::string_view lexeme) {
  out += '\'';
  for (const char c : lexeme) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  out += '\'';
}

void AppendTsVector(std::string& out, std::string_view bytes) {
  bool first = true;
  for (const TsLexeme& lexeme : ReadTsVector(bytes)) {
    if (!first) out += ' ';
    first = false;
    AppendLexeme(out, lexeme.text);
    char before = ':';
    for (const uint16_t position : lexeme.positions) {
      out += before;
      out += std::to_string(Place(position));
      if (Weight(position) != 0) out += "DCBA"[Weight(position)];
      before = ',';
    }
  }
}

int CompareTsVectors(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  const std::vector<TsLexeme> left = ReadTsVector(a);
  const std::vector<TsLexeme> right = ReadTsVector(b);
  if (const int order = Order(PostgresBytes(left), PostgresBytes(right))) return order;
  if (const int order = Order(left.size(), right.size())) return order;
  for (size_t i = 0; i < left.size(); ++i) {
    const bool left_has = !left[i].positions.empty();
    if (left_has != !right[i].positions.empty()) return left_has ? -1 : 1;
    const int order = left[i].text.compare(right[i].text);
    if (order != 0) return order < 0 ? -1 : 1;
    if (const int by_position = ComparePositions(left[i].positions, right[i].positions)) {
      return by_position;
    }
  }
  return 0;
}

}  // namespace grizzly::types
