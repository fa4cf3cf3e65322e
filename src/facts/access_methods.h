// Built-in access methods, operator families and classes, and what they hold, from facts/pg_am.csv,
// pg_opfamily.csv, pg_opclass.csv, pg_amop.csv and pg_amproc.csv.
//
// Members carry PostgreSQL's column names; an Oid of 0 means none; a std::string_view whose
// data() is null is SQL NULL. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "facts/oid.h"

namespace grizzly::facts {

inline constexpr Oid kHeapMethodOid = 2;
inline constexpr Oid kBtreeMethodOid = 403;
inline constexpr Oid kHashMethodOid = 405;
inline constexpr Oid kGistMethodOid = 783;
inline constexpr Oid kGinMethodOid = 2742;
inline constexpr Oid kBrinMethodOid = 3580;
inline constexpr Oid kSpgistMethodOid = 4000;

// Strategies of btree and hash families, and their support functions (PostgreSQL's documentation,
// "Index Method Strategies", "Index Method Support Routines").
inline constexpr int16_t kBtreeLess = 1;
inline constexpr int16_t kBtreeLessEqual = 2;
inline constexpr int16_t kBtreeEqual = 3;
inline constexpr int16_t kBtreeGreaterEqual = 4;
inline constexpr int16_t kBtreeGreater = 5;
inline constexpr int16_t kHashEqual = 1;
inline constexpr int16_t kBtreeOrderProc = 1;
inline constexpr int16_t kHashStandardProc = 1;

struct AccessMethodFact {
  Oid oid;
  std::string_view amname;
  Oid amhandler;
  char amtype;  // i index, t table
};

struct OpfamilyFact {
  Oid oid;
  Oid opfmethod;
  std::string_view opfname;
  Oid opfnamespace;
};

struct OpclassFact {
  Oid oid;
  Oid opcmethod;
  std::string_view opcname;
  Oid opcnamespace;
  Oid opcfamily;
  Oid opcintype;
  bool opcdefault;
  Oid opckeytype;  // type stored when it is not opcintype, or 0
};

struct AmopFact {
  Oid oid;
  Oid amopfamily;
  Oid amoplefttype;
  Oid amoprighttype;
  int16_t amopstrategy;
  char amoppurpose;  // s search, o ordering
  Oid amopopr;
  Oid amopmethod;
  Oid amopsortfamily;
};

struct AmprocFact {
  Oid oid;
  Oid amprocfamily;
  Oid amproclefttype;
  Oid amprocrighttype;
  int16_t amprocnum;
  Oid amproc;
};

const AccessMethodFact* FindAccessMethod(Oid oid);
const AccessMethodFact* FindAccessMethodByName(std::string_view amname);
const OpfamilyFact* FindOpfamily(Oid oid);
const OpclassFact* FindOpclass(Oid oid);
const OpclassFact* FindOpclassByName(Oid method, std::string_view opcname);

// The class an index on a column of a built-in type takes when none is named, or null: the
// type's own, else that of a binary-coercible preferred type (varchar: text), else the
// polymorphic one of its kind (anyarray, anyenum, anyrange, anymultirange, record).
const OpclassFact* DefaultOpclass(Oid method, Oid type);

// The operator of a family for a strategy and operand types, 0 when it has none.
Oid FamilyOperator(Oid opfamily, Oid left, Oid right, int16_t strategy);
// The support function of a family, 0 when it has none.
Oid FamilyProc(Oid opfamily, Oid left, Oid right, int16_t number);
// Every place an operator has in operator families, in OID order.
std::vector<const AmopFact*> FindAmopsOfOperator(Oid amopopr);

std::span<const AccessMethodFact> AllAccessMethods();  // by oid
std::span<const OpfamilyFact> AllOpfamilies();         // by oid
std::span<const OpclassFact> AllOpclasses();           // by opcmethod, opcintype, oid
std::span<const AmopFact> AllAmops();      // by amopfamily, amoplefttype, amoprighttype, strategy
std::span<const AmprocFact> AllAmprocs();  // by amprocfamily, left type, right type, number

}  // namespace grizzly::facts
