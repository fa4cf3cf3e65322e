// Rows about the server: its directories, its memory, how it was built, what is counted of it.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "facts/roles.h"
#include "facts/types.h"
#include "session/client_session.h"
#include "session/system_rows.h"
#include "types/type_io.h"

namespace grizzly::session {
namespace {

using functions::SystemRow;
using Rows = std::vector<SystemRow>;

constexpr int64_t kUnixToPostgresEpochSeconds = 946'684'800;

std::string TimeText(const SystemCall& call, int64_t time_us) {
  std::string text;
  types::BuiltinTypeIo(facts::kTimestamptzOid)
      ->Output(types::Datum::Of(time_us), call.session.settings().effective().io, text);
  return text;
}

std::string ResetTimeText(const SystemCall& call, const std::string& key) {
  DatabaseInstance& instance = call.session.instance();
  return TimeText(call, instance.statistics_resets().Find(key).value_or(instance.start_time_us()));
}

// ---- directories ----

// Relative paths start in the data directory.
std::string AbsolutePath(const SystemCall& call, std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  return call.session.instance().directory() + "/" + std::string(path);
}

// Names in `path`; nothing when there is no such directory and that is allowed.
std::vector<std::string> NamesIn(const SystemCall& call, std::string_view path, bool missing_ok) {
  std::vector<std::string> names;
  DIR* directory = ::opendir(AbsolutePath(call, path).c_str());
  if (directory == nullptr) {
    if (missing_ok && errno == ENOENT) return names;
    const SqlState state = errno == ENOENT ? SqlState::kUndefinedFile : SqlState::kIoError;
    throw SqlError(state, fmt::format("could not open directory \"{}\": {}", path, std::strerror(errno)));
  }
  while (const dirent* entry = ::readdir(directory)) names.emplace_back(entry->d_name);
  ::closedir(directory);
  return names;
}

bool IsDotName(std::string_view name) { return name == "." || name == ".."; }

Rows NameRows(const SystemCall& call, bool missing_ok, bool with_dots) {
  Rows rows;
  for (std::string& name : NamesIn(call, call.TextAt(0), missing_ok)) {
    if (with_dots || !IsDotName(name)) rows.push_back({std::move(name)});
  }
  return rows;
}

Rows DirectoryNames(const SystemCall& call) { return NameRows(call, false, false); }

Rows DirectoryNamesAsAsked(const SystemCall& call) {
  const auto flag = [&](size_t i) { return !call.arguments[i].is_null() && call.arguments[i].AsBool(); };
  return NameRows(call, flag(1), flag(2));
}

// (name, size, modification) of the ordinary files whose names end so and do not begin with a dot.
Rows FileRows(const SystemCall& call, std::string_view path, bool missing_ok, std::string_view ending) {
  Rows rows;
  for (const std::string& name : NamesIn(call, path, missing_ok)) {
    if (name.starts_with('.') || !name.ends_with(ending)) continue;
    struct stat status;
    if (::stat((AbsolutePath(call, path) + "/" + name).c_str(), &status) != 0) continue;
    if (!S_ISREG(status.st_mode)) continue;
    const int64_t time_us = (status.st_mtime - kUnixToPostgresEpochSeconds) * 1'000'000;
    rows.push_back({name, std::to_string(status.st_size), TimeText(call, time_us)});
  }
  return rows;
}

// The store's log files are what PostgreSQL's write-ahead log is.
Rows LogFiles(const SystemCall& call) { return FileRows(call, "store", false, ".log"); }

Rows ServerLogFiles(const SystemCall& call) {
  return FileRows(call, call.session.settings().Raw("log_directory"), false, "");
}

Rows TemporaryFileRows(const SystemCall& call) { return FileRows(call, "temporary", true, ""); }

const facts::TablespaceFact* FindTablespace(Oid oid) {
  for (const facts::TablespaceFact& tablespace : facts::AllTablespaces()) {
    if (tablespace.oid == oid) return &tablespace;
  }
  return nullptr;
}

Rows TemporaryFilesOf(const SystemCall& call) {
  const facts::TablespaceFact* tablespace = FindTablespace(call.OidAt(0));
  if (tablespace == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("tablespace with OID {} does not exist", call.OidAt(0)));
  }
  return TemporaryFileRows(call);
}

// Nothing is archived, and there is no logical replication.
Rows NoFiles(const SystemCall&) { return {}; }

Rows SlotFiles(const SystemCall& call) {
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("replication slot \"{}\" does not exist", call.TextAt(0)));
}

// All databases are in pg_default.
Rows TablespaceDatabases(const SystemCall& call) {
  constexpr Oid kDefaultTablespace = 1663;
  constexpr Oid kGlobalTablespace = 1664;
  const Oid oid = call.OidAt(0);
  Rows rows;
  if (oid == kGlobalTablespace) {
    call.session.Warn("global tablespace never has databases");
  } else if (oid != kDefaultTablespace) {
    call.session.Warn(fmt::format("{} is not a tablespace OID", oid));
  } else {
    for (const auto& database : call.session.instance().shared_catalog().Databases()) {
      rows.push_back({std::to_string(database->oid)});
    }
  }
  return rows;
}

// ---- memory ----

// The session's own bytes: all that its statements hold is counted in them.
Rows MemoryContextRows(const SystemCall& call) {
  const std::string bytes = std::to_string(call.session.memory().used_bytes());
  return {{"TopMemoryContext", std::nullopt, std::nullopt, "0", bytes, "1", "0", "0", bytes}};
}

// ---- the build ----

Rows ConfigRows(const SystemCall& call) {
  char path[4096];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  const std::string program(path, length < 0 ? 0 : static_cast<size_t>(length));
  const std::string directory = program.substr(0, program.rfind('/'));
  Rows rows{{"BINDIR", directory}};
  for (const char* name : {"DOCDIR", "HTMLDIR", "INCLUDEDIR", "PKGINCLUDEDIR", "INCLUDEDIR-SERVER",
                           "LIBDIR", "PKGLIBDIR", "LOCALEDIR", "MANDIR", "SHAREDIR"}) {
    rows.push_back({name, directory});
  }
  rows.push_back({"SYSCONFDIR", call.session.instance().directory()});
  for (const char* name : {"PGXS", "CONFIGURE", "CC", "CPPFLAGS", "CFLAGS", "CFLAGS_SL", "LDFLAGS",
                           "LDFLAGS_EX", "LDFLAGS_SL", "LIBS"}) {
    rows.push_back({name, "not recorded"});
  }
  rows.push_back({"VERSION", "PostgreSQL " + call.session.settings().Raw("server_version")});
  return rows;
}

// ---- counters ----

Rows SlruRows(const SystemCall& call) {
  Rows rows;
  for (std::string_view name : SlruNames()) {
    SystemRow row{std::string(name)};
    row.insert(row.end(), 7, "0");
    row.push_back(ResetTimeText(call, fmt::format("slru/{}", name)));
    rows.push_back(std::move(row));
  }
  return rows;
}

Rows ArchiverRow(const SystemCall& call) {
  return {{"0", std::nullopt, std::nullopt, "0", std::nullopt, std::nullopt,
           ResetTimeText(call, "archiver")}};
}

Rows WalRow(const SystemCall& call) {
  return {{"0", "0", "0", "0", "0", "0", "0", "0", ResetTimeText(call, "wal")}};
}

constexpr SystemRowEntry kEntries[] = {
    {"pg_ls_dir_1arg", DirectoryNames},
    {"pg_ls_dir", DirectoryNamesAsAsked},
    {"pg_ls_waldir", LogFiles},
    {"pg_ls_logdir", ServerLogFiles},
    {"pg_ls_tmpdir_noargs", TemporaryFileRows},
    {"pg_ls_tmpdir_1arg", TemporaryFilesOf},
    {"pg_ls_archive_statusdir", NoFiles},
    {"pg_ls_logicalsnapdir", NoFiles},
    {"pg_ls_logicalmapdir", NoFiles},
    {"pg_ls_replslotdir", SlotFiles},
    {"pg_tablespace_databases", TablespaceDatabases},
    {"pg_get_backend_memory_contexts", MemoryContextRows},
    {"pg_config", ConfigRows},
    {"pg_stat_get_slru", SlruRows},
    {"pg_stat_get_archiver", ArchiverRow},
    {"pg_stat_get_wal", WalRow},
};

}  // namespace

std::span<const std::string_view> SlruNames() {
  static constexpr std::string_view kNames[] = {"CommitTs", "MultiXactMember", "MultiXactOffset", "Notify",
                                                "Serial",   "Subtrans",        "Xact",            "other"};
  return kNames;
}

std::span<const SystemRowEntry> ServerRows() { return kEntries; }

}  // namespace grizzly::session
