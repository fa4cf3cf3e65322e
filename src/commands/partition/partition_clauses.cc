#include "commands/partition/partition_clauses.h"

#include <algorithm>

#include "catalog/partition_map.h"
#include "catalog/partition_text.h"
#include "commands/ast_read.h"
#include "commands/evaluation.h"
#include "commands/table/table_elements.h"
#include "commands/type/type_parts.h"
#include "facts/access_methods.h"
#include "types/collation.h"

namespace grizzly::commands {
namespace {

using catalog::PartitionBound;
using catalog::PartitionKey;
using catalog::Relation;

constexpr std::string_view kSystemColumns[] = {"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};
constexpr size_t kKeyPartsMax = 32;

char StrategyOf(const PgQuery__PartitionSpec& spec) {
  std::string name(TextOf(spec.strategy));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  if (name == "list") return 'l';
  if (name == "range") return 'r';
  if (name == "hash") return 'h';
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("unrecognized partitioning strategy \"{}\"", TextOf(spec.strategy)));
}

void ReadKeyColumn(const PgQuery__PartitionElem& element, const Relation& table,
                   PartitionKey::Part* part) {
  const std::string_view name = TextOf(element.name);
  if (std::find(std::begin(kSystemColumns), std::end(kSystemColumns), name) !=
      std::end(kSystemColumns)) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("cannot use system column \"{}\" in partition key", name))
        .At(element.location);
  }
  const catalog::Column* column = table.FindColumn(name);
  if (column == nullptr) {
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("column \"{}\" named in partition key does not exist", name))
        .At(element.location);
  }
  if (column->generated != '\0') {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   "cannot use generated column in partition key")
        .Detail(fmt::format("Column \"{}\" is a generated column.", name))
        .At(element.location);
  }
  part->column = column->attnum;
  part->type = column->type;
  part->collation = part->type.collation;
}

void ReadKeyExpression(CommandInput& input, const PgQuery__PartitionElem& element,
                       const Relation& table, PartitionKey::Part* part) {
  const std::vector<expr::ColumnId> ids = AttributeIds(table);
  const expr::ExprPtr bound =
      planner::BindTableExpression(*element.expr, &table, ids,
                                   planner::ExpressionPlace::kPartitionKey, MakeBinderInput(input));
  const std::vector<AttributeNumber> mentioned = MentionedColumns(*bound);
  if (mentioned.empty()) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   "cannot use constant expression as partition key");
  }
  for (const AttributeNumber attnum : mentioned) {
    const catalog::Column& column = table.columns[attnum - 1];
    if (column.generated == '\0') continue;
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   "cannot use generated column in partition key")
        .Detail(fmt::format("Column \"{}\" is a generated column.", column.name))
        .At(element.location);
  }
  // A column in parentheses is that column.
  if (bound->kind == expr::ExprKind::kColumn) part->column = mentioned.front();
  part->type = bound->type;
  part->collation = part->type.collation;
  if (part->column != 0) return;
  if (element.expr->node_case != PG_QUERY__NODE__NODE_COLLATE_CLAUSE) {
    part->expression = MakeDefinition(input, *element.expr);
    return;
  }
  // The collation is the part's, not the expression's.
  part->type = static_cast<const expr::ListExpr&>(*bound).children[0]->type;
  part->expression = MakeDefinition(input, *element.expr->collate_clause->arg);
}

void ReadCollation(CommandInput& input, const PgQuery__PartitionElem& element,
                   PartitionKey::Part* part) {
  if (element.n_collation == 0) return;
  if (part->collation == kInvalidOid) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("collations are not supported by type {}",
                               input.services->FormatType(part->type.oid, types::kNoTypmod)));
  }
  part->collation = RequireCollation(input, ListOf(element.collation, element.n_collation), -1);
}

// Rows are put by the hash of their bytes.
void RefuseHashedTexts(const PartitionKey::Part& part, char strategy) {
  if (strategy == 'h' && !types::IsDeterministic(part.collation)) {
    ThrowNotSupported("hash partitioning under a nondeterministic collation");
  }
}

void ReadOpclass(CommandInput& input, const PgQuery__PartitionElem& element, char strategy,
                 PartitionKey::Part* part) {
  const bool hashes = strategy == 'h';
  const Oid method = hashes ? facts::kHashMethodOid : facts::kBtreeMethodOid;
  const std::string_view method_name = hashes ? "hash" : "btree";
  const std::string type = input.services->FormatType(part->type.oid, types::kNoTypmod);
  const facts::OpclassFact* usual = facts::DefaultOpclass(
      method, OpclassInputType(*input.editor.Current(), part->type.oid));
  if (element.n_opclass == 0) {
    if (usual == nullptr) {
      throw SqlError(SqlState::kUndefinedObject,
                     fmt::format("data type {} has no default operator class for access method "
                                 "\"{}\"",
                                 type, method_name))
          .Hint(fmt::format("You must specify a {0} operator class or define a default {0} operator "
                            "class for the data type.",
                            method_name));
    }
    part->opclass = usual->oid;
    return;
  }
  const QualifiedName name = QualifiedNameOf(StringsOf(ListOf(element.opclass, element.n_opclass)));
  const facts::OpclassFact* found = facts::FindOpclassByName(method, name.name);
  if (found == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("operator class \"{}\" does not exist for access method \"{}\"",
                               name.name, method_name));
  }
  if (usual == nullptr || usual->opcintype != found->opcintype) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("operator class \"{}\" does not accept data type {}", name.name,
                               type));
  }
  if (usual->opcfamily != found->opcfamily) {
    ThrowNotSupported("operator class " + name.name + " in a partition key");
  }
  part->opclass = found->oid;
}

// ---- bounds ----

[[noreturn]] void ThrowBound(std::string message, int location = -1) {
  throw SqlError(SqlState::kInvalidTableDefinition, std::move(message)).At(location);
}

std::string PartName(const Relation& parent, size_t part) {
  const PartitionKey::Part& key = parent.partition_key->parts[part];
  if (key.column != 0) return parent.columns[key.column - 1].name;
  return key.expression.sql;
}

// A bound's expression, evaluated now, in the key part's type.
PartitionBound::Value ReadValue(CommandInput& input, const Relation& parent, size_t part,
                                const ast::Node& node, int* at) {
  const PartitionKey::Part& key = parent.partition_key->parts[part];
  const planner::BinderInput binder = MakeBinderInput(input);
  expr::ExprPtr bound = planner::BindTableExpression(
      node, nullptr, {}, planner::ExpressionPlace::kPartitionBound, binder);
  const int location = bound->location;
  *at = location;
  try {
    bound = planner::CoerceForAssignment(std::move(bound), key.type, "partition key", binder);
  } catch (const SqlError& error) {
    if (error.state() != SqlState::kDatatypeMismatch) throw;
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("specified value cannot be cast to type {} for column \"{}\"",
                               input.services->FormatType(key.type.oid, key.type.typmod),
                               PartName(parent, part)))
        .At(location);
  }
  CommandExecution execution(input);
  expr::Evaluator evaluator(*bound, execution.evaluation());
  const types::Datum datum = evaluator.EvaluateScalar();
  PartitionBound::Value value;
  if (datum.is_null()) {
    value.kind = 'n';
    return value;
  }
  const types::TypeIo* io = input.editor.Current()->FindTypeIo(key.type.oid);
  io->Output(datum, types::IoSettings(), value.text);
  return value;
}

std::vector<PartitionBound::Value> ReadRangeSide(CommandInput& input, const Relation& parent,
                                                 std::span<ast::Node* const> nodes,
                                                 std::vector<int>* locations) {
  std::vector<PartitionBound::Value> values;
  for (size_t i = 0; i < nodes.size(); ++i) {
    PartitionBound::Value value;
    int location = -1;
    // MINVALUE and MAXVALUE are column names to the grammar.
    const PgQuery__ColumnRef* name =
        nodes[i]->node_case == PG_QUERY__NODE__NODE_COLUMN_REF && nodes[i]->column_ref->n_fields == 1
            ? nodes[i]->column_ref
            : nullptr;
    const std::string_view word = name == nullptr ? "" : StringOf(name->fields[0]);
    if (word == "minvalue" || word == "maxvalue") {
      value.kind = word == "minvalue" ? '<' : '>';
      location = name->location;
    } else {
      value = ReadValue(input, parent, i, *nodes[i], &location);
    }
    locations->push_back(location);
    if (value.kind == 'n') {
      throw SqlError(SqlState::kInvalidObjectDefinition, "cannot specify NULL in range bound");
    }
    const char before = values.empty() ? 'v' : values.back().kind;
    if (before != 'v' && before != value.kind) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("every bound following {0} must also be {0}",
                                 before == '<' ? "MINVALUE" : "MAXVALUE"))
          .At(location);
    }
    values.push_back(std::move(value));
  }
  return values;
}

void ReadHashBound(const PgQuery__PartitionBoundSpec& spec, PartitionBound* bound) {
  if (TextOf(spec.strategy) != "h") {
    ThrowBound("invalid bound specification for a hash partition", spec.location);
  }
  if (spec.modulus <= 0) {
    ThrowBound("modulus for hash partition must be an integer value greater than zero");
  }
  if (spec.remainder < 0) {
    ThrowBound(
        "remainder for hash partition must be an integer value greater than or equal to zero");
  }
  if (spec.remainder >= spec.modulus) {
    ThrowBound("remainder for hash partition must be less than modulus");
  }
  bound->modulus = spec.modulus;
  bound->remainder = spec.remainder;
}

void ReadListBound(CommandInput& input, const Relation& parent,
                   const PgQuery__PartitionBoundSpec& spec, PartitionBound* bound,
                   std::vector<int>* locations) {
  if (TextOf(spec.strategy) != "l") {
    ThrowBound("invalid bound specification for a list partition", spec.location);
  }
  for (const ast::Node* node : ListOf(spec.listdatums, spec.n_listdatums)) {
    int at = -1;
    PartitionBound::Value value = ReadValue(input, parent, 0, *node, &at);
    locations->push_back(at);
    const bool known = std::any_of(bound->list.begin(), bound->list.end(), [&](const auto& other) {
      return other.kind == value.kind && other.text == value.text;
    });
    if (!known) bound->list.push_back(std::move(value));
  }
}

void ReadRangeBound(CommandInput& input, const Relation& parent,
                    const PgQuery__PartitionBoundSpec& spec, PartitionBound* bound,
                    std::vector<int>* locations) {
  if (TextOf(spec.strategy) != "r") {
    ThrowBound("invalid bound specification for a range partition", spec.location);
  }
  const size_t parts = parent.partition_key->parts.size();
  if (spec.n_lowerdatums != parts) {
    ThrowBound("FROM must specify exactly one value per partitioning column");
  }
  if (spec.n_upperdatums != parts) {
    ThrowBound("TO must specify exactly one value per partitioning column");
  }
  std::vector<int> upper_locations;
  bound->lower =
      ReadRangeSide(input, parent, ListOf(spec.lowerdatums, spec.n_lowerdatums), locations);
  bound->upper =
      ReadRangeSide(input, parent, ListOf(spec.upperdatums, spec.n_upperdatums), &upper_locations);
}

// The part in which the bounds of a range differ; the last one when they do not.
size_t FirstDifference(const PartitionBound& bound) {
  size_t part = 0;
  while (part + 1 < bound.lower.size() && bound.lower[part].kind == bound.upper[part].kind &&
         bound.lower[part].text == bound.upper[part].text) {
    ++part;
  }
  return part;
}

}  // namespace

PartitionKey ReadPartitionKey(CommandInput& input, const PgQuery__PartitionSpec& spec,
                              const Relation& table) {
  PartitionKey key;
  key.strategy = StrategyOf(spec);
  if (key.strategy == 'l' && spec.n_part_params != 1) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   "cannot use \"list\" partition strategy with more than one column");
  }
  if (spec.n_part_params > kKeyPartsMax) {
    throw SqlError(SqlState::kTooManyColumns,
                   fmt::format("cannot partition using more than {} columns", kKeyPartsMax));
  }
  for (const ast::Node* node : ListOf(spec.part_params, spec.n_part_params)) {
    const PgQuery__PartitionElem& element = *node->partition_elem;
    PartitionKey::Part part;
    if (element.expr == nullptr) {
      ReadKeyColumn(element, table, &part);
    } else {
      ReadKeyExpression(input, element, table, &part);
    }
    ReadCollation(input, element, &part);
    RefuseHashedTexts(part, key.strategy);
    ReadOpclass(input, element, key.strategy, &part);
    key.parts.push_back(std::move(part));
  }
  return key;
}

PartitionBound ReadPartitionBound(CommandInput& input, const Relation& parent,
                                  const PgQuery__PartitionBoundSpec& spec,
                                  std::vector<int>* locations) {
  PartitionBound bound;
  const char strategy = parent.partition_key->strategy;
  if (spec.is_default) {
    if (strategy == 'h') ThrowBound("a hash-partitioned table may not have a default partition");
    bound.is_default = true;
    locations->push_back(spec.location);
    return bound;
  }
  switch (strategy) {
    case 'h': ReadHashBound(spec, &bound); break;
    case 'l': ReadListBound(input, parent, spec, &bound, locations); break;
    default: ReadRangeBound(input, parent, spec, &bound, locations);
  }
  if (locations->empty()) locations->push_back(spec.location);
  return bound;
}

void CheckNewBound(CommandInput& input, const Relation& parent, const std::string& name,
                   const PartitionBound& bound, const std::vector<int>& locations) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const catalog::PartitionMap map(*snapshot, parent);
  const catalog::PartitionKey& key = *parent.partition_key;
  if (key.strategy == 'h') {
    if (const auto conflict = map.FindModulusConflict(bound.modulus)) {
      throw SqlError(SqlState::kInvalidObjectDefinition,
                     "every hash partition modulus must be a factor of the next larger modulus")
          .Detail(fmt::format("The new modulus {} is not {} {}, the modulus of existing partition "
                              "\"{}\".",
                              bound.modulus,
                              conflict->other_is_larger ? "a factor of" : "divisible by",
                              conflict->other_modulus, conflict->partition->name));
    }
  }
  if (key.strategy == 'r' && !bound.is_default && map.IsEmptyRange(bound)) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("empty range bound specified for partition \"{}\"", name))
        .Detail(fmt::format(
            "Specified lower bound {} is greater than or equal to upper bound {}.",
            catalog::PartitionBoundValues(key, bound.lower),
            catalog::PartitionBoundValues(key, bound.upper)))
        .At(locations[FirstDifference(bound)]);
  }
  const int overlapped = map.FindOverlap(bound);
  if (overlapped < 0) return;
  const std::string& other = map.partition(overlapped)->name;
  throw SqlError(SqlState::kInvalidObjectDefinition,
                 bound.is_default
                     ? fmt::format("partition \"{}\" conflicts with existing default partition "
                                   "\"{}\"",
                                   name, other)
                     : fmt::format("partition \"{}\" would overlap partition \"{}\"", name, other))
      .At(locations.front());
}

}  // namespace grizzly::commands
