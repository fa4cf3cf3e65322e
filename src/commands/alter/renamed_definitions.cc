#include "commands/alter/renamed_definitions.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "catalog/inheritance.h"
#include "catalog/record.h"
#include "catalog/schema_object.h"
#include "commands/definitions.h"
#include "commands/evaluation.h"
#include "commands/object/extended_statistics.h"
#include "commands/relation_lookup.h"
#include "commands/view/view_text.h"
#include "types/type_io.h"

namespace grizzly::commands {
namespace {

using catalog::Definition;
using catalog::ObjectAddress;
using catalog::Relation;
using catalog::RelationPtr;
using planner::ExpressionPlace;

class Rewriting {
 public:
  Rewriting(CommandInput& input, const catalog::SnapshotPtr& before)
      : input_(input), before_(before), binder_(MakeBinderInput(input)) {
    binder_.catalog = before;
    binder_.notice = nullptr;
    writer_.shared = &input.shared;
    writer_.search_path = &only_built_in_;
    writer_.current_role = input.current_role;
  }

  void Collect(const ObjectAddress& renamed) {
    CollectDependents(renamed);
    if (renamed.object_class == catalog::kTypeClass) return CollectArray(renamed.object);
    if (renamed.object_class != catalog::kRelationClass) return;
    if (renamed.sub != 0) columns_.push_back(renamed);
    const RelationPtr relation = before_->FindRelation(renamed.object);
    if (relation == nullptr) return;
    relations_.insert(relation->oid);
    if (renamed.sub != 0 || relation->row_type == kInvalidOid) return;
    CollectDependents({catalog::kTypeClass, relation->row_type});
    CollectArray(relation->row_type);
  }

  void Run() {
    for (const Oid oid : relations_) RewriteRelation(oid);
    for (const Oid oid : domains_) RewriteDomain(oid);
    for (const Oid oid : statistics_) RewriteStatistics(oid);
  }

 private:
  void CollectArray(Oid type) {
    const auto found = before_->FindType(type);
    if (found != nullptr && found->array != kInvalidOid) CollectDependents({catalog::kTypeClass, found->array});
  }

  void CollectDependents(const ObjectAddress& renamed) {
    for (const catalog::Dependency& edge : before_->DependentsOn(renamed.object_class, renamed.object)) {
      if (renamed.sub == 0 || edge.referenced_sub == renamed.sub) {
        AddHolder({edge.dependent_class, edge.dependent});
      }
    }
  }

  void AddHolder(const ObjectAddress& dependent) {
    switch (dependent.object_class) {
      case catalog::kRelationClass: relations_.insert(dependent.object); return;
      case catalog::kTypeClass:
        if (before_->KindOf(dependent.object) == 'd') domains_.insert(dependent.object);
        return;
      case catalog::kExtendedStatisticsClass: statistics_.insert(dependent.object); return;
      case catalog::kDefaultClass:
      case catalog::kConstraintClass:
        if (const RelationPtr table = catalog::OwningRelation(*before_, dependent)) {
          if (!IsKey(*table, dependent.object)) relations_.insert(table->oid);
        } else if (const auto domain = catalog::OwningDomain(*before_, dependent)) {
          domains_.insert(domain->oid);
        }
        return;
      default: return;
    }
  }

  // A constraint without a text.
  static bool IsKey(const Relation& table, Oid constraint) {
    return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const catalog::Constraint& own) {
      return own.oid == constraint && own.check.empty();
    });
  }

  // ---- expressions ----

  // Literals of enums are texts until they are read: they become values, whose labels may have changed.
  void ReadLabels(expr::ExprPtr& bound) {
    expr::RewriteTree(bound, [&](expr::ExprPtr& node) {
      if (node->kind != expr::ExprKind::kIoCast) return;
      const auto type = before_->FindType(node->type.oid);
      if (type == nullptr) return;
      const bool is_array = type->category == 'A' && before_->KindOf(type->element) == 'e';
      const auto& cast = static_cast<const expr::ListExpr&>(*node);
      if ((type->typtype != 'e' && !is_array) || cast.children[0]->kind != expr::ExprKind::kConst) return;
      const auto& text = static_cast<const expr::ConstExpr&>(*cast.children[0]);
      if (text.value.is_null()) return;
      const int location = node->location;
      Arena arena;
      const types::Datum value = cast.to_io->Input(text.value.AsString(), types::kNoTypmod, input_.io, arena);
      node = std::make_unique<expr::ConstExpr>(node->type, value);
      node->location = location;
    });
  }

  // Throws what binding throws.
  std::string Written(const Definition& definition, const Relation* was, const Relation* is,
                      ExpressionPlace place, const catalog::Column* assigned) {
    const catalog::SearchPath path = catalog::SearchPath::OfSchemas(definition.search_path, kInvalidOid);
    binder_.search_path = &path;
    std::vector<expr::ColumnId> ids;
    if (was != nullptr) ids = AttributeIds(*was);
    expr::ExprPtr bound = planner::BindDefinition(definition, was, ids, place, binder_);
    if (assigned != nullptr && before_->KindOf(assigned->type.oid) == 'c') {
      bound = planner::CoerceForAssignment(std::move(bound), assigned->type, assigned->name, binder_);
    }
    return TextOfBound(std::move(bound), is);
  }

  std::string TextOfBound(expr::ExprPtr bound, const Relation* is) {
    ReadLabels(bound);
    writer_.catalog = input_.editor.Current();
    return BoundExpressionText(writer_, *bound, is);
  }

  // `assigned`: the column whose default it is.
  void Rewrite(Definition* definition, const Relation* was, const Relation* is, ExpressionPlace place,
               const catalog::Column* assigned = nullptr) {
    if (definition->empty()) return;
    Try([&] { definition->sql = Written(*definition, was, is, place, assigned); });
  }

  template <typename Work>
  static void Try(const Work& work) {
    try {
      work();
    } catch (const SqlError& error) {
      // What cannot be printed must not lose its names; anything else was broken before.
      if (error.state() == SqlState::kFeatureNotSupported) throw;
    }
  }

  // ---- what holds them ----

  void RewriteRelation(Oid oid) {
    const RelationPtr was = before_->FindRelation(oid);
    const RelationPtr is = input_.editor.Current()->FindRelation(oid);
    if (was == nullptr || is == nullptr || is->sequence.has_value()) return;
    LockRelationByOid(input_, is->index.has_value() ? is->index->table : oid,
                      txn::RelationLockMode::kShareUpdateExclusive);
    Relation changed = *is;
    if (changed.view.has_value()) {
      Try([&] { RewriteView(*was, &*changed.view); });
    }
    if (changed.index.has_value()) RewriteIndex(&*changed.index);
    for (catalog::Column& column : changed.columns) {
      if (column.generated != '\0') {
        Rewrite(&column.default_value, was.get(), is.get(), ExpressionPlace::kGenerated);
      } else {
        Rewrite(&column.default_value, nullptr, nullptr, ExpressionPlace::kDefault, &column);
      }
    }
    for (catalog::Constraint& constraint : changed.constraints) {
      Rewrite(&constraint.check, was.get(), is.get(), ExpressionPlace::kCheck);
    }
    if (changed.partition_key.has_value()) {
      for (catalog::PartitionKey::Part& part : changed.partition_key->parts) {
        Rewrite(&part.expression, was.get(), is.get(), ExpressionPlace::kPartitionKey);
      }
    }
    input_.editor.PutRelation(std::move(changed));
    if (is->IsPartitioned()) RewriteBounds(*is);
  }

  // Bounds of partitions are texts, of enums the labels.
  void RewriteBounds(const Relation& table) {
    for (const RelationPtr& child : catalog::ChildrenOf(*input_.editor.Current(), table.oid)) {
      LockRelationByOid(input_, child->oid, txn::RelationLockMode::kShareUpdateExclusive);
      Relation partition = *Reread(input_, child->oid);
      if (!partition.partition_bound.has_value()) continue;
      const std::vector<catalog::PartitionKey::Part>& parts = table.partition_key->parts;
      for (auto& value : partition.partition_bound->list) RewriteValue(parts[0].type, &value);
      for (auto* side : {&partition.partition_bound->lower, &partition.partition_bound->upper}) {
        for (size_t i = 0; i < side->size(); ++i) RewriteValue(parts[i].type, &(*side)[i]);
      }
      input_.editor.PutRelation(std::move(partition));
    }
  }

  void RewriteValue(const types::SqlType& type, catalog::PartitionBound::Value* value) {
    if (type.oid < kFirstUserOid || value->kind != 'v') return;
    Arena arena;
    const types::Datum read = before_->FindTypeIo(type.oid)->Input(value->text, type.typmod, input_.io, arena);
    value->text.clear();
    input_.editor.Current()->FindTypeIo(type.oid)->Output(read, input_.io, value->text);
  }

  void RewriteIndex(catalog::IndexDefinition* index) {
    const RelationPtr was = before_->FindRelation(index->table);
    const RelationPtr is = input_.editor.Current()->FindRelation(index->table);
    for (catalog::IndexDefinition::Part& part : index->parts) {
      Rewrite(&part.expression, was.get(), is.get(), ExpressionPlace::kIndexPart);
    }
    Rewrite(&index->predicate, was.get(), is.get(), ExpressionPlace::kIndexPredicate);
  }

  void RewriteView(const Relation& was, catalog::ViewDefinition* view) {
    QueryRewriting rewriting;
    rewriting.binder = binder_;
    rewriting.view = &*was.view;
    rewriting.columns = columns_;
    rewriting.after = input_.editor.Current();
    rewriting.rewrite = [this](expr::ExprPtr& bound) { ReadLabels(bound); };
    view->query.sql = RewriteQuery(rewriting);
  }

  void RewriteDomain(Oid oid) {
    const auto found = input_.editor.Current()->FindType(oid);
    if (found == nullptr) return;
    catalog::Type domain = *found;
    Rewrite(&domain.default_value, nullptr, nullptr, ExpressionPlace::kDefault);
    for (catalog::Constraint& check : domain.checks) {
      Try([&] {
        const catalog::SearchPath path = catalog::SearchPath::OfSchemas(check.check.search_path, kInvalidOid);
        binder_.search_path = &path;
        check.check.sql =
            TextOfBound(planner::BindDomainCondition(check.check, domain.base, binder_), nullptr);
      });
    }
    input_.editor.PutType(std::move(domain));
  }

  void RewriteStatistics(Oid oid) {
    const auto found = catalog::ObjectsOf(*input_.editor.Current())
                           .FindObject(catalog::kExtendedStatisticsClass, oid);
    if (found == nullptr) return;
    catalog::SchemaObject object = *found;
    ForEachStatisticsExpression(&object, [&](Oid table, std::string* text) {
      const RelationPtr was = before_->FindRelation(table);
      const RelationPtr is = input_.editor.Current()->FindRelation(table);
      if (was == nullptr || is == nullptr) return;
      Definition definition{*text, input_.search_path.schemas()};
      Rewrite(&definition, was.get(), is.get(), ExpressionPlace::kAlterUsing);
      *text = definition.sql;
    });
    catalog::ObjectEditorOf(input_.editor).PutObject(std::move(object));
  }

  CommandInput& input_;
  const catalog::SnapshotPtr before_;
  planner::BinderInput binder_;
  const catalog::SearchPath only_built_in_;
  DefinitionInput writer_;
  std::vector<ObjectAddress> columns_;
  std::set<Oid> relations_, domains_, statistics_;
};

}  // namespace

void RewriteDefinitions(CommandInput& input, const catalog::SnapshotPtr& before,
                        std::span<const ObjectAddress> renamed) {
  Rewriting rewriting(input, before);
  for (const ObjectAddress& object : renamed) rewriting.Collect(object);
  rewriting.Run();
}

void RewriteDefinitionsOfSchema(CommandInput& input, const catalog::SnapshotPtr& before, Oid schema) {
  Rewriting rewriting(input, before);
  rewriting.Collect({catalog::kSchemaClass, schema});
  before->ForEachRelation([&](const RelationPtr& relation) {
    if (relation->schema == schema) rewriting.Collect({catalog::kRelationClass, relation->oid});
  });
  before->ForEachType([&](const catalog::Type& type) {
    if (type.schema == schema) rewriting.Collect({catalog::kTypeClass, type.oid});
  });
  catalog::ObjectsOf(*before).ForEachObjectOfAnyClass([&](const catalog::SchemaObject& object) {
    if (object.schema == schema) rewriting.Collect({object.object_class, object.oid});
  });
  rewriting.Run();
}

}  // namespace grizzly::commands
