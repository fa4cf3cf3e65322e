#include "commands/index/concurrent_index.h"

#include <algorithm>

#include "catalog/name_choice.h"
#include "catalog/record.h"
#include "commands/beside_transaction.h"
#include "commands/drop/drop_closure.h"
#include "commands/index/concurrent_fill.h"
#include "commands/relation_lookup.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;
using txn::RelationLockMode;

// How far an index is.
struct IndexState {
  bool valid = false;
  bool ready = false;
  bool filling = false;
};

// The table's version grows, too: rules that others have made of it are not current any more.
void PutIndexState(CommandInput& input, Oid oid, const IndexState& state) {
  Relation index = *Reread(input, oid);
  index.index->valid = state.valid;
  index.index->ready = state.ready;
  index.index->filling = state.filling;
  const Oid table = index.index->table;
  input.editor.PutRelation(std::move(index));
  input.editor.PutRelation(*Reread(input, table));
}

void CommitIndexState(CommandInput& input, Oid oid, const IndexState& state) {
  BesideTransaction beside(input);
  PutIndexState(beside.input(), oid, state);
  beside.Commit();
}

// An index that is being filled; writers let it go should that fail.
class UnfinishedIndex {
 public:
  UnfinishedIndex(CommandInput& input, Oid oid) : input_(input), oid_(oid) {}
  ~UnfinishedIndex() {
    if (is_done_) return;
    try {
      BesideTransaction beside(input_, {.heeds_cancel = false, .is_synced = true});
      PutIndexState(beside.input(), oid_, {});
      beside.Commit();
    } catch (const SqlError&) {
      // The store has failed, and the statement's own error says so; the index is not valid either way.
    }
  }
  UnfinishedIndex(const UnfinishedIndex&) = delete;
  UnfinishedIndex& operator=(const UnfinishedIndex&) = delete;
  void Done() { is_done_ = true; }

 private:
  CommandInput& input_;
  const Oid oid_;
  bool is_done_ = false;
};

// From in the catalog to ready, and until a snapshot that could miss its entries is kept by nobody.
void FillAndAwait(CommandInput& input, Oid oid) {
  const RelationPtr index = Reread(input, oid);
  const RelationPtr table = Reread(input, index->index->table);
  UnfinishedIndex unfinished(input, oid);
  const auto await_writers = [&] {
    input.transaction.AwaitRelationHolders(input.tenant, table->oid, RelationLockMode::kShare);
  };
  await_writers();
  {
    ConcurrentFill fill(input, *table, index);
    fill.Load();
    await_writers();
    fill.Repair();
    fill.RequireUnique();
  }
  CommitIndexState(input, oid, {.valid = false, .ready = true, .filling = false});
  unfinished.Done();
  input.transaction.AwaitKeptSnapshots(input.tenant);
}

void AwaitUsers(CommandInput& input, const Relation& index) {
  input.transaction.AwaitRelationHolders(input.tenant, index.index->table,
                                         RelationLockMode::kAccessExclusive);
}

std::string NameBeside(CommandInput& input, const Relation& index, std::string_view label) {
  catalog::NameChooser chooser(*input.editor.Current(), index.schema);
  return chooser.Relation(index.name, "", label, /*backs_constraint=*/false);
}

// What expressions and predicate mention; the record of an index says the rest.
void CopyDependencies(CommandInput& input, Oid from, Oid to) {
  for (catalog::Dependency edge :
       input.editor.Current()->DependenciesOf(catalog::kRelationClass, from)) {
    if (edge.type == 'i' || edge.type == 'P' || edge.type == 'S') continue;
    edge.dependent = to;
    input.editor.AddDependency(edge);
  }
}

// An index like it, empty and kept up by writers.
Oid DefineCopy(CommandInput& input, Oid oid) {
  const RelationPtr index = Reread(input, oid);
  const RelationPtr table = Reread(input, index->index->table);
  Relation copy = *index;
  copy.oid = input.editor.NewOid();
  copy.name = NameBeside(input, *index, "ccnew");
  copy.storage = input.editor.NewStorage();
  copy.inherits.clear();
  copy.comment.clear();
  copy.index->index_id = IndexId{copy.storage.value};
  copy.index->primary = copy.index->clustered_on = copy.index->replica_identity = false;
  copy.index->valid = copy.index->ready = false;
  copy.index->filling = true;
  LockChosenName(input, copy.schema, copy.name);
  const Oid made = copy.oid;
  input.editor.PutRelation(std::move(copy));
  Relation changed = *table;
  changed.indexes.push_back(made);
  input.editor.PutRelation(std::move(changed));
  CopyDependencies(input, oid, made);
  return made;
}

// The index gets the copy's entries, which are good, and the copy those of the index.
void ExchangeEntries(CommandInput& input, Oid oid, Oid copy_oid) {
  Relation index = *Reread(input, oid);
  Relation copy = *Reread(input, copy_oid);
  std::swap(index.storage, copy.storage);
  std::swap(index.index->index_id, copy.index->index_id);
  std::swap(index.index->ready, copy.index->ready);
  std::swap(index.index->filling, copy.index->filling);
  index.index->valid = true;
  copy.name = NameBeside(input, index, "ccold");
  LockChosenName(input, copy.schema, copy.name);
  const Oid table = index.index->table;
  input.editor.PutRelation(std::move(index));
  input.editor.PutRelation(std::move(copy));
  input.editor.PutRelation(*Reread(input, table));
}

}  // namespace

void BuildIndexConcurrently(CommandInput& input, const std::function<Oid(CommandInput&)>& define) {
  Oid oid = kInvalidOid;
  {
    BesideTransaction beside(input);
    oid = define(beside.input());
    if (oid == kInvalidOid) return;
    beside.Commit();
  }
  LockRelationByOid(input, oid, RelationLockMode::kShareUpdateExclusive);
  FillAndAwait(input, oid);
  PutIndexState(input, oid, {.valid = true, .ready = true, .filling = false});
}

void RetireIndex(CommandInput& input, Oid oid) {
  const RelationPtr index = Reread(input, oid);
  CommitIndexState(input, oid, {.valid = false,
                                .ready = index->index->ready,
                                .filling = index->index->filling});
  AwaitUsers(input, *index);
  CommitIndexState(input, oid, {});
  AwaitUsers(input, *index);
}

void RebuildIndexConcurrently(CommandInput& input, Oid oid) {
  Oid copy = kInvalidOid;
  {
    BesideTransaction beside(input);
    copy = DefineCopy(beside.input(), oid);
    beside.Commit();
  }
  FillAndAwait(input, copy);
  {
    BesideTransaction beside(input);
    ExchangeEntries(beside.input(), oid, copy);
    beside.Commit();
  }
  RetireIndex(input, copy);
  BesideTransaction beside(input);
  DropObjects(beside.input(), {{catalog::kRelationClass, copy, 0}}, /*cascade=*/false);
  beside.Commit();
}

}  // namespace grizzly::commands
