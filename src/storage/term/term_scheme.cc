#include "storage/term/term_scheme.h"

#include <string>

#include "facts/access_methods.h"

namespace grizzly::storage {
namespace {

struct NamedScheme {
  std::string_view method;
  std::string_view opclass;  // its end: "box_ops" is of gist's and spgist's
  TermScheme scheme;
};
constexpr NamedScheme kNamedSchemes[] = {
    {"gin", "array_ops", TermScheme::kElements},
    {"gin", "tsvector_ops", TermScheme::kLexemes},
    {"gin", "jsonb_ops", TermScheme::kJsonbKeys},
    {"gin", "jsonb_path_ops", TermScheme::kJsonbPaths},
    {"gist", "tsvector_ops", TermScheme::kLexemes},
    {"gist", "range_ops", TermScheme::kSpans},
    {"gist", "multirange_ops", TermScheme::kSpans},
    {"gist", "inet_ops", TermScheme::kSpans},
    {"gist", "point_ops", TermScheme::kBoxes},
    {"gist", "box_ops", TermScheme::kBoxes},
    {"gist", "poly_ops", TermScheme::kBoxes},
    {"gist", "circle_ops", TermScheme::kBoxes},
    {"spgist", "range_ops", TermScheme::kSpans},
    {"spgist", "inet_ops", TermScheme::kSpans},
    {"spgist", "quad_point_ops", TermScheme::kBoxes},
    {"spgist", "kd_point_ops", TermScheme::kBoxes},
    {"spgist", "box_ops", TermScheme::kBoxes},
    {"spgist", "poly_ops", TermScheme::kBoxes},
    {"spgist", "text_ops", TermScheme::kOrdered},
    {"brin", "range_inclusion_ops", TermScheme::kSpans},
    {"brin", "inet_inclusion_ops", TermScheme::kSpans},
    {"brin", "box_inclusion_ops", TermScheme::kBoxes},
};

}  // namespace

bool IsTermMethod(std::string_view access_method) {
  return access_method == "gin" || access_method == "gist" || access_method == "spgist" ||
         access_method == "brin";
}

std::optional<TermScheme> SchemeOfOpclass(Oid opclass) {
  const facts::OpclassFact* fact = facts::FindOpclass(opclass);
  if (fact == nullptr) return std::nullopt;
  const std::string_view method = facts::FindAccessMethod(fact->opcmethod)->amname;
  for (const NamedScheme& named : kNamedSchemes) {
    if (named.method == method && named.opclass == fact->opcname) return named.scheme;
  }
  const bool by_order = fact->opcname.ends_with("_minmax_ops") ||
                        fact->opcname.ends_with("_minmax_multi_ops") ||
                        fact->opcname.ends_with("_bloom_ops");
  if (method == "brin" && by_order) return TermScheme::kOrdered;
  return std::nullopt;
}

}  // namespace grizzly::storage
