#include "catalog/record.h"

#include <bit>
#include <concepts>
#include <type_traits>

#include "catalog/operator_family.h"
#include "catalog/schema_object.h"
#include "base/error/sql_error.h"

namespace grizzly::catalog {
namespace {

// ---- which fields a struct has: one list for writing and reading ----

template <typename Visit>
void VisitFields(Definition*, const Visit& field) {
  field(1, &Definition::sql);
  field(2, &Definition::search_path);
}

template <typename Visit>
void VisitFields(types::SqlType*, const Visit& field) {
  field(1, &types::SqlType::oid);
  field(2, &types::SqlType::typmod);
  field(3, &types::SqlType::collation);
  field(4, &types::SqlType::physical);
}

using NamedText = std::pair<std::string, std::string>;

template <typename Visit>
void VisitFields(NamedText*, const Visit& field) {
  field(1, &NamedText::first);
  field(2, &NamedText::second);
}

template <typename Visit>
void VisitFields(Column*, const Visit& field) {
  field(1, &Column::name);
  field(2, &Column::type);
  field(3, &Column::attnum);
  field(4, &Column::not_null);
  field(5, &Column::dropped);
  field(6, &Column::has_missing);
  field(7, &Column::missing_value);
  field(8, &Column::missing_is_null);
  field(9, &Column::default_value);
  field(10, &Column::identity);
  field(11, &Column::generated);
  field(12, &Column::owned_sequence);
  field(13, &Column::statistics_target);
  field(14, &Column::storage);
  field(15, &Column::compression);
  field(16, &Column::dimensions);
  field(17, &Column::inherited_count);
  field(18, &Column::is_local);
  field(19, &Column::comment);
  field(40, &Column::options);
  field(20, &Column::default_oid);
}

template <typename Visit>
void VisitFields(Constraint*, const Visit& field) {
  field(1, &Constraint::oid);
  field(2, &Constraint::name);
  field(3, &Constraint::kind);
  field(4, &Constraint::columns);
  field(5, &Constraint::check);
  field(6, &Constraint::no_inherit);
  field(7, &Constraint::validated);
  field(8, &Constraint::deferrable);
  field(9, &Constraint::initially_deferred);
  field(10, &Constraint::is_local);
  field(11, &Constraint::inherited_count);
  field(12, &Constraint::index);
  field(13, &Constraint::foreign_relation);
  field(14, &Constraint::foreign_columns);
  field(15, &Constraint::match_type);
  field(16, &Constraint::on_update);
  field(17, &Constraint::on_delete);
  field(18, &Constraint::delete_set_columns);
  field(19, &Constraint::exclusion_operators);
  field(20, &Constraint::comment);
  field(21, &Constraint::parent);
}

template <typename Visit>
void VisitFields(PartitionKey::Part*, const Visit& field) {
  using Part = PartitionKey::Part;
  field(1, &Part::column);
  field(2, &Part::expression);
  field(3, &Part::type);
  field(4, &Part::opclass);
  field(5, &Part::collation);
}

template <typename Visit>
void VisitFields(PartitionKey*, const Visit& field) {
  field(1, &PartitionKey::strategy);
  field(2, &PartitionKey::parts);
}

template <typename Visit>
void VisitFields(PartitionBound::Value*, const Visit& field) {
  field(1, &PartitionBound::Value::kind);
  field(2, &PartitionBound::Value::text);
}

template <typename Visit>
void VisitFields(PartitionBound*, const Visit& field) {
  field(1, &PartitionBound::is_default);
  field(2, &PartitionBound::modulus);
  field(3, &PartitionBound::remainder);
  field(4, &PartitionBound::list);
  field(5, &PartitionBound::lower);
  field(6, &PartitionBound::upper);
  field(7, &PartitionBound::detach_pending);
}

template <typename Visit>
void VisitFields(IndexDefinition::Part*, const Visit& field) {
  using Part = IndexDefinition::Part;
  field(1, &Part::column);
  field(2, &Part::expression);
  field(3, &Part::type);
  field(4, &Part::opclass);
  field(5, &Part::collation);
  field(6, &Part::descending);
  field(7, &Part::nulls_first);
  field(40, &Part::statistics_target);
  field(41, &Part::options);
}

template <typename Visit>
void VisitFields(IndexDefinition*, const Visit& field) {
  field(1, &IndexDefinition::table);
  field(2, &IndexDefinition::index_id);
  field(3, &IndexDefinition::access_method);
  field(4, &IndexDefinition::unique);
  field(5, &IndexDefinition::nulls_not_distinct);
  field(6, &IndexDefinition::primary);
  field(7, &IndexDefinition::exclusion);
  field(8, &IndexDefinition::immediate);
  field(9, &IndexDefinition::valid);
  field(10, &IndexDefinition::clustered_by);
  field(11, &IndexDefinition::parts);
  field(12, &IndexDefinition::include);
  field(13, &IndexDefinition::predicate);
  field(40, &IndexDefinition::clustered_on);
  field(41, &IndexDefinition::replica_identity);
  field(42, &IndexDefinition::ready);
  field(43, &IndexDefinition::filling);
}

template <typename Visit>
void VisitFields(SequenceDefinition*, const Visit& field) {
  field(1, &SequenceDefinition::type);
  field(2, &SequenceDefinition::start);
  field(3, &SequenceDefinition::increment);
  field(4, &SequenceDefinition::minimum);
  field(5, &SequenceDefinition::maximum);
  field(6, &SequenceDefinition::cache);
  field(7, &SequenceDefinition::cycle);
  field(8, &SequenceDefinition::owner_table);
  field(9, &SequenceDefinition::owner_column);
  field(10, &SequenceDefinition::dependency);
}

template <typename Visit>
void VisitFields(NamedRelation*, const Visit& field) {
  field(1, &NamedRelation::relation);
  field(2, &NamedRelation::last_column);
}

template <typename Visit>
void VisitFields(ViewDefinition*, const Visit& field) {
  field(1, &ViewDefinition::query);
  field(2, &ViewDefinition::check_option);
  field(3, &ViewDefinition::security_barrier);
  field(4, &ViewDefinition::security_invoker);
  field(5, &ViewDefinition::named);
}

template <typename Visit>
void VisitFields(Relation*, const Visit& field) {
  field(1, &Relation::oid);
  field(2, &Relation::schema);
  field(3, &Relation::name);
  field(4, &Relation::kind);
  field(5, &Relation::persistence);
  field(6, &Relation::owner);
  field(7, &Relation::row_type);
  field(8, &Relation::storage);
  field(9, &Relation::columns);
  field(10, &Relation::constraints);
  field(11, &Relation::indexes);
  field(12, &Relation::inherits);
  field(13, &Relation::options);
  field(14, &Relation::index);
  field(15, &Relation::sequence);
  field(16, &Relation::view);
  field(17, &Relation::on_commit);
  field(18, &Relation::comment);
  field(19, &Relation::access_method);
  field(20, &Relation::layout_column_counts);
  field(40, &Relation::replica_identity);
  field(41, &Relation::of_type);
  field(42, &Relation::populated);
  field(43, &Relation::partition_key);
  field(44, &Relation::partition_bound);
}

template <typename Visit>
void VisitFields(Schema*, const Visit& field) {
  field(1, &Schema::oid);
  field(2, &Schema::name);
  field(3, &Schema::owner);
  field(4, &Schema::comment);
}

template <typename Visit>
void VisitFields(Type::EnumLabel*, const Visit& field) {
  field(1, &Type::EnumLabel::oid);
  field(2, &Type::EnumLabel::sort_order);
  field(3, &Type::EnumLabel::label);
  field(4, &Type::EnumLabel::code);
}

template <typename Visit>
void VisitFields(Type*, const Visit& field) {
  field(1, &Type::oid);
  field(2, &Type::schema);
  field(3, &Type::name);
  field(4, &Type::owner);
  field(5, &Type::typtype);
  field(6, &Type::category);
  field(7, &Type::preferred);
  field(8, &Type::length);
  field(9, &Type::delimiter);
  field(10, &Type::element);
  field(11, &Type::array);
  field(12, &Type::relation);
  field(13, &Type::base);
  field(14, &Type::base_typmod);
  field(15, &Type::collation);
  field(16, &Type::not_null);
  field(17, &Type::default_value);
  field(18, &Type::checks);
  field(19, &Type::labels);
  field(20, &Type::range_subtype);
  field(21, &Type::comment);
  field(22, &Type::physical);
  field(23, &Type::multirange);
  field(24, &Type::range);
  field(25, &Type::range_collation);
  field(26, &Type::range_opclass);
  field(27, &Type::range_canonical);
  field(28, &Type::range_diff);
  field(29, &Type::dimensions);
  field(30, &Type::is_defined);
}

template <typename Visit>
void VisitFields(SchemaObject::Reference*, const Visit& field) {
  field(1, &SchemaObject::Reference::object_class);
  field(2, &SchemaObject::Reference::object);
  field(3, &SchemaObject::Reference::sub);
  field(4, &SchemaObject::Reference::type);
}

template <typename Visit>
void VisitFields(SchemaObject*, const Visit& field) {
  field(1, &SchemaObject::object_class);
  field(2, &SchemaObject::oid);
  field(3, &SchemaObject::schema);
  field(4, &SchemaObject::name);
  field(5, &SchemaObject::owner);
  field(6, &SchemaObject::comment);
  field(7, &SchemaObject::types);
  field(8, &SchemaObject::properties);
  field(9, &SchemaObject::references);
}

template <typename Visit>
void VisitFields(Role*, const Visit& field) {
  field(1, &Role::oid);
  field(2, &Role::name);
  field(3, &Role::superuser);
  field(4, &Role::inherit);
  field(5, &Role::create_role);
  field(6, &Role::create_database);
  field(7, &Role::can_login);
  field(8, &Role::replication);
  field(9, &Role::bypass_row_security);
  field(10, &Role::connection_limit);
  field(11, &Role::password_verifier);
  field(12, &Role::valid_until);
  field(13, &Role::settings);
  field(14, &Role::comment);
}

template <typename Visit>
void VisitFields(Database*, const Visit& field) {
  field(1, &Database::oid);
  field(2, &Database::tenant);
  field(3, &Database::name);
  field(4, &Database::owner);
  field(5, &Database::is_template);
  field(6, &Database::allow_connections);
  field(7, &Database::connection_limit);
  field(8, &Database::settings);
  field(9, &Database::comment);
}

template <typename Visit>
void VisitFields(Dependency*, const Visit& field) {
  field(1, &Dependency::dependent_class);
  field(2, &Dependency::dependent);
  field(3, &Dependency::dependent_sub);
  field(4, &Dependency::referenced_class);
  field(5, &Dependency::referenced);
  field(6, &Dependency::referenced_sub);
  field(7, &Dependency::type);
}

template <typename Visit>
void VisitFields(RelationStatistics*, const Visit& field) {
  field(1, &RelationStatistics::row_count);
  field(2, &RelationStatistics::byte_count);
}

template <typename Visit>
void VisitFields(ColumnStatistics*, const Visit& field) {
  field(1, &ColumnStatistics::attnum);
  field(2, &ColumnStatistics::null_fraction);
  field(3, &ColumnStatistics::average_width);
  field(4, &ColumnStatistics::distinct_count);
  field(5, &ColumnStatistics::correlation);
  field(6, &ColumnStatistics::has_correlation);
  field(7, &ColumnStatistics::common_values);
  field(8, &ColumnStatistics::common_frequencies);
  field(9, &ColumnStatistics::histogram);
}

template <typename Visit>
void VisitFields(TableStatistics*, const Visit& field) {
  field(1, &TableStatistics::columns);
}

// ---- kinds of payload ----

template <typename T>
concept Integral = std::integral<T> || std::is_enum_v<T>;
template <typename T>
struct IsStrongId : std::false_type {};
template <typename Tag, typename I>
struct IsStrongId<StrongId<Tag, I>> : std::true_type {};
template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

void AppendVarint(uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

template <typename T>
void AppendFields(const T& value, std::string& out);

template <typename T>
void AppendPayload(const T& value, std::string& out) {
  if constexpr (IsStrongId<T>::value) {
    AppendVarint(ZigZag(value.value), out);
  } else if constexpr (Integral<T>) {
    AppendVarint(ZigZag(static_cast<int64_t>(value)), out);
  } else if constexpr (std::floating_point<T>) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out.append(bytes, sizeof(T));
  } else if constexpr (std::is_same_v<T, std::string>) {
    out.append(value);
  } else if constexpr (IsVector<T>::value) {  // of integers: packed
    for (const auto& element : value) AppendVarint(ZigZag(element), out);
  } else {
    AppendFields(value, out);
  }
}

template <typename T>
void AppendField(uint64_t tag, const T& value, std::string& out) {
  std::string payload;
  AppendPayload(value, payload);
  AppendVarint(tag, out);
  AppendVarint(payload.size(), out);
  out.append(payload);
}

template <typename T>
void AppendFields(const T& value, std::string& out) {
  static const T kDefaults{};
  VisitFields(static_cast<T*>(nullptr), [&](uint64_t tag, auto member) {
    const auto& field = value.*member;
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (IsVector<Field>::value) {
      if constexpr (Integral<typename Field::value_type>) {
        if (!field.empty()) AppendField(tag, field, out);
      } else {
        for (const auto& element : field) AppendField(tag, element, out);
      }
    } else if constexpr (IsOptional<Field>::value) {
      if (field.has_value()) AppendField(tag, *field, out);
    } else {
      if (!(field == kDefaults.*member)) AppendField(tag, field, out);
    }
  });
}

[[noreturn]] void ThrowDamaged() {
  throw SqlError(SqlState::kDataCorrupted, "a catalog record is damaged");
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }
  uint64_t Varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    ThrowDamaged();
  }
  std::string_view Bytes(uint64_t count) {
    if (count > bytes_.size()) ThrowDamaged();
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

 private:
  std::string_view bytes_;
};

template <typename T>
void ReadFields(std::string_view bytes, T* value);

template <typename T>
void ReadPayload(std::string_view bytes, T* value) {
  if constexpr (IsStrongId<T>::value) {
    value->value = static_cast<decltype(value->value)>(UnZigZag(Reader(bytes).Varint()));
  } else if constexpr (Integral<T>) {
    *value = static_cast<T>(UnZigZag(Reader(bytes).Varint()));
  } else if constexpr (std::floating_point<T>) {
    if (bytes.size() != sizeof(T)) ThrowDamaged();
    std::memcpy(value, bytes.data(), sizeof(T));
  } else if constexpr (std::is_same_v<T, std::string>) {
    value->assign(bytes);
  } else if constexpr (IsVector<T>::value) {
    Reader reader(bytes);
    value->clear();
    while (!reader.at_end()) {
      value->push_back(static_cast<typename T::value_type>(UnZigZag(reader.Varint())));
    }
  } else {
    ReadFields(bytes, value);
  }
}

template <typename Field>
void ReadField(std::string_view payload, Field* field) {
  if constexpr (IsVector<Field>::value) {
    if constexpr (Integral<typename Field::value_type>) {
      ReadPayload(payload, field);
    } else {
      ReadPayload(payload, &field->emplace_back());
    }
  } else if constexpr (IsOptional<Field>::value) {
    ReadPayload(payload, &field->emplace());
  } else {
    ReadPayload(payload, field);
  }
}

template <typename T>
void ReadFields(std::string_view bytes, T* value) {
  Reader reader(bytes);
  while (!reader.at_end()) {
    const uint64_t tag = reader.Varint();
    const std::string_view payload = reader.Bytes(reader.Varint());
    VisitFields(static_cast<T*>(nullptr), [&](uint64_t known_tag, auto member) {
      if (known_tag == tag) ReadField(payload, &(value->*member));
    });
  }
}

template <typename T>
std::string Encode(const T& value) {
  std::string out(txn::kRowTimestampBytes, '\0');
  out.push_back(static_cast<char>(kRecordFormatVersion));
  AppendFields(value, out);
  return out;
}

template <typename T>
void Decode(std::string_view stored, T* value) {
  if (stored.size() <= txn::kRowTimestampBytes) ThrowDamaged();
  const auto version = static_cast<uint8_t>(stored[txn::kRowTimestampBytes]);
  if (version == 0) ThrowDamaged();
  if (version > kRecordFormatVersion) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("catalog record has format version {}, this server reads up to {}",
                               version, kRecordFormatVersion))
        .Hint("The data directory was written by a newer release; run that one.");
  }
  ReadFields(stored.substr(txn::kRowTimestampBytes + 1), value);
}

void AppendBigEndian(uint32_t value, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

uint32_t BigEndianAt(std::string_view key, size_t position) {
  if (key.size() < position + 4) ThrowDamaged();
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(key[position + i]);
  return value;
}

}  // namespace

std::string EncodeRecord(const Relation& relation) { return Encode(relation); }
std::string EncodeRecord(const Schema& schema) { return Encode(schema); }
std::string EncodeRecord(const Type& type) { return Encode(type); }
std::string EncodeRecord(const SchemaObject& object) { return Encode(object); }
std::string EncodeRecord(const Role& role) { return Encode(role); }
std::string EncodeRecord(const Database& database) { return Encode(database); }
std::string EncodeRecord(const Dependency& dependency) { return Encode(dependency); }
std::string EncodeRecord(const RelationStatistics& statistics) { return Encode(statistics); }
std::string EncodeRecord(const TableStatistics& statistics) { return Encode(statistics); }

void DecodeRecord(std::string_view value, Relation* relation) { Decode(value, relation); }
void DecodeRecord(std::string_view value, Schema* schema) { Decode(value, schema); }
void DecodeRecord(std::string_view value, Type* type) { Decode(value, type); }
void DecodeRecord(std::string_view value, SchemaObject* object) { Decode(value, object); }
void DecodeRecord(std::string_view value, Role* role) { Decode(value, role); }
void DecodeRecord(std::string_view value, Database* database) { Decode(value, database); }
void DecodeRecord(std::string_view value, Dependency* dependency) { Decode(value, dependency); }
void DecodeRecord(std::string_view value, RelationStatistics* statistics) {
  Decode(value, statistics);
}
void DecodeRecord(std::string_view value, TableStatistics* statistics) {
  Decode(value, statistics);
}

std::string EncodeTombstone() { return std::string(txn::kRowTimestampBytes, '\0'); }
bool IsSchemaObjectClass(Oid object_class) {
  switch (object_class) {
    case kProcClass:
    case kCastClass:
    case kConversionClass:
    case kDescriptionClass:
    case kOperatorClassClass:
    case kOperatorFamilyClass:
    case kOperatorClass:
    case kExtendedStatisticsClass:
    case kCollationClass:
    case kTextSearchDictionaryClass:
    case kTextSearchParserClass:
    case kTextSearchConfigurationClass:
    case kTextSearchTemplateClass: return true;
    default: return false;
  }
}

bool IsTombstone(std::string_view value) { return value.size() == txn::kRowTimestampBytes; }

std::string TenantPrefix(TenantId tenant) {
  std::string key;
  AppendBigEndian(tenant.value, key);
  return key;
}

std::string StoragePrefix(TenantId tenant, StorageId storage) {
  std::string key = TenantPrefix(tenant);
  AppendBigEndian(storage.value, key);
  return key;
}

std::string ClassPrefix(TenantId tenant, Oid object_class) {
  std::string key = StoragePrefix(tenant, kCatalogStorage);
  AppendBigEndian(object_class, key);
  return key;
}

std::string ObjectKey(TenantId tenant, Oid object_class, Oid object) {
  std::string key = ClassPrefix(tenant, object_class);
  AppendBigEndian(object, key);
  return key;
}

std::string DependencyKey(TenantId tenant, const Dependency& d) {
  std::string key = ObjectKey(tenant, kDependencyClass, d.dependent);
  AppendBigEndian(d.dependent_class, key);
  AppendBigEndian(static_cast<uint32_t>(d.dependent_sub), key);
  AppendBigEndian(d.referenced_class, key);
  AppendBigEndian(d.referenced, key);
  AppendBigEndian(static_cast<uint32_t>(d.referenced_sub), key);
  key.push_back(d.type);
  return key;
}

std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && static_cast<uint8_t>(prefix.back()) == 0xFF) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<uint8_t>(prefix.back()) + 1);
  return prefix;
}

Oid KeyClass(std::string_view key) { return BigEndianAt(key, 8); }
Oid KeyObject(std::string_view key) { return BigEndianAt(key, 12); }

}  // namespace grizzly::catalog
