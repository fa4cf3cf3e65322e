#include "session/services.h"

#include <charconv>
#include <map>

#include "catalog/object_text.h"
#include "facts/namespaces.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "base/error/check.h"
#include "facts/types.h"
#include "planner/binder/binder.h"
#include "session/client_session.h"
#include "txn/lock/lock_owner.h"

namespace grizzly::session {
namespace {

constexpr Oid kPgCatalogSchema = 11;

// "a.b" into schema and name, quotes taken off, unquoted parts in lower case.
std::vector<std::string> SplitName(std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      for (++i; i < text.size(); ++i) {
        if (text[i] == '"') {
          if (i + 1 >= text.size() || text[i + 1] != '"') break;
          ++i;
        }
        parts.back().push_back(text[i]);
      }
    } else if (c == '.') {
      parts.emplace_back();
    } else if (c >= 'A' && c <= 'Z') {
      parts.back().push_back(static_cast<char>(c + 32));
    } else if (c != ' ') {
      parts.back().push_back(c);
    }
  }
  return parts;
}

std::optional<Oid> ParseNumber(std::string_view text) {
  Oid number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

}  // namespace

Services::Services(ClientSession& session) : session_(session) {}
Services::~Services() = default;

std::string_view Services::CurrentUser() { return session_.role_->name; }
std::string_view Services::SessionUser() { return session_.role_->name; }
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
uint64_t Services::CurrentTransactionId() { return session_.EnsureTransaction().id().value; }

std::string Services::ShowSetting(std::string_view name, bool missing_ok) {
  return session_.settings_.Show(name, missing_ok).value_or("");
}

void Services::SetSetting(std::string_view name, std::string_view value, bool local) {
  session_.settings_.Set(name, value, local, SettingSource::kSession);
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
  if (session_.transaction_->options().read_only) {
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

// ---- names ----

Oid Services::ResolveRelation(std::string_view text, bool missing_ok) {
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  const catalog::SearchPath& path = session_.CurrentSearchPath(*snapshot);
  const std::vector<std::string> parts = SplitName(text);
  catalog::RelationPtr relation;
  if (parts.size() == 1) {
    relation = path.FindRelation(*snapshot, parts[0]);
  } else {
    const catalog::Schema* schema = snapshot->FindSchema(parts[parts.size() - 2]);
    if (schema != nullptr) relation = snapshot->FindRelation(schema->oid, parts.back());
  }
  if (relation != nullptr) return relation->oid;
  if (missing_ok) return kInvalidOid;
  std::string name = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) name += "." + parts[i];
  throw SqlError(SqlState::kUndefinedTable, fmt::format("relation \"{}\" does not exist", name));
}

Oid Services::ResolveType(std::string_view text, bool missing_ok) {
  // A type's name may be any spelling of the grammar: "double precision", "int4[]", "varchar(3)".
  try {
    const auto parsed = parser::ParsedText::Parse(fmt::format("SELECT NULL::{}", text));
    const PgQuery__Node& target =
        *parsed->statements()[0].node->select_stmt->target_list[0]->res_target->val;
    const catalog::SnapshotPtr snapshot = session_.Snapshot();
    return planner::ResolveTypeName(*target.type_cast->type_name,
                                    session_.MakeBinderInput(snapshot, parsed->sql()))
        .oid;
  } catch (const SqlError& error) {
    if (missing_ok) return kInvalidOid;
    if (error.state() == SqlState::kSyntaxError) {
      throw SqlError(SqlState::kSyntaxError, fmt::format("invalid type name \"{}\"", text));
    }
    throw SqlError(error.state(), error.what());
  }
}

Oid Services::ResolveFunction(std::string_view text, bool with_arguments, bool missing_ok) {
  const size_t open = text.find('(');
  const std::string name = SplitName(text.substr(0, open)).back();
  std::vector<Oid> wanted;
  if (with_arguments) {
    if (open == std::string_view::npos || text.back() != ')') {
      throw SqlError(SqlState::kInvalidTextRepresentation, "expected a left parenthesis");
    }
    std::string_view list = text.substr(open + 1, text.size() - open - 2);
    while (!list.empty()) {
      const size_t comma = list.find(',');
      wanted.push_back(ResolveType(list.substr(0, comma), false));
      list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
    }
  }
  Oid found = kInvalidOid;
  int matches = 0;
  for (const auto& fact : facts::FindProcsByName(name)) {
    const facts::ProcFact& proc = fact;
    if (with_arguments &&
        !std::equal(wanted.begin(), wanted.end(), proc.proargtypes.begin(), proc.proargtypes.end())) {
      continue;
    }
    found = proc.oid;
    ++matches;
  }
  if (matches == 1) return found;
  if (missing_ok) return kInvalidOid;
  if (matches > 1) {
    throw SqlError(SqlState::kAmbiguousFunction,
                   fmt::format("more than one function named \"{}\"", name));
  }
  throw SqlError(SqlState::kUndefinedFunction, fmt::format("function \"{}\" does not exist", text));
}

Oid Services::ResolveRegName(Oid kind, std::string_view text, bool missing_ok) {
  if (text == "-") return kInvalidOid;
  if (const auto number = ParseNumber(text)) return *number;
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  const auto missing = [&](SqlState state, std::string_view what) -> Oid {
    if (missing_ok) return kInvalidOid;
    throw SqlError(state, fmt::format("{} \"{}\" does not exist", what, SplitName(text).back()));
  };
  switch (kind) {
    case facts::kRegclassOid: return ResolveRelation(text, missing_ok);
    case facts::kRegtypeOid: return ResolveType(text, missing_ok);
    case facts::kRegprocOid: return ResolveFunction(text, false, missing_ok);
    case facts::kRegprocedureOid: return ResolveFunction(text, true, missing_ok);
    case facts::kRegnamespaceOid: {
      const catalog::Schema* schema = snapshot->FindSchema(SplitName(text).back());
      return schema != nullptr ? schema->oid : missing(SqlState::kInvalidSchemaName, "schema");
    }
    case facts::kRegroleOid: {
      const auto role = session_.instance_.shared_catalog().FindRole(SplitName(text).back());
      return role != nullptr ? role->oid : missing(SqlState::kUndefinedObject, "role");
    }
    default: ThrowNotSupported("input of this reg* type");
  }
}

std::string Services::FormatRegName(Oid kind, Oid object) {
  if (object == kInvalidOid) return "-";
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  const catalog::SearchPath& path = session_.CurrentSearchPath(*snapshot);
  switch (kind) {
    case facts::kRegclassOid: return catalog::FormatRelation(*snapshot, path, object);
    case facts::kRegtypeOid: return catalog::FormatType(*snapshot, path, object);
    case facts::kRegnamespaceOid: {
      const catalog::Schema* schema = snapshot->FindSchema(object);
      return schema != nullptr ? catalog::QuoteIdentifier(schema->name) : std::to_string(object);
    }
    case facts::kRegroleOid: {
      const auto role = session_.instance_.shared_catalog().FindRole(object);
      return role != nullptr ? catalog::QuoteIdentifier(role->name) : std::to_string(object);
    }
    case facts::kRegprocOid:
    case facts::kRegprocedureOid: {
      const facts::ProcFact* proc = facts::FindProc(object);
      if (proc == nullptr) return std::to_string(object);
      std::string name = catalog::QuoteIdentifier(proc->proname);
      if (kind == facts::kRegprocOid) return name;
      name += '(';
      for (size_t i = 0; i < proc->proargtypes.size(); ++i) {
        if (i > 0) name += ',';
        name += catalog::FormatType(*snapshot, path, proc->proargtypes[i]);
      }
      return name + ')';
    }
    case facts::kRegoperOid:
    case facts::kRegoperatorOid: {
      const facts::OperatorFact* fact = facts::FindOperator(object);
      if (fact == nullptr) return std::to_string(object);
      if (kind == facts::kRegoperOid) return std::string(fact->oprname);
      const auto side = [&](Oid type) {
        return type == kInvalidOid ? std::string("NONE") : catalog::FormatType(*snapshot, path, type);
      };
      return fmt::format("{}({},{})", fact->oprname, side(fact->oprleft), side(fact->oprright));
    }
    default: return std::to_string(object);
  }
}

std::string Services::FormatType(Oid type, int32_t typmod) {
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  return catalog::FormatType(*snapshot, session_.CurrentSearchPath(*snapshot), type, typmod);
}

bool Services::IsVisible(Oid catalog_oid, Oid object) {
  constexpr Oid kPgClass = 1259, kPgType = 1247;
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  const catalog::SearchPath& path = session_.CurrentSearchPath(*snapshot);
  if (catalog_oid == kPgClass) {
    const catalog::RelationPtr relation = snapshot->FindRelation(object);
    return relation != nullptr && path.IsVisible(*snapshot, *relation);
  }
  if (catalog_oid == kPgType) {
    const auto type = snapshot->FindType(object);
    return type != nullptr && path.IsVisible(*snapshot, *type);
  }
  // Everything else is built in and lives in pg_catalog, which is always searched.
  return path.PositionOf(kPgCatalogSchema) >= 0;
}

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

// ---- the rest, by pg_proc.prosrc ----

namespace {

using Arguments = std::span<const types::Datum>;

struct AdvisoryCall {
  bool exclusive;
  bool session_level;
  bool try_only;
};

std::optional<AdvisoryCall> AsAdvisory(std::string_view source) {
  if (!source.starts_with("pg_") || source.find("advisory") == std::string_view::npos) {
    return std::nullopt;
  }
  if (source.find("unlock") != std::string_view::npos) return std::nullopt;
  return AdvisoryCall{source.find("shared") == std::string_view::npos,
                      source.find("xact") == std::string_view::npos,
                      source.find("pg_try") == 0};
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

types::Datum Services::CallSessionFunction(Oid function, Arguments arguments, Arena& arena) {
  const facts::ProcFact* proc = facts::FindProc(function);
  GRIZZLY_CHECK(proc != nullptr);
  const std::string_view source = proc->prosrc;
  txn::LockManager& locks = session_.instance_.locks();
  const TenantId tenant = session_.tenant_->database->tenant;
  if (source.find("advisory") != std::string_view::npos) {
    if (advisory_ == nullptr) {
      advisory_ = locks.NewOwner(session_.id_, session_.cancel_,
                                 &session_.settings_.effective().locks);
    }
    if (source == "pg_advisory_unlock_all") {
      ReleaseAdvisoryLocks();
      return types::Datum::Of(int32_t{0});
    }
    const txn::LockTag tag = AdvisoryTag(tenant, arguments);
    if (const auto call = AsAdvisory(source)) {
      txn::LockOwner& owner =
          call->session_level ? *advisory_ : session_.EnsureTransaction().lock_owner();
      const auto outcome =
          locks.LockExclusiveOrShared(owner, tag, call->exclusive,
                                      call->try_only ? txn::LockWait::kNoWait
                                                     : txn::LockWait::kBlock);
      if (!call->try_only) return types::Datum::OfString("", arena);
      return types::Datum::Of(outcome != txn::LockOutcome::kNotAvailable);
    }
    const bool exclusive = source.find("shared") == std::string_view::npos;
    const bool held = locks.Unlock(*advisory_, tag, exclusive);
    if (!held) {
      Diagnostic warning;
      warning.severity = Severity::kWarning;
      warning.state = SqlState::kWarning;
      warning.message = fmt::format("you don't own a lock of type {}",
                                    exclusive ? "ExclusiveLock" : "ShareLock");
      session_.Notify(std::move(warning));
    }
    return types::Datum::Of(held);
  }
  if (source == "pg_cancel_backend" || source == "pg_terminate_backend") {
    const SessionId target{arguments[0].As<int32_t>()};
    const bool found = session_.instance_.SignalSession(
        target, source == "pg_cancel_backend" ? CancelReason::kUserRequest
                                              : CancelReason::kAdminShutdown);
    if (!found) {
      Diagnostic warning;
      warning.severity = Severity::kWarning;
      warning.state = SqlState::kWarning;
      warning.message =
          fmt::format("PID {} is not a PostgreSQL server process", target.value);
      session_.Notify(std::move(warning));
    }
    return types::Datum::Of(found);
  }
  if (source == "pg_postmaster_start_time") {
    return types::Datum::Of(session_.instance_.start_time_us());
  }
  if (source == "pg_is_in_recovery") return types::Datum::Of(false);
  if (source == "pg_get_expr" || source == "pg_get_expr_ext") {
    const bool pretty = arguments.size() > 2 && arguments[2].AsBool();
    return types::Datum::OfString(
        commands::ExpressionText(session_.MakeDefinitionInput(), arguments[0].AsString(),
                                 arguments[1].As<uint32_t>(), pretty),
        arena);
  }
  if (source == "pg_get_serial_sequence") {
    const auto text = commands::SerialSequenceText(
        session_.MakeDefinitionInput(), arguments[0].AsString(), arguments[1].AsString());
    return text.has_value() ? types::Datum::OfString(*text, arena) : types::Datum::Null();
  }
  if (source == "inet_client_port") {
    const int port = session_.CurrentActivity().client_port;
    return port == 0 ? types::Datum::Null() : types::Datum::Of(static_cast<int32_t>(port));
  }
  ThrowNotSupported("function " + std::string(proc->proname));
}

}  // namespace grizzly::session
