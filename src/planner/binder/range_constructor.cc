#include "planner/binder/range_constructor.h"

#include "catalog/record.h"

namespace grizzly::planner {
namespace {

// A built-in constructor seen over other types.
struct Constructor {
  facts::ProcFact fact;
  std::string name;
  std::vector<Oid> arguments;
};

class Maker {
 public:
  Maker(BindState& state, const catalog::Type& type) : state_(state), type_(type) {}

  std::vector<const facts::ProcFact*> Run() {
    const bool is_range = type_.typtype == 'r';
    for (const facts::ProcFact& like :
         facts::FindProcsByName(is_range ? "int4range" : "int4multirange")) {
      Add(like, is_range);
    }
    return made_;
  }

 private:
  void Add(const facts::ProcFact& like, bool is_range) {
    auto constructor = std::make_shared<Constructor>();
    constructor->fact = like;
    constructor->name = type_.name;
    const Oid range_array = state_.types().ArrayOf(type_.range);
    for (const Oid argument : like.proargtypes) {
      Oid type = argument;
      if (is_range && argument == facts::kInt4Oid) type = type_.range_subtype;
      if (!is_range) type = like.provariadic != kInvalidOid ? range_array : type_.range;
      constructor->arguments.push_back(type);
    }
    facts::ProcFact& fact = constructor->fact;
    fact.proname = constructor->name;
    fact.pronamespace = type_.schema;
    fact.proargtypes = constructor->arguments;
    fact.prorettype = type_.oid;
    if (like.provariadic != kInvalidOid) fact.provariadic = type_.range;
    made_.push_back(&fact);
    state_.Keep(std::move(constructor));
  }

  BindState& state_;
  const catalog::Type& type_;
  std::vector<const facts::ProcFact*> made_;
};

}  // namespace

std::vector<const facts::ProcFact*> RangeConstructors(BindState& state,
                                                      std::span<const std::string_view> name) {
  std::shared_ptr<const catalog::Type> type;
  if (name.size() == 1) {
    type = state.search_path().FindType(state.catalog(), name[0]);
  } else if (const auto* schema = state.catalog().FindSchema(name[name.size() - 2])) {
    type = state.catalog().FindType(schema->oid, name.back());
  }
  const bool is_range = type != nullptr && type->oid >= kFirstUserOid &&
                        (type->typtype == 'r' || type->typtype == 'm');
  if (!is_range) return {};
  state.UseObject(catalog::kTypeClass, type->oid);
  return Maker(state, *type).Run();
}

}  // namespace grizzly::planner
