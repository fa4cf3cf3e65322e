// What functions ask of the session: names, settings, sequences, definitions, locks, other sessions.
// Names are in reg_names.cc; what has a function of its own by prosrc is in system_functions.h and
// system_rows.h.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "catalog/sequence.h"
#include "facts/procs.h"
#include "functions/session/sequence_scan.h"
#include "functions/session_services.h"
#include "txn/lock/lock_manager.h"
#include "types/reg_names.h"

namespace grizzly::session {

class ClientSession;

class Services final : public functions::SessionServices,
                       public functions::SequenceReader,
                       public types::RegNames {
 public:
  explicit Services(ClientSession& session);
  ~Services() override;

  void Notice(std::string_view message) override;
  std::string_view CurrentUser() override;
  std::string_view SessionUser() override;
  std::string_view CurrentDatabase() override;
  std::vector<std::string> CurrentSchemas(bool include_implicit) override;
  SessionId BackendId() override;
  int64_t TransactionTimeUs() override;
  int64_t StatementTimeUs() override;
  uint64_t CurrentTransactionId() override;
  std::optional<std::string> ShowSetting(std::string_view name, bool missing_ok) override;
  void SetSetting(std::string_view name, std::string_view value, bool local) override;
  int64_t NextValue(Oid sequence) override;
  int64_t CurrentValue(Oid sequence) override;
  int64_t LastValue() override;
  functions::SequenceRow ReadSequence(Oid sequence) override;
  void SetValue(Oid sequence, int64_t value, bool is_called) override;
  Oid ResolveRegName(Oid kind, std::string_view text, bool missing_ok) override;
  std::string FormatRegName(Oid kind, Oid object) override;
  std::string FormatType(Oid type, int32_t typmod) override;
  std::optional<bool> IsVisible(Oid catalog, Oid object) override;
  std::optional<std::string> Definition(Oid function, Oid object, int32_t column,
                                        bool pretty) override;
  std::string_view RoleName(Oid role) override;
  const types::TypeIo* FindTypeIo(Oid type) override;
  types::SqlType ResolveType(Oid type, int32_t typmod) override;
  types::Datum CallSessionFunction(Oid function, std::span<const types::Datum> arguments,
                                   Arena& arena) override;
  std::vector<functions::SystemRow> SystemRows(
      Oid function, std::span<const types::Datum> arguments) override;

  // ---- types::RegNames ----
  Oid Resolve(Oid kind, std::string_view text) override;
  std::string Format(Oid kind, Oid object) override { return FormatRegName(kind, object); }

  void Warn(SqlState state, std::string message) override;

  // A relation by its name, which is no number here. Throws as regclass input.
  Oid RequireRelation(std::string_view name) { return ResolveRelation(name, false); }

  void ForgetSequences();
  void ReleaseAdvisoryLocks();
  // At session level.
  bool HoldsAdvisory(const txn::LockTag& tag);

 private:
  catalog::RelationPtr RequireSequence(Oid oid);
  Oid ResolveRelation(std::string_view text, bool missing_ok);
  Oid ResolveType(std::string_view text, bool missing_ok);
  Oid ResolveFunction(std::string_view text, bool with_arguments, bool missing_ok);
  Oid ResolveOperator(std::string_view text, bool with_arguments, bool missing_ok);
  Oid ResolveFactName(Oid kind, std::string_view text, bool missing_ok);
  // Throws 42501.
  void RequireMayCall(const facts::ProcFact& proc);
  types::Datum CallAdvisory(std::string_view source, std::span<const types::Datum> arguments);
  bool UnlockAdvisory(const txn::LockTag& tag, bool exclusive);

  ClientSession& session_;
  // Values taken and not given out yet (CACHE), and the last one of each sequence.
  struct SequenceUse {
    int64_t next = 0, last_cached = 0, last_value = 0;
    bool has_cached = false, has_value = false;
    StorageId storage;
  };
  std::unordered_map<Oid, SequenceUse> sequences_;
  Oid last_sequence_ = kInvalidOid;
  std::unique_ptr<txn::LockOwner> advisory_;
  std::string role_name_;
};

}  // namespace grizzly::session
