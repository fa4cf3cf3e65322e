#include "catalog/composed_type_io.h"

#include <utility>

#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "types/array_io.h"
#include "types/range_io.h"
#include "types/reg_names.h"
#include "types/record_io.h"

namespace grizzly::catalog {
namespace {

using types::Datum;
using types::IoSettings;
using types::TypeIo;

class EnumIo final : public TypeIo {
 public:
  explicit EnumIo(TypePtr type) : type_(std::move(type)) {}

  Datum Input(std::string_view text, int32_t, const IoSettings& settings, Arena&) const override {
    for (const Type::EnumLabel& label : type_->labels) {
      if (label.label != text) continue;
      if (label.is_new) ThrowUnsafeEnumValue(label.label, type_->name);
      return Datum::Of(label.code);
    }
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   fmt::format("invalid input value for enum {}: \"{}\"", ShownName(settings), text));
  }
  void Output(const Datum& value, const IoSettings&, std::string& out) const override {
    const auto code = value.As<int64_t>();
    for (const Type::EnumLabel& label : type_->labels) {
      if (label.code == code) {
        out.append(label.label);
        return;
      }
    }
    throw SqlError(SqlState::kInvalidBinaryRepresentation,
                   fmt::format("invalid internal value for enum: {}", code));
  }
  Datum Receive(std::string_view bytes, int32_t typmod, const IoSettings& settings,
                Arena& arena) const override {
    return Input(bytes, typmod, settings, arena);
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    Output(value, settings, out);
  }

 private:
  std::string ShownName(const IoSettings& settings) const {
    return settings.reg_names == nullptr ? type_->name : settings.reg_names->Format(facts::kRegtypeOid, type_->oid);
  }

  const TypePtr type_;
};

thread_local bool trusts_stored_values = false;

// The base's formats with the domain's typmod; its constraints are checked by who runs the statement.
class DomainIo final : public TypeIo {
 public:
  DomainIo(Oid domain, const TypeIo& base, int32_t typmod)
      : domain_(domain), base_(base), typmod_(typmod) {}

  Datum Input(std::string_view text, int32_t, const IoSettings& settings,
              Arena& arena) const override {
    return Checked(base_.Input(text, typmod_, settings, arena));
  }
  void Output(const Datum& value, const IoSettings& settings, std::string& out) const override {
    base_.Output(value, settings, out);
  }
  Datum Receive(std::string_view bytes, int32_t, const IoSettings& settings,
                Arena& arena) const override {
    return Checked(base_.Receive(bytes, typmod_, settings, arena));
  }
  void Send(const Datum& value, const IoSettings& settings, std::string& out) const override {
    base_.Send(value, settings, out);
  }

 private:
  Datum Checked(const Datum& value) const {
    const types::TypeDirectory* directory = types::CurrentTypeDirectory();
    if (directory != nullptr && !trusts_stored_values) directory->CheckDomain(domain_, value);
    return value;
  }

  const Oid domain_;
  const TypeIo& base_;
  const int32_t typmod_;
};

std::unique_ptr<TypeIo> ComposeComposite(const TenantSnapshot& snapshot, const Type& type) {
  const RelationPtr relation = snapshot.FindRelation(type.relation);
  if (relation == nullptr) return nullptr;
  std::vector<types::RecordColumnIo> columns;
  for (const Column& column : relation->columns) {
    types::RecordColumnIo made{column.type, nullptr, column.dropped};
    if (!column.dropped) made.io = snapshot.FindTypeIo(column.type.oid);
    if (!column.dropped && made.io == nullptr) return nullptr;
    columns.push_back(made);
  }
  return types::MakeCompositeIo(type.oid, std::move(columns));
}

std::unique_ptr<TypeIo> ComposeRange(const TenantSnapshot& snapshot, const Type& type) {
  const types::RangeKind* kind = snapshot.RangeKindOf(type.oid);
  const TypeIo* subtype = kind == nullptr ? nullptr : snapshot.FindTypeIo(kind->subtype.oid);
  if (subtype == nullptr) return nullptr;
  return type.typtype == 'r' ? types::MakeRangeIo(*kind, subtype)
                             : types::MakeMultirangeIo(*kind, subtype);
}

}  // namespace

void ThrowUnsafeEnumValue(std::string_view label, std::string_view type) {
  throw SqlError(SqlState::kUnsafeNewEnumValueUsage,
                 fmt::format("unsafe use of new value \"{}\" of enum type {}", label, type))
      .Hint("New enum values must be committed before they can be used.");
}

TrustStoredValues::TrustStoredValues() : before_(std::exchange(trusts_stored_values, true)) {}
TrustStoredValues::~TrustStoredValues() { trusts_stored_values = before_; }

std::unique_ptr<types::TypeIo> ComposeTypeIo(const TenantSnapshot& snapshot, const TypePtr& type) {
  switch (type->typtype) {
    case 'e': return std::make_unique<EnumIo>(type);
    case 'c': return ComposeComposite(snapshot, *type);
    case 'r':
    case 'm': return ComposeRange(snapshot, *type);
    case 'd': {
      const TypeIo* base = snapshot.FindTypeIo(type->base);
      if (base == nullptr) return nullptr;
      return std::make_unique<DomainIo>(type->oid, *base, type->base_typmod);
    }
    default: break;
  }
  if (type->category != 'A' || type->element == kInvalidOid) return nullptr;
  const TypePtr element = snapshot.FindType(type->element);
  const TypeIo* element_io = snapshot.FindTypeIo(type->element);
  if (element == nullptr || element_io == nullptr) return nullptr;
  return types::MakeArrayIo(snapshot.ResolveType(element->oid, types::kNoTypmod), element_io,
                            element->delimiter);
}

}  // namespace grizzly::catalog
