// Operators by name and operands: PostgreSQL 15 docs, 10.2; and the ones that sorting and grouping use.
#include <fmt/format.h>

#include "facts/access_methods.h"
#include "planner/binder/type_resolution.h"

namespace grizzly::planner {
namespace {

// Step 2a: an unknown operand is taken as the other's type, if that fits exactly.
const facts::OperatorFact* FindExact(TypeLookup& types, std::string_view name, Oid left, Oid right) {
  if (left != kInvalidOid && right != kInvalidOid) {
    if (left == facts::kUnknownOid) left = right;
    if (right == facts::kUnknownOid) right = left;
  }
  if (const auto* op = facts::FindOperator(name, left, right)) return op;
  const Oid base_left = left == kInvalidOid ? left : types.BaseOf(left);
  const Oid base_right = types.BaseOf(right);
  if (base_left == left && base_right == right) return nullptr;
  return facts::FindOperator(name, base_left, base_right);
}

bool IsVisible(BindState& state, std::span<const std::string_view> name) {
  if (name.size() == 1) return state.search_path().PositionOf(facts::kPgCatalogNamespaceOid) >= 0;
  return name[name.size() - 2] == "pg_catalog";
}

// The opclass entry of a type or of the kind of type it is.
struct OrderingFamily {
  Oid family = kInvalidOid;
  Oid input = kInvalidOid;
};

OrderingFamily FamilyOf(TypeLookup& types, Oid method, Oid type) {
  type = types.BaseOf(type);
  const TypeShape& shape = types.Of(type);
  Oid key = type == facts::kRecordArrayOid ? facts::kAnyarrayOid : type;
  if (type >= kFirstUserOid) {
    if (shape.typtype == 'e') key = facts::kAnyenumOid;
    if (shape.typtype == 'c') key = facts::kRecordOid;
    if (shape.typtype == 'r') key = facts::kAnyrangeOid;
    if (shape.typtype == 'm') key = facts::kAnymultirangeOid;
    if (shape.element != kInvalidOid) key = facts::kAnyarrayOid;
  }
  if (shape.element != kInvalidOid &&
      FamilyOf(types, method, shape.element).family == kInvalidOid) {
    return {};  // an array of what has no order has none either
  }
  const facts::OpclassFact* found = facts::DefaultOpclass(method, key);
  if (found == nullptr) return {};
  return {found->opcfamily, found->opcintype};
}

}  // namespace

const facts::OperatorFact* ChooseOperator(BindState& state, std::span<const std::string_view> name,
                                          Oid left, Oid right, Choice* choice) {
  *choice = Choice::kNone;
  if (!IsVisible(state, name)) return nullptr;
  TypeLookup& types = state.types();
  if (const auto* exact = FindExact(types, name.back(), left, right)) {
    *choice = Choice::kOne;
    return exact;
  }
  std::vector<Oid> arguments;
  if (left != kInvalidOid) arguments.push_back(left);
  arguments.push_back(right);
  std::vector<Candidate> candidates;
  for (const facts::OperatorFact& op : facts::FindOperatorsByName(name.back())) {
    if ((op.oprkind == 'l') != (left == kInvalidOid)) continue;
    Candidate candidate;
    candidate.op = &op;
    if (left != kInvalidOid) candidate.types.push_back(op.oprleft);
    candidate.types.push_back(op.oprright);
    if (!CanCoerceAll(types, arguments, candidate.types, CoercionKind::kImplicit)) continue;
    if (!FitsPolymorphic(types, arguments, candidate.types)) continue;
    candidates.push_back(std::move(candidate));
  }
  *choice = SelectCandidate(types, arguments, candidates);
  return *choice == Choice::kOne ? candidates[0].op : nullptr;
}

void ThrowNoOperator(BindState& state, std::string_view name, Oid left, Oid right, Choice choice,
                     int location) {
  TypeLookup& types = state.types();
  const std::string signature =
      left == kInvalidOid ? fmt::format("{} {}", name, types.Name(right))
                          : fmt::format("{} {} {}", types.Name(left), name, types.Name(right));
  if (choice == Choice::kAmbiguous) {
    throw SqlError(SqlState::kAmbiguousFunction,
                   fmt::format("operator is not unique: {}", signature))
        .Hint("Could not choose a best candidate operator. You might need to add explicit type "
              "casts.")
        .At(location);
  }
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("operator does not exist: {}", signature))
      .Hint(left == kInvalidOid
                ? "No operator matches the given name and argument type. You might need to add an "
                  "explicit type cast."
                : "No operator matches the given name and argument types. You might need to add "
                  "explicit type casts.")
      .At(location);
}

Oid OrderingOperator(TypeLookup& types, Oid type, bool descending) {
  const OrderingFamily family = FamilyOf(types, facts::kBtreeMethodOid, type);
  if (family.family == kInvalidOid) return kInvalidOid;
  return facts::FamilyOperator(family.family, family.input, family.input,
                               descending ? facts::kBtreeGreater : facts::kBtreeLess);
}

Oid EqualityOperator(TypeLookup& types, Oid type) {
  const OrderingFamily ordered = FamilyOf(types, facts::kBtreeMethodOid, type);
  if (ordered.family != kInvalidOid) {
    return facts::FamilyOperator(ordered.family, ordered.input, ordered.input, facts::kBtreeEqual);
  }
  const OrderingFamily hashed = FamilyOf(types, facts::kHashMethodOid, type);
  if (hashed.family == kInvalidOid) return kInvalidOid;
  return facts::FamilyOperator(hashed.family, hashed.input, hashed.input, facts::kHashEqual);
}

Oid RequireOrderingOperator(BindState& state, Oid type, bool descending, int location) {
  const Oid found = OrderingOperator(state.types(), type, descending);
  if (found != kInvalidOid) return found;
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("could not identify an ordering operator for type {}",
                             state.types().Name(type)))
      .Hint("Use an explicit ordering operator or modify the query.")
      .At(location);
}

Oid RequireEqualityOperator(BindState& state, Oid type, int location) {
  const Oid found = EqualityOperator(state.types(), type);
  if (found != kInvalidOid) return found;
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("could not identify an equality operator for type {}",
                             state.types().Name(type)))
      .At(location);
}

}  // namespace grizzly::planner
