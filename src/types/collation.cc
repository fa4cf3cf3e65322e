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

// Throws as CheckCollation, and 42704.
CollationRule RuleOf(Oid collation, std::string_view purpose) {
  CheckCollation(collation, purpose);
  if (const facts::CollationFact* fact = facts::FindCollation(collation)) {
    const bool is_icu = fact->collprovider == 'i';
    return {is_icu ? std::string(fact->colliculocale) : std::string(), fact->collisdeterministic};
  }
  const auto* source = dynamic_cast<const CollationSource*>(CurrentTypeDirectory());
  if (source != nullptr) {
    if (auto rule = source->CollationRuleOf(collation)) return *std::move(rule);
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("collation with OID {} does not exist", collation));
}

struct OpenCollation {
  const UCollator* collator = nullptr;  // null for one that compares bytes (ucs_basic, users' own of that kind)
  bool deterministic = true;
};

OpenCollation Open(Oid collation) {
  const CollationRule rule = RuleOf(collation, "string comparison");
  return {rule.locale.empty() ? nullptr : OpenCollator(rule.locale), rule.deterministic};
}

UCollationResult Collate(const UCollator* collator, std::string_view a, std::string_view b) {
  UErrorCode status = U_ZERO_ERROR;
  const UCollationResult order =
      ucol_strcollUTF8(collator, a.data(), static_cast<int32_t>(a.size()), b.data(),
                       static_cast<int32_t>(b.size()), &status);
  if (U_FAILURE(status)) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("collation failed: {}", u_errorName(status)));
  }
  return order;
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
  return RuleOf(collation, purpose).locale;
}

bool IsDeterministic(Oid collation) {
  // Those of PostgreSQL are.
  return collation < kFirstUserOid || RuleOf(collation, "string comparison").deterministic;
}

void RequireDeterministic(Oid collation, std::string_view purpose) {
  if (IsDeterministic(collation)) return;
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("nondeterministic collations are not supported for {}", purpose));
}

std::string CollationVersion(Oid collation) {
  const UCollator* collator = Open(collation).collator;
  if (collator == nullptr) return {};
  UVersionInfo version;
  ucol_getVersion(collator, version);
  char text[U_MAX_VERSION_STRING_LENGTH];
  u_versionToString(version, text);
  return text;
}

int CompareText(std::string_view a, std::string_view b, Oid collation) {
  if (IsByteCollation(collation)) return CompareBytes(a, b);
  const OpenCollation open = Open(collation);
  if (open.collator == nullptr) return CompareBytes(a, b);
  const UCollationResult order = Collate(open.collator, a, b);
  if (order == UCOL_EQUAL && open.deterministic) return CompareBytes(a, b);
  return static_cast<int>(order);
}

bool TextsEqual(std::string_view a, std::string_view b, Oid collation) {
  if (a == b) return true;
  if (IsByteCollation(collation)) return false;
  const OpenCollation open = Open(collation);
  return !open.deterministic && Collate(open.collator, a, b) == UCOL_EQUAL;
}

void AppendSortKey(std::string& out, std::string_view text, Oid collation) {
  const OpenCollation open = IsByteCollation(collation) ? OpenCollation() : Open(collation);
  if (open.collator == nullptr) {
    out += text;
    return;
  }
  std::vector<UChar> wide(text.size() + 1);
  int32_t wide_size = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(wide.data(), static_cast<int32_t>(wide.size()), &wide_size, text.data(),
                static_cast<int32_t>(text.size()), &status);
  const size_t start = out.size();
  const int32_t bytes = ucol_getSortKey(open.collator, wide.data(), wide_size, nullptr, 0);
  out.resize(start + bytes);
  ucol_getSortKey(open.collator, wide.data(), wide_size, reinterpret_cast<uint8_t*>(&out[start]), bytes);
  // After the key's zero byte: texts the collation calls equal stay apart.
  if (open.deterministic) out += text;
}

}  // namespace grizzly::types
