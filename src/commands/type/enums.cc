#include "commands/type/enums.h"

#include <algorithm>

#include "catalog/name_choice.h"
#include "catalog/record.h"
#include "commands/alter/renamed_definitions.h"
#include "commands/type/type_parts.h"

namespace grizzly::commands {
namespace {

using Label = catalog::Type::EnumLabel;

// Codes of labels made one after the other lie this far apart; between two neighbours new ones take the
// middle, so that forty fit in the same gap at worst. No code ever changes: rows and keys hold them.
constexpr int64_t kCodeStep = int64_t{1} << 40;
constexpr size_t kLabelsMax = size_t{1} << 21;

void CheckLabel(std::string_view label) {
  if (label.size() <= catalog::kNameBytesMax) return;
  throw SqlError(SqlState::kInvalidName, fmt::format("invalid enum label \"{}\"", label))
      .Detail(fmt::format("Labels must be {} bytes or less.", catalog::kNameBytesMax));
}

std::vector<Label>::iterator FindLabel(std::vector<Label>& labels, std::string_view name) {
  return std::find_if(labels.begin(), labels.end(),
                      [&](const Label& label) { return label.label == name; });
}

[[noreturn]] void ThrowNoLabel(std::string_view name) {
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("\"{}\" is not an existing enum label", name));
}

// The place in the order, as pg_enum shows it; every label is numbered anew when floats run out.
void SetSortOrder(std::vector<Label>& labels, size_t at) {
  if (at + 1 == labels.size()) {
    labels[at].sort_order = at == 0 ? 1 : labels[at - 1].sort_order + 1;
    return;
  }
  if (at == 0) {
    labels[at].sort_order = labels[1].sort_order - 1;
    return;
  }
  const float below = labels[at - 1].sort_order;
  const float above = labels[at + 1].sort_order;
  const float middle = (below + above) / 2;
  labels[at].sort_order = middle;
  if (middle != below && middle != above) return;
  for (size_t i = 0; i < labels.size(); ++i) labels[i].sort_order = static_cast<float>(i + 1);
}

void SetCode(std::vector<Label>& labels, size_t at, std::string_view type) {
  if (labels.size() > kLabelsMax) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   fmt::format("enum {} cannot have more than {} labels", type, kLabelsMax));
  }
  if (at + 1 == labels.size()) {
    labels[at].code = at == 0 ? 0 : labels[at - 1].code + kCodeStep;
  } else if (at == 0) {
    labels[at].code = labels[1].code - kCodeStep;
  } else {
    const int64_t below = labels[at - 1].code;
    labels[at].code = below + (labels[at + 1].code - below) / 2;
    if (labels[at].code == below) {
      throw SqlError(SqlState::kProgramLimitExceeded,
                     fmt::format("no more labels fit between \"{}\" and \"{}\" of enum {}",
                                 labels[at - 1].label, labels[at + 1].label, type));
    }
  }
}

void AddLabel(CommandInput& input, std::vector<Label>& labels, size_t at, std::string name,
              std::string_view type, bool is_new) {
  Label label;
  label.oid = input.editor.NewOid();
  label.label = std::move(name);
  label.is_new = is_new;
  labels.insert(labels.begin() + static_cast<std::ptrdiff_t>(at), std::move(label));
  SetSortOrder(labels, at);
  SetCode(labels, at, type);
}

void AddValue(CommandInput& input, const PgQuery__AlterEnumStmt& statement, catalog::Type type) {
  const std::string name(TextOf(statement.new_val));
  CheckLabel(name);
  if (FindLabel(type.labels, name) != type.labels.end()) {
    const std::string message = fmt::format("enum label \"{}\" already exists", name);
    if (!statement.skip_if_new_val_exists) throw SqlError(SqlState::kDuplicateObject, message);
    return SendNotice(input, message + ", skipping", "", Severity::kNotice,
                      SqlState::kDuplicateObject);
  }
  size_t at = type.labels.size();
  if (const std::string_view neighbor = TextOf(statement.new_val_neighbor); !neighbor.empty()) {
    const auto found = FindLabel(type.labels, neighbor);
    if (found == type.labels.end()) ThrowNoLabel(neighbor);
    at = static_cast<size_t>(found - type.labels.begin()) + (statement.new_val_is_after ? 1 : 0);
  }
  // Before the commit, others could meet the label in rows and not know it.
  AddLabel(input, type.labels, at, name, type.name, /*is_new=*/true);
  input.editor.PutType(std::move(type));
}

void RenameValue(CommandInput& input, const PgQuery__AlterEnumStmt& statement,
                 catalog::Type type) {
  const std::string name(TextOf(statement.new_val));
  CheckLabel(name);
  const auto found = FindLabel(type.labels, TextOf(statement.old_val));
  if (found == type.labels.end()) ThrowNoLabel(TextOf(statement.old_val));
  if (FindLabel(type.labels, name) != type.labels.end()) {
    throw SqlError(SqlState::kDuplicateObject,
                   fmt::format("enum label \"{}\" already exists", name));
  }
  found->label = name;
  const catalog::SnapshotPtr before = input.editor.Current();
  const catalog::ObjectAddress changed[] = {{catalog::kTypeClass, type.oid}};
  input.editor.PutType(std::move(type));
  RewriteDefinitions(input, before, changed);
}

}  // namespace

std::string CreateEnum(const PgQuery__CreateEnumStmt& statement, CommandInput& input) {
  const CreationTarget target =
      LockNewTypeName(input, StringsOf(ListOf(statement.type_name, statement.n_type_name)));
  catalog::Type type;
  type.oid = input.editor.NewOid();
  type.schema = target.schema;
  type.name = target.name;
  type.owner = input.current_role;
  type.typtype = 'e';
  type.category = 'E';
  type.length = 4;
  type.physical = types::PhysicalType::kInt64;
  for (const ast::Node* node : ListOf(statement.vals, statement.n_vals)) {
    std::string name(StringOf(node));
    CheckLabel(name);
    if (FindLabel(type.labels, name) != type.labels.end()) {
      throw SqlError(SqlState::kUniqueViolation,
                     "duplicate key value violates unique constraint \"pg_enum_typid_label_index\"")
          .Detail(fmt::format("Key (enumtypid, enumlabel)=({}, {}) already exists.", type.oid, name))
          .Schema("pg_catalog")
          .Table("pg_enum")
          .Constraint("pg_enum_typid_label_index");
    }
    AddLabel(input, type.labels, type.labels.size(), std::move(name), type.name, false);
  }
  PutTypeWithArray(input, std::move(type));
  return "CREATE TYPE";
}

std::string AlterEnum(const PgQuery__AlterEnumStmt& statement, CommandInput& input) {
  const TypePtr type =
      RequireTypeToChange(input, StringsOf(ListOf(statement.type_name, statement.n_type_name)));
  if (type->typtype != 'e') {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("{} is not an enum", TypeText(input, type->oid)));
  }
  RequireTypeOwner(input, *type);
  if (TextOf(statement.old_val).empty()) {
    AddValue(input, statement, *type);
  } else {
    RenameValue(input, statement, *type);
  }
  return "ALTER TYPE";
}

}  // namespace grizzly::commands
