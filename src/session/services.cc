#include "session/services.h"

#include <algorithm>

#include "base/error/check.h"
#include "facts/procs.h"
#include "facts/settings.h"
#include "session/client_session.h"
#include "session/system_functions.h"
#include "session/system_rows.h"
#include "txn/lock/lock_owner.h"

namespace grizzly::session {
Services::Services(ClientSession& session) : session_(session) {}
Services::~Services() = default;

void Services::Notice(std::string_view message) {
  Diagnostic notice;
  notice.severity = Severity::kNotice;
  notice.state = SqlState::kSuccessfulCompletion;
  notice.message = std::string(message);
  session_.Notify(std::move(notice));
}

void Services::Warn(SqlState state, std::string message) {
  Diagnostic warning;
  warning.severity = Severity::kWarning;
  warning.state = state;
  warning.message = std::move(message);
  session_.Notify(std::move(warning));
}

std::string_view Services::CurrentUser() { return session_.role().name; }
std::string_view Services::SessionUser() { return session_.session_role().name; }
std::string_view Services::CurrentDatabase() { return session_.tenant_->database->name; }

std::vector<std::string> Services::CurrentSchemas(bool include_implicit) {
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  const catalog::SearchPath& path = session_.CurrentSearchPath(*snapshot);
  std::vector<std::string> names;
  for (Oid oid : include_implicit ? path.schemas() : path.listed()) {
    if (const catalog::Schema* schema = snapshot->FindSchema(oid)) names.push_back(schema->name);
  }
  return names;
}

SessionId Services::BackendId() { return session_.id_; }
int64_t Services::TransactionTimeUs() { return session_.transaction_time_us_; }
int64_t Services::StatementTimeUs() { return session_.statement_time_us_; }
uint64_t Services::CurrentTransactionId() { return session_.TransactionNumber().value; }

std::optional<std::string> Services::ShowSetting(std::string_view name, bool missing_ok) {
  // transaction_isolation, transaction_read_only, transaction_deferrable: of this one.
  if (name.starts_with("transaction_") && facts::FindSetting(name) != nullptr) {
    return session_.ShowTransactionSetting(name);
  }
  return session_.settings_.Show(name, missing_ok);
}

void Services::SetSetting(std::string_view name, std::string_view value, bool local) {
  session_.SetSetting(name, value, local);
}

// ---- sequences ----

catalog::RelationPtr Services::RequireSequence(Oid oid) {
  catalog::RelationPtr relation = session_.Snapshot()->FindRelation(oid);
  if (relation == nullptr) {
    throw SqlError(SqlState::kUndefinedTable, fmt::format("relation with OID {} does not exist", oid));
  }
  if (relation->kind != catalog::RelationKind::kSequence) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a sequence", relation->name));
  }
  return relation;
}

int64_t Services::NextValue(Oid oid) {
  const catalog::RelationPtr sequence = RequireSequence(oid);
  if (session_.transaction_->options().read_only || session_.writes_temporary_) {
    throw SqlError(SqlState::kReadOnlySqlTransaction,
                   "cannot execute nextval() in a read-only transaction");
  }
  SequenceUse& use = sequences_[oid];
  if (use.storage != sequence->storage) use = SequenceUse{.storage = sequence->storage};
  if (use.has_cached) {
    use.last_value = use.next;
    if (use.next == use.last_cached) {
      use.has_cached = false;
    } else {
      use.next += sequence->sequence->increment;
    }
  } else {
    const catalog::SequenceValues values = session_.instance_.sequences().Next(*sequence);
    use.last_value = values.first;
    if (values.first != values.last) {
      use.has_cached = true;
      use.next = values.first + sequence->sequence->increment;
      use.last_cached = values.last;
    }
  }
  use.has_value = true;
  last_sequence_ = oid;
  return use.last_value;
}

int64_t Services::CurrentValue(Oid oid) {
  const catalog::RelationPtr sequence = RequireSequence(oid);
  const auto found = sequences_.find(oid);
  if (found == sequences_.end() || !found->second.has_value) {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   fmt::format("currval of sequence \"{}\" is not yet defined in this session",
                               sequence->name));
  }
  return found->second.last_value;
}

int64_t Services::LastValue() {
  if (last_sequence_ == kInvalidOid || session_.Snapshot()->FindRelation(last_sequence_) == nullptr) {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   "lastval is not yet defined in this session");
  }
  return CurrentValue(last_sequence_);
}

functions::SequenceRow Services::ReadSequence(Oid oid) {
  const catalog::SequenceState state =
      session_.instance_.sequences().Read(*RequireSequence(oid));
  return {state.last_value, state.log_count, state.is_called};
}

void Services::SetValue(Oid oid, int64_t value, bool is_called) {
  const catalog::RelationPtr sequence = RequireSequence(oid);
  session_.instance_.sequences().Set(*sequence, value, is_called);
  SequenceUse& use = sequences_[oid];
  use.storage = sequence->storage;
  use.has_cached = false;
  if (is_called) {
    use.has_value = true;
    use.last_value = value;
  }
}

void Services::ForgetSequences() {
  sequences_.clear();
  last_sequence_ = kInvalidOid;
}

// ---- names (the others are in reg_names.cc and object_visibility.cc) ----

std::optional<std::string> Services::Definition(Oid function, Oid object, int32_t column,
                                                bool pretty) {
  return session_.DefinitionText(function, object, column, pretty);
}

std::string_view Services::RoleName(Oid role) {
  const auto found = session_.instance_.shared_catalog().FindRole(role);
  role_name_ = found == nullptr ? "" : found->name;
  return role_name_;
}

const types::TypeIo* Services::FindTypeIo(Oid type) {
  return session_.Snapshot()->FindTypeIo(type);
}

types::SqlType Services::ResolveType(Oid type, int32_t typmod) {
  return session_.Snapshot()->ResolveType(type, typmod);
}

// ---- advisory locks ----

namespace {

using Arguments = std::span<const types::Datum>;

struct AdvisoryCall {
  bool exclusive;
  bool session_level;
  bool try_only;
};

AdvisoryCall AsAdvisory(std::string_view source) {
  return {source.find("shared") == std::string_view::npos,
          source.find("xact") == std::string_view::npos, source.starts_with("pg_try")};
}

// One bigint key, or two int4 keys in a space of their own.
txn::LockTag AdvisoryTag(TenantId tenant, Arguments arguments) {
  if (arguments.size() == 1) {
    return txn::LockTag::Advisory(tenant, static_cast<uint64_t>(arguments[0].As<int64_t>()), 1);
  }
  const uint64_t key = (static_cast<uint64_t>(static_cast<uint32_t>(arguments[0].As<int32_t>())) << 32) |
                       static_cast<uint32_t>(arguments[1].As<int32_t>());
  return txn::LockTag::Advisory(tenant, key, 2);
}

}  // namespace

void Services::ReleaseAdvisoryLocks() {
  if (advisory_ != nullptr) session_.instance_.locks().ReleaseAll(*advisory_);
}

bool Services::HoldsAdvisory(const txn::LockTag& tag) {
  if (advisory_ == nullptr) return false;
  const txn::LockImage held = session_.instance_.locks().ImageOf(*advisory_);
  return std::any_of(held.locks.begin(), held.locks.end(),
                     [&](const txn::LockImage::Lock& lock) { return lock.tag == tag; });
}

bool Services::UnlockAdvisory(const txn::LockTag& tag, bool exclusive) {
  if (session_.instance_.locks().Unlock(*advisory_, tag, exclusive)) return true;
  session_.Warn(fmt::format("you don't own a lock of type {}",
                            exclusive ? "ExclusiveLock" : "ShareLock"));
  return false;
}

types::Datum Services::CallAdvisory(std::string_view source, Arguments arguments) {
  txn::LockManager& locks = session_.instance_.locks();
  if (advisory_ == nullptr) {
    advisory_ = locks.NewOwner(session_.id_, session_.cancel_,
                               &session_.settings_.effective().locks);
  }
  if (source == "pg_advisory_unlock_all") {
    ReleaseAdvisoryLocks();
    return types::Datum::Of(types::StringRef());
  }
  const txn::LockTag tag = AdvisoryTag(session_.tenant_->database->tenant, arguments);
  const AdvisoryCall call = AsAdvisory(source);
  if (source.find("unlock") != std::string_view::npos) {
    return types::Datum::Of(UnlockAdvisory(tag, call.exclusive));
  }
  txn::LockOwner& owner =
      call.session_level ? *advisory_ : session_.EnsureTransaction().lock_owner();
  const auto outcome = locks.LockExclusiveOrShared(
      owner, tag, call.exclusive, call.try_only ? txn::LockWait::kNoWait : txn::LockWait::kBlock);
  if (!call.try_only) return types::Datum::Of(types::StringRef());
  return types::Datum::Of(outcome != txn::LockOutcome::kNotAvailable);
}

// ---- the rest, by pg_proc.prosrc ----

// Functions that PostgreSQL keeps from everybody but superusers say so in their access list.
void Services::RequireMayCall(const facts::ProcFact& proc) {
  const std::string_view list = proc.proacl;
  const bool is_public = list.empty() || list.starts_with("{=") || list.find(",=") != std::string_view::npos;
  if (is_public || session_.role().superuser) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("permission denied for function {}", proc.proname));
}

types::Datum Services::CallSessionFunction(Oid function, Arguments arguments, Arena& arena) {
  const facts::ProcFact* proc = facts::FindProc(function);
  GRIZZLY_CHECK(proc != nullptr);
  RequireMayCall(*proc);
  const std::string_view source = proc->prosrc;
  if (source == "pg_get_expr" || source == "pg_get_expr_ext") {
    const bool pretty = arguments.size() > 2 && arguments[2].AsBool();
    return types::Datum::OfString(
        commands::ExpressionText(session_.MakeDefinitionInput(), arguments[0].AsString(),
                                 arguments[1].As<uint32_t>(), pretty),
        arena);
  }
  if (source.find("advisory") != std::string_view::npos) return CallAdvisory(source, arguments);
  const SystemFunction handler = FindSystemFunction(source);
  if (handler == nullptr) ThrowNotSupported("function " + std::string(proc->proname));
  return handler({session_, *proc, arguments, arena});
}

std::vector<functions::SystemRow> Services::SystemRows(Oid function, Arguments arguments) {
  const facts::ProcFact* proc = facts::FindProc(function);
  GRIZZLY_CHECK(proc != nullptr);
  RequireMayCall(*proc);
  const SystemRowSource source = FindSystemRows(proc->prosrc);
  if (source == nullptr) ThrowNotSupported("function " + std::string(proc->proname));
  Arena arena;
  return source({session_, *proc, arguments, arena});
}

}  // namespace grizzly::session
