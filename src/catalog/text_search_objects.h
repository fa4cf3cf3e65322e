// Text search dictionaries and configurations: built-in ones and those that users made.
//
// THREADS  pure.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "catalog/schema_object.h"
#include "types/text_search_source.h"

namespace grizzly::catalog {

// Properties of those that users made.
inline constexpr std::string_view kDictionaryTemplate = "template";
inline constexpr std::string_view kDictionaryOptions = "options";
inline constexpr std::string_view kConfigurationParser = "parser";

// Functions of a parser and of a template, by oid.
inline constexpr std::string_view kParserStart = "start";
inline constexpr std::string_view kParserToken = "gettoken";
inline constexpr std::string_view kParserEnd = "end";
inline constexpr std::string_view kParserHeadline = "headline";
inline constexpr std::string_view kParserTypes = "lextypes";
inline constexpr std::string_view kTemplateInit = "init";
inline constexpr std::string_view kTemplateLexize = "lexize";

// The built-in parser or template that has the same functions; 0: none.
Oid BuiltinParserOf(const CatalogSnapshot& catalog, Oid parser);
Oid BuiltinTemplateOf(const CatalogSnapshot& catalog, Oid dictionary_template);

// A parser, template, dictionary or configuration (`object_class`) that PostgreSQL comes with; 0: there is none.
Oid FindBuiltinTextSearchObject(Oid object_class, std::string_view name);
// By its dotted name, made by users or not, along the search path; 0: there is none.
Oid FindTextSearchObject(const CatalogSnapshot& catalog, const SearchPath& path, Oid object_class,
                         std::span<const std::string_view> name);

// By token type, then in the order they are asked. Of a built-in one, too; empty for an unknown oid.
std::vector<types::TextSearchMapping> MappingsOf(const CatalogSnapshot& catalog, Oid configuration);
std::vector<types::TextSearchMapping> MappingsOf(const SchemaObject& configuration);
// With the dictionaries as what it needs.
void SetMappings(std::vector<types::TextSearchMapping> mappings, SchemaObject* configuration);

}  // namespace grizzly::catalog
