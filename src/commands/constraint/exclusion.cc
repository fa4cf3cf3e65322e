#include "commands/constraint/exclusion.h"

#include <algorithm>

#include "catalog/error_fields.h"
#include "catalog/inheritance.h"
#include "catalog/name_choice.h"
#include "commands/evaluation.h"
#include "commands/index/define_index.h"
#include "commands/relation_lookup.h"
#include "commands/table/row_rules.h"
#include "commands/table/stored_rows.h"
#include "commands/type/type_parts.h"
#include "executor/constraint/exclusion_search.h"
#include "facts/access_methods.h"
#include "facts/operators.h"
#include "planner/physical/constraint_rules.h"
#include "types/type_name.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;
using planner::ExpressionPlace;

const facts::AccessMethodFact& RequireMethod(const std::string& name) {
  const facts::AccessMethodFact* method = facts::FindAccessMethodByName(name);
  if (method == nullptr || method->amtype != 'i') {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("access method \"{}\" does not exist", name));
  }
  if (method->oid == facts::kGinMethodOid || method->oid == facts::kBrinMethodOid) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("access method \"{}\" does not support exclusion constraints",
                               name));
  }
  return *method;
}

Oid ChooseOpclass(CommandInput& input, const facts::AccessMethodFact& method,
                  const PgQuery__IndexElem& element, const types::SqlType& type) {
  if (element.n_opclass > 0) {
    const QualifiedName name =
        QualifiedNameOf(StringsOf(ListOf(element.opclass, element.n_opclass)));
    const facts::OpclassFact* opclass = facts::FindOpclassByName(method.oid, name.name);
    if (opclass != nullptr) return opclass->oid;
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("operator class \"{}\" does not exist for access method \"{}\"",
                               name.name, method.amname));
  }
  const facts::OpclassFact* opclass = facts::DefaultOpclass(
      method.oid, OpclassInputType(*input.editor.Current(), type.oid));
  if (opclass != nullptr) return opclass->oid;
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("data type {} has no default operator class for access method \"{}\"",
                             input.services->FormatType(type.oid, types::kNoTypmod),
                             method.amname))
      .Hint("You must specify an operator class for the index or define a default operator class "
            "for the data type.");
}

std::string OperatorText(CommandInput& input, const facts::OperatorFact& fact) {
  return fmt::format("{}({},{})", fact.oprname,
                     input.services->FormatType(fact.oprleft, types::kNoTypmod),
                     input.services->FormatType(fact.oprright, types::kNoTypmod));
}

// The operator over two values of the part's type, which the index's class must know.
Oid ChooseOperator(CommandInput& input, const std::vector<std::string>& name,
                   const types::SqlType& type, const facts::OpclassFact& opclass) {
  const facts::OperatorFact* fact = facts::FindOperator(name.back(), type.oid, type.oid);
  if (fact == nullptr) {
    fact = facts::FindOperator(name.back(), opclass.opcintype, opclass.opcintype);
  }
  if (fact == nullptr) {
    const std::string type_name = input.services->FormatType(type.oid, types::kNoTypmod);
    throw SqlError(SqlState::kUndefinedFunction,
                   fmt::format("operator does not exist: {} {} {}", type_name, name.back(),
                               type_name))
        .Hint("No operator matches the given name and argument types. You might need to add "
              "explicit type casts.");
  }
  if (fact->oprcom != fact->oid) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("operator {} is not commutative", OperatorText(input, *fact)))
        .Detail("Only commutative operators can be used in exclusion constraints.");
  }
  for (const facts::AmopFact* amop : facts::FindAmopsOfOperator(fact->oid)) {
    if (amop->amopfamily == opclass.opcfamily && amop->amoppurpose == 's') return fact->oid;
  }
  throw SqlError(SqlState::kWrongObjectType,
                 fmt::format("operator {} is not a member of operator family \"{}\"",
                             OperatorText(input, *fact),
                             facts::FindOpfamily(opclass.opcfamily)->opfname))
      .Detail("The exclusion operator must be related to the index operator class for the "
              "constraint.");
}

// Sets column or expression, type and collation; returns the name PostgreSQL gives the part.
std::string ReadSubject(CommandInput& input, const Relation& table,
                        const PgQuery__IndexElem& element, IndexRequest* request,
                        catalog::IndexDefinition::Part* part) {
  const std::string name(TextOf(element.name));
  if (!name.empty()) {
    const catalog::Column* column = table.FindColumn(name);
    if (column == nullptr) {
      throw SqlError(SqlState::kUndefinedColumn,
                     fmt::format("column \"{}\" named in key does not exist", name));
    }
    *part = PartOfColumn(*column);
    return name;
  }
  const std::vector<expr::ColumnId> ids = AttributeIds(table);
  const expr::ExprPtr bound = planner::BindTableExpression(
      *element.expr, &table, ids, ExpressionPlace::kIndexPart, MakeBinderInput(input));
  const std::vector<AttributeNumber> mentioned = MentionedColumns(*bound);
  if (bound->kind == expr::ExprKind::kColumn && mentioned.size() == 1 && mentioned[0] > 0) {
    const catalog::Column& column = table.columns[mentioned[0] - 1];  // (a) is a
    *part = PartOfColumn(column);
    part->collation = bound->type.collation;
    return column.name;
  }
  part->expression = MakeDefinition(input, *element.expr);
  part->type = bound->type;
  part->collation = bound->type.collation;
  request->mentioned.insert(request->mentioned.end(), mentioned.begin(), mentioned.end());
  if (element.expr->node_case != PG_QUERY__NODE__NODE_FUNC_CALL) return "";
  const PgQuery__FuncCall& call = *element.expr->func_call;
  return std::string(StringOf(call.funcname[call.n_funcname - 1]));
}

IndexRequest ReadRequest(CommandInput& input, const Relation& table,
                         const ExclusionElement& element) {
  IndexRequest request;
  request.is_constraint = true;
  request.options = element.options;
  request.timing = element.timing;
  request.access_method = element.access_method.empty() ? "btree" : element.access_method;
  const facts::AccessMethodFact& method = RequireMethod(request.access_method);
  std::vector<std::string> names;
  for (const ExclusionElement::Part& written : element.parts) {
    catalog::IndexDefinition::Part part;
    names.push_back(ReadSubject(input, table, *written.element, &request, &part));
    part.opclass = ChooseOpclass(input, method, *written.element, part.type);
    request.exclusion_operators.push_back(ChooseOperator(
        input, written.operator_name, part.type, *facts::FindOpclass(part.opclass)));
    request.parts.push_back(std::move(part));
  }
  request.part_names = catalog::ChooseIndexColumnNames(names);
  for (const std::string& name : element.include) {
    request.include.push_back(RequireColumn(table, name).attnum);
  }
  if (element.predicate != nullptr) {
    const std::vector<expr::ColumnId> ids = AttributeIds(table);
    const expr::ExprPtr bound = planner::BindTableExpression(
        *element.predicate, &table, ids, ExpressionPlace::kIndexPredicate, MakeBinderInput(input));
    request.predicate = MakeDefinition(input, *element.predicate);
    for (const AttributeNumber attnum : MentionedColumns(*bound)) {
      request.mentioned.push_back(attnum);
    }
  }
  request.name = element.name;
  if (request.name.empty()) {
    catalog::NameChooser chooser(*input.editor.Current(), table.schema);
    std::string joined;
    for (const std::string& name : request.part_names) {
      joined += (joined.empty() ? "" : "_") + name;
    }
    request.name = chooser.Relation(table.name, joined, "excl", true);
  }
  return request;
}

// Compares every row with the others.
void CheckRows(CommandInput& input, const RelationPtr& table, Oid index_oid) {
  CommandExecution execution(input);
  const plan::RowRules rules = MakeRowRules(input, table);
  plan::IndexRulePtr rule;
  for (const plan::IndexRulePtr& candidate : rules.index_rules) {
    if (candidate->index->oid == index_oid) rule = candidate;
  }
  for (const plan::RowRules::Index& index : rules.indexes) {
    if (index.index->oid != index_oid) continue;
    executor::ExclusionSearch search(rule, index, execution.context());
    StoredRows stored(input, *table);
    while (const types::Batch* rows = stored.Next()) {
      for (uint32_t row = 0; row < rows->row_count(); ++row) {
        const auto other = search.Find(*rows, row, stored.suffix(row));
        if (!other.has_value()) continue;
        throw catalog::OfConstraint(
            SqlError(SqlState::kExclusionViolation,
                     fmt::format("could not create exclusion constraint \"{}\"", rule->name))
                .Detail(fmt::format("Key {} conflicts with key {}.", search.Describe(*rows, row),
                                    search.DescribeStored(*other))),
            *input.editor.Current(), *table, rule->name);
      }
    }
  }
}

}  // namespace

RelationPtr AddExclusion(CommandInput& input, const RelationPtr& table,
                         const ExclusionElement& element, bool is_new_table) {
  if (table->IsPartitioned()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot create exclusion constraints on partitioned table \"{}\"",
                               table->name));
  }
  const RelationPtr after =
      DefineIndex(input, table, ReadRequest(input, *table, element), is_new_table);
  if (!is_new_table) CheckRows(input, after, after->indexes.back());
  return after;
}

}  // namespace grizzly::commands
