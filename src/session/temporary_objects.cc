// Temporary objects: the session's own schema, what is dropped at commit and with the session, and what a
// crash left behind.
//
// They are ordinary objects in a schema pg_temp_N that only this session creates in. The schema stays when
// the session is gone; its number is given to the next one.
#include "commands/table/temporary_tables.h"
#include "base/log/log.h"
#include "catalog/schema_lookup.h"
#include "facts/oid.h"
#include "session/client_session.h"
#include "session/services.h"

namespace grizzly::session {

Oid ClientSession::TemporarySchema(const catalog::CatalogSnapshot& snapshot) const {
  if (temporary_slot_ == 0) return kInvalidOid;
  const catalog::Schema* schema = snapshot.FindSchema(temporary_schema_name_);
  return schema == nullptr ? kInvalidOid : schema->oid;
}

Oid ClientSession::MakeTemporarySchema() {
  if (temporary_slot_ == 0) {
    temporary_slot_ = tenant_->temporary_slots.Take();
    temporary_schema_name_ = fmt::format("{}{}", catalog::kTemporarySchemaPrefix, temporary_slot_);
    environment_version_ = UINT64_MAX;  // plans of others must not serve here, nor ours there
  }
  Oid oid = TemporarySchema(*Editor().Current());
  if (oid == kInvalidOid) {
    catalog::Schema schema;
    schema.oid = oid = Editor().NewOid();
    schema.name = temporary_schema_name_;
    schema.owner = facts::kBootstrapSuperuserOid;
    Editor().PutSchema(std::move(schema));
  }
  search_path_catalog_version_ = UINT64_MAX;
  CurrentSearchPath(*Editor().Current());  // running commands hold a reference to it
  return oid;
}

void ClientSession::RunOnCommit() {
  if (on_commit_tables_.empty() || transaction_ == nullptr || !transaction_->has_writes()) return;
  transaction_->NextCommand();
  commands::CommandInput input = MakeCommandInput("");
  on_commit_tables_ = commands::RunOnCommitActions(input, on_commit_tables_);
}

void ClientSession::DropTemporaryObjects() {
  const Oid schema = TemporarySchema(*Snapshot());
  if (schema == kInvalidOid) return;
  EnsureTransaction().NextCommand();
  commands::CommandInput input = MakeCommandInput("");
  commands::DropTemporaryObjects(input, schema);
}

void ClientSession::DropTemporaryLeftovers() {
  std::vector<Oid> schemas;
  Snapshot()->ForEachSchema([&](const catalog::Schema& schema) {
    if (schema.name.starts_with(catalog::kTemporarySchemaPrefix)) schemas.push_back(schema.oid);
  });
  if (schemas.empty()) return;
  EnsureTransaction().NextCommand();
  commands::CommandInput input = MakeCommandInput("");
  for (const Oid schema : schemas) commands::DropTemporaryObjects(input, schema);
  CommitTransaction();
}

void ClientSession::EndTemporaryObjects() {
  if (temporary_slot_ == 0) return;
  try {
    is_ending_ = true;
    on_commit_tables_.clear();
    EnsureTransaction().mutable_options().read_only = false;
    DropTemporaryObjects();
    if (transaction_ != nullptr) CommitTransaction();
  } catch (const std::exception& error) {
    log::Write(Severity::kWarning,
               fmt::format("temporary objects of a session stay until its database is opened again: {}",
                           error.what()));
    if (transaction_ != nullptr) RollbackTransaction();
  }
  tenant_->temporary_slots.Give(temporary_slot_);
  temporary_slot_ = 0;
}

}  // namespace grizzly::session
