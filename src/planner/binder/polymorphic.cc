// Polymorphic types: what anyelement and its family stand for in one call. PostgreSQL 15 docs, 38.2.5.
#include <fmt/format.h>

#include "planner/binder/type_resolution.h"

namespace grizzly::planner {
namespace {

// The families agree within themselves: anyelement's on one type, anycompatible's on a common one.
struct Family {
  Oid element = kInvalidOid;
  Oid array = kInvalidOid;
  Oid range = kInvalidOid;
  Oid multirange = kInvalidOid;
  std::vector<Oid> elements;  // anycompatible: all that were given
  bool wanted = false;        // some argument or the result is of this family
  bool must_be_array = false;
  bool must_not_be_array = false;
  bool must_be_enum = false;
};

class Resolver {
 public:
  explicit Resolver(TypeLookup& types) : types_(types) {}

  // Empty on success, else the complaint.
  std::string Take(std::span<const Oid> actual, std::span<const Oid> declared) {
    for (size_t i = 0; i < declared.size(); ++i) {
      std::string trouble = TakeOne(actual[i], declared[i]);
      if (!trouble.empty()) return trouble;
    }
    return "";
  }

  // Derives element types from arrays and ranges and checks that all agree.
  std::string Settle() {
    std::string trouble = SettleContainers(exact_, "anyelement", "anyarray", "anyrange");
    if (trouble.empty()) trouble = SettleCompatible();
    if (trouble.empty()) trouble = CheckKinds();
    return trouble;
  }

  // What a polymorphic type stands for; 0 when nothing says so.
  Oid Actual(Oid declared) {
    const Family& family = IsCompatiblePolymorphic(declared) ? compatible_ : exact_;
    switch (declared) {
      case facts::kAnyarrayOid:
        if (family.array != kInvalidOid) return family.array;
        return family.element == kInvalidOid ? kInvalidOid : types_.ArrayOf(family.element);
      case facts::kAnycompatiblearrayOid:
        return family.element == kInvalidOid ? kInvalidOid : types_.ArrayOf(family.element);
      case facts::kAnyrangeOid:
      case facts::kAnycompatiblerangeOid:
        return family.range;
      case facts::kAnymultirangeOid:
      case facts::kAnycompatiblemultirangeOid:
        if (family.multirange != kInvalidOid) return family.multirange;
        return family.range == kInvalidOid ? kInvalidOid : types_.MultirangeOf(family.range);
      default:
        return family.element;
    }
  }

 private:
  static std::string NotAlike(TypeLookup& types, std::string_view what, Oid a, Oid b) {
    return fmt::format("arguments declared \"{}\" are not all alike\n{} versus {}", what,
                       types.Name(a), types.Name(b));
  }

  std::string Set(Oid& slot, Oid type, std::string_view what) {
    if (slot != kInvalidOid && slot != type) return NotAlike(types_, what, slot, type);
    slot = type;
    return "";
  }

  std::string TakeOne(Oid actual, Oid declared) {
    if (!IsPolymorphic(declared)) return "";
    Family& family = IsCompatiblePolymorphic(declared) ? compatible_ : exact_;
    family.wanted = true;
    if (declared == facts::kAnynonarrayOid || declared == facts::kAnycompatiblenonarrayOid) {
      family.must_not_be_array = true;
    }
    if (declared == facts::kAnyenumOid) family.must_be_enum = true;
    if (actual == facts::kUnknownOid) return "";
    switch (declared) {
      case facts::kAnyelementOid:
      case facts::kAnynonarrayOid:
      case facts::kAnyenumOid:
        return Set(family.element, actual, "anyelement");
      case facts::kAnyarrayOid:
        return Set(family.array, types_.BaseOf(actual), "anyarray");
      case facts::kAnyrangeOid:
        return Set(family.range, types_.BaseOf(actual), "anyrange");
      case facts::kAnymultirangeOid:
        return Set(family.multirange, types_.BaseOf(actual), "anymultirange");
      case facts::kAnycompatiblerangeOid:
        return Set(family.range, types_.BaseOf(actual), "anycompatiblerange");
      case facts::kAnycompatiblemultirangeOid:
        return Set(family.multirange, types_.BaseOf(actual), "anycompatiblemultirange");
      case facts::kAnycompatiblearrayOid:
        return TakeCompatibleArray(actual);
      default:
        family.elements.push_back(types_.BaseOf(actual));
        return "";
    }
  }

  std::string TakeCompatibleArray(Oid actual) {
    const Oid array = types_.BaseOf(actual);
    const Oid element = types_.Of(array).element;
    if (element == kInvalidOid) {
      return fmt::format("argument declared {} is not an array but type {}", "anycompatiblearray",
                         types_.Name(array));
    }
    compatible_.elements.push_back(element);
    return "";
  }

  std::string SettleContainers(Family& family, std::string_view element_word,
                               std::string_view array_word, std::string_view range_word) {
    if (family.array != kInvalidOid && family.array != facts::kAnyarrayOid) {
      const Oid element = types_.Of(family.array).element;
      if (element == kInvalidOid) {
        return fmt::format("argument declared {} is not an array but type {}", array_word,
                           types_.Name(family.array));
      }
      if (family.element == kInvalidOid) family.element = element;
      if (family.element != element) {
        return fmt::format(
            "argument declared {} is not consistent with argument declared {}\n{} versus {}",
            array_word, element_word, types_.Name(family.array), types_.Name(family.element));
      }
    }
    std::string trouble = SettleMultirange(family, "anymultirange", range_word);
    if (!trouble.empty() || family.range == kInvalidOid) return trouble;
    const Oid subtype = types_.RangeSubtype(family.range);
    if (subtype == kInvalidOid) {
      return fmt::format("argument declared {} is not a range type but type {}", range_word,
                         types_.Name(family.range));
    }
    if (family.element == kInvalidOid) family.element = subtype;
    if (family.element != subtype) {
      return fmt::format(
          "argument declared {} is not consistent with argument declared {}\n{} versus {}",
          range_word, element_word, types_.Name(family.range), types_.Name(family.element));
    }
    return "";
  }

  // A multirange and a range beside it belong together.
  std::string SettleMultirange(Family& family, std::string_view multirange_word,
                               std::string_view range_word) {
    if (family.multirange == kInvalidOid) return "";
    const Oid range = types_.RangeOfMultirange(family.multirange);
    if (range == kInvalidOid) {
      return fmt::format("argument declared {} is not a multirange type but type {}",
                         multirange_word, types_.Name(family.multirange));
    }
    if (family.range == kInvalidOid) family.range = range;
    if (family.range == range) return "";
    return fmt::format(
        "argument declared {} is not consistent with argument declared {}\n{} versus {}",
        multirange_word, range_word, types_.Name(family.multirange), types_.Name(family.range));
  }

  std::string SettleCompatible() {
    std::string trouble =
        SettleMultirange(compatible_, "anycompatiblemultirange", "anycompatiblerange");
    if (!trouble.empty()) return trouble;
    if (compatible_.range != kInvalidOid) {
      const Oid subtype = types_.RangeSubtype(compatible_.range);
      if (subtype == kInvalidOid) {
        return fmt::format("argument declared {} is not a range type but type {}",
                           "anycompatiblerange", types_.Name(compatible_.range));
      }
      compatible_.elements.push_back(subtype);
    }
    if (compatible_.elements.empty()) {
      // Only untyped literals: text, as in UNION.
      if (compatible_.wanted) compatible_.element = facts::kTextOid;
      return "";
    }
    Oid chosen = compatible_.elements[0];
    for (const Oid type : compatible_.elements) {
      if (type == chosen) continue;
      if (types_.Of(type).category != types_.Of(chosen).category) {
        return fmt::format("arguments of anycompatible family cannot be cast to a common type");
      }
      if (!types_.Of(chosen).preferred &&
          CanCoerce(types_, chosen, type, CoercionKind::kImplicit) &&
          !CanCoerce(types_, type, chosen, CoercionKind::kImplicit)) {
        chosen = type;
      }
    }
    compatible_.element = chosen;
    return "";
  }

  std::string CheckKinds() {
    for (const Family* family : {&exact_, &compatible_}) {
      if (family->element == kInvalidOid) continue;
      if (family->must_not_be_array && types_.IsArray(types_.BaseOf(family->element))) {
        return fmt::format("type matched to anynonarray is an array type: {}",
                           types_.Name(family->element));
      }
      if (family->must_be_enum && types_.Of(family->element).typtype != 'e') {
        return fmt::format("type matched to anyenum is not an enum type: {}",
                           types_.Name(family->element));
      }
    }
    return "";
  }

  TypeLookup& types_;
  Family exact_;
  Family compatible_;
};

// Complaints carry their detail behind a line break.
[[noreturn]] void ThrowComplaint(const std::string& complaint) {
  const size_t line = complaint.find('\n');
  SqlError error(SqlState::kDatatypeMismatch, complaint.substr(0, line));
  if (line != std::string::npos) std::move(error).Detail(complaint.substr(line + 1));
  throw error;
}

bool AnyPolymorphic(std::span<const Oid> declared) {
  for (const Oid type : declared) {
    if (IsPolymorphic(type)) return true;
  }
  return false;
}

}  // namespace

bool FitsPolymorphic(TypeLookup& types, std::span<const Oid> actual,
                     std::span<const Oid> declared) {
  if (!AnyPolymorphic(declared)) return true;
  Resolver resolver(types);
  return resolver.Take(actual, declared).empty() && resolver.Settle().empty();
}

Oid ResolvePolymorphic(BindState& state, std::span<const Oid> actual, std::vector<Oid>& declared,
                       Oid result) {
  // Without a polymorphic argument the result is what it says: array_in() gives anyarray.
  if (!AnyPolymorphic(declared)) return result;
  Resolver resolver(state.types());
  std::string complaint = resolver.Take(actual, declared);
  if (complaint.empty()) complaint = resolver.Settle();
  if (!complaint.empty()) ThrowComplaint(complaint);
  for (size_t i = 0; i < declared.size(); ++i) {
    if (!IsPolymorphic(declared[i])) continue;
    const Oid stands_for = resolver.Actual(declared[i]);
    if (stands_for == kInvalidOid) {
      ThrowComplaint("could not determine polymorphic type because input has type unknown");
    }
    declared[i] = stands_for;
  }
  if (!IsPolymorphic(result)) return result;
  const Oid stands_for = resolver.Actual(result);
  if (stands_for == kInvalidOid) {
    ThrowComplaint("could not determine polymorphic type because input has type unknown");
  }
  return stands_for;
}

}  // namespace grizzly::planner
