#include "types/collation.h"

#include <fmt/format.h>
#include <unicode/ucol.h>
#include <unicode/uiter.h>
#include <unicode/ustring.h>

#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "base/error/sql_error.h"
#include "facts/collations.h"
#include "types/type_directory.h"

namespace grizzly::types {
namespace {

int CompareBytes(std::string_view a, std::string_view b) {
  const int order = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
  if (order != 0) return order;
  return a.size() < b.size() ? -1 : (a.size() > b.size() ? 1 : 0);
}

struct Collators {
  std::shared_mutex mutex;
  std::unordered_map<std::string, UCollator*> open;  // by locale; guarded by mutex; never closed
};

const UCollator* OpenCollator(const std::string& locale) {
  static auto* const collators = new Collators();
  {
    std::shared_lock lock(collators->mutex);
    const auto found = collators->open.find(locale);
    if (found != collators->open.end()) return found->second;
  }
  UErrorCode status = U_ZERO_ERROR;
  UCollator* collator = ucol_open(locale.c_str(), &status);
  if (U_FAILURE(status)) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("could not open collator for locale \"{}\": {}", locale,
                               u_errorName(status)));
  }
  std::unique_lock lock(collators->mutex);
  const auto [at, is_new] = collators->open.try_emplace(locale, collator);
  if (!is_new) ucol_close(collator);
  return at->second;
}

// Null for a collation that compares bytes (ucs_basic, users' own of that kind).
const UCollator* FindCollator(Oid collation) {
  const std::string locale = CollationLocale(collation, "string comparison");
  return locale.empty() ? nullptr : OpenCollator(locale);
}

}  // namespace

void CheckCollation(Oid collation, std::string_view purpose) {
  if (collation != kConflictingCollation) return;
  throw SqlError(SqlState::kIndeterminateCollation,
                 fmt::format("could not determine which collation to use for {}", purpose))
      .Hint("Use the COLLATE clause to set the collation explicitly.");
}

std::string NameOfCollation(Oid collation) {
  if (const facts::CollationFact* fact = facts::FindCollation(collation)) {
    return std::string(fact->collname);
  }
  const auto* source = dynamic_cast<const CollationSource*>(CurrentTypeDirectory());
  return source == nullptr ? std::string() : source->CollationNameOf(collation);
}

std::string CollationLocale(Oid collation, std::string_view purpose) {
  CheckCollation(collation, purpose);
  if (const facts::CollationFact* fact = facts::FindCollation(collation)) {
    return fact->collprovider == 'i' ? std::string(fact->colliculocale) : std::string();
  }
  const auto* source = dynamic_cast<const CollationSource*>(CurrentTypeDirectory());
  std::optional<std::string> locale;
  if (source != nullptr) locale = source->CollationLocaleOf(collation);
  if (locale.has_value()) return *locale;
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("collation with OID {} does not exist", collation));
}

int CompareText(std::string_view a, std::string_view b, Oid collation) {
  if (IsByteCollation(collation)) return CompareBytes(a, b);
  const UCollator* collator = FindCollator(collation);
  if (collator == nullptr) return CompareBytes(a, b);
  UErrorCode status = U_ZERO_ERROR;
  const UCollationResult order =
      ucol_strcollUTF8(collator, a.data(), static_cast<int32_t>(a.size()), b.data(),
                       static_cast<int32_t>(b.size()), &status);
  if (U_FAILURE(status)) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("collation failed: {}", u_errorName(status)));
  }
  return order == UCOL_EQUAL ? CompareBytes(a, b) : static_cast<int>(order);
}

void AppendSortKey(std::string& out, std::string_view text, Oid collation) {
  const UCollator* collator = IsByteCollation(collation) ? nullptr : FindCollator(collation);
  if (collator == nullptr) {
    out += text;
    return;
  }
  std::vector<UChar> wide(text.size() + 1);
  int32_t wide_size = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(wide.data(), static_cast<int32_t>(wide.size()), &wide_size, text.data(),
                static_cast<int32_t>(text.size()), &status);
  const size_t start = out.size();
  const int32_t bytes = ucol_getSortKey(collator, wide.data(), wide_size, nullptr, 0);
  out.resize(start + bytes);
  ucol_getSortKey(collator, wide.data(), wide_size, reinterpret_cast<uint8_t*>(&out[start]), bytes);
  out += text;  // after the key's zero byte: texts the collation calls equal stay apart
}

}  // namespace grizzly::types
