#include "functions/text_search/stemmer.h"

#include <libstemmer.h>

#include <map>
#include <memory>

#include <fmt/format.h>

#include "base/error/sql_error.h"

namespace grizzly::functions {
namespace {

struct StemmerDeleter {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

// The thread's own; made at the first use.
sb_stemmer* StemmerOf(std::string_view language) {
  thread_local std::map<std::string, std::unique_ptr<sb_stemmer, StemmerDeleter>, std::less<>> stemmers;
  const auto found = stemmers.find(language);
  if (found != stemmers.end()) return found->second.get();
  const std::string name(language);
  std::unique_ptr<sb_stemmer, StemmerDeleter> made(sb_stemmer_new(name.c_str(), "UTF_8"));
  if (made == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("no Snowball stemmer available for language \"{}\" and encoding "
                               "\"UTF8\"", language));
  }
  return stemmers.emplace(name, std::move(made)).first->second.get();
}

}  // namespace

void RequireStemmer(std::string_view language) { StemmerOf(language); }

std::string Stem(std::string_view language, const std::string& word) {
  sb_stemmer* const stemmer = StemmerOf(language);
  const sb_symbol* stemmed =
      sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()),
                      static_cast<int>(word.size()));
  if (stemmed == nullptr) throw SqlError(SqlState::kOutOfMemory, "out of memory");
  return {reinterpret_cast<const char*>(stemmed), static_cast<size_t>(sb_stemmer_length(stemmer))};
}

}  // namespace grizzly::functions
