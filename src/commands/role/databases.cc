#include "commands/role/databases.h"

#include "commands/relation_lookup.h"
#include "commands/role/roles.h"

namespace grizzly::commands {
namespace {

// Locale and encoding there is one of: what is asked for must be that.
void RequireOneOf(const Option& option, std::initializer_list<std::string_view> allowed) {
  if (option.value == nullptr) return;  // DEFAULT
  std::string text = OptionText(option);
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  for (const std::string_view value : allowed) {
    if (text == value) return;
  }
  ThrowNotSupported(fmt::format("CREATE DATABASE with {} = {}", option.name, OptionText(option)),
                    option.location);
}

// The options both CREATE and ALTER DATABASE have.
bool ApplyShared(const Option& option, catalog::Database* database) {
  if (option.name == "is_template") {
    database->is_template = OptionBool(option);
  } else if (option.name == "allow_connections") {
    database->allow_connections = OptionBool(option);
  } else if (option.name == "connection_limit") {
    const int64_t limit = OptionInteger(option);
    if (limit < -1) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("invalid connection limit: {}", limit));
    }
    database->connection_limit = static_cast<int32_t>(limit);
  } else {
    return false;
  }
  return true;
}

[[noreturn]] void ThrowUnknown(const Option& option) {
  throw SqlError(SqlState::kSyntaxError, fmt::format("option \"{}\" not recognized", option.name))
      .At(option.location);
}

std::shared_ptr<const catalog::Database> RequireDatabase(CommandInput& input,
                                                         std::string_view name) {
  auto database = input.shared.FindDatabase(name);
  if (database != nullptr) return database;
  throw SqlError(SqlState::kInvalidCatalogName,
                 fmt::format("database \"{}\" does not exist", name));
}

void RequireDatabaseOwner(CommandInput& input, const catalog::Database& database) {
  if (input.is_superuser || database.owner == input.current_role) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("must be owner of database {}", database.name));
}

struct Creation {
  catalog::Database database;
  std::string source = "template1";
};

Creation ReadCreation(CommandInput& input, const PgQuery__CreatedbStmt& statement) {
  Creation creation;
  creation.database.name = TextOf(statement.dbname);
  creation.database.owner = input.current_role;
  const std::vector<Option> options = OptionsOf(ListOf(statement.options, statement.n_options));
  RefuseRepeated(options);
  for (const Option& option : options) {
    if (ApplyShared(option, &creation.database)) continue;
    if (option.name == "owner") {
      if (option.value == nullptr) continue;
      const std::string name = OptionText(option);
      const auto role = input.shared.FindRole(name, input.transaction);
      if (role == nullptr) {
        throw SqlError(SqlState::kUndefinedObject,
                       fmt::format("role \"{}\" does not exist", name));
      }
      creation.database.owner = role->oid;
    } else if (option.name == "template") {
      if (option.value != nullptr) creation.source = OptionText(option);
    } else if (option.name == "encoding") {
      RequireOneOf(option, {"utf8", "utf-8", "unicode", "6"});
    } else if (option.name == "lc_collate" || option.name == "lc_ctype" ||
               option.name == "locale") {
      RequireOneOf(option, {"c", "posix", "c.utf-8", "c.utf8"});
    } else if (option.name == "locale_provider") {
      RequireOneOf(option, {"libc"});
    } else if (option.name == "tablespace") {
      RequireOneOf(option, {"pg_default"});
    } else if (option.name == "strategy" || option.name == "icu_locale" ||
               option.name == "collation_version" || option.name == "oid" ||
               option.name == "location") {
      ThrowNotSupported("CREATE DATABASE " + option.name, option.location);
    } else {
      ThrowUnknown(option);
    }
  }
  return creation;
}

}  // namespace

void RefuseDatabaseInUse(CommandInput& input, const catalog::Database& database, bool terminate,
                 std::string_view what) {
  const size_t sessions =
      input.other_sessions ? input.other_sessions(database.oid, terminate) : 0;
  if (sessions == 0) return;
  throw SqlError(SqlState::kObjectInUse,
                 fmt::format("{} \"{}\" is being accessed by other users", what, database.name))
      .Detail(sessions == 1
                  ? std::string("There is 1 other session using the database.")
                  : fmt::format("There are {} other sessions using the database.", sessions));
}

std::string CreateDatabase(const PgQuery__CreatedbStmt& statement, CommandInput& input) {
  Creation creation = ReadCreation(input, statement);
  const auto self = input.shared.FindRole(input.current_role);
  if (!input.is_superuser && (self == nullptr || !self->create_database)) {
    throw SqlError(SqlState::kInsufficientPrivilege, "permission denied to create database");
  }
  if (input.shared.FindDatabase(creation.database.name) != nullptr) {
    throw SqlError(SqlState::kDuplicateDatabase,
                   fmt::format("database \"{}\" already exists", creation.database.name));
  }
  const auto source = input.shared.FindDatabase(creation.source);
  if (source == nullptr) {
    throw SqlError(SqlState::kInvalidCatalogName,
                   fmt::format("template database \"{}\" does not exist", creation.source));
  }
  if (!source->is_template) {
    RequireDatabaseOwner(input, *source);
  }
  RefuseDatabaseInUse(input, *source, /*terminate=*/false, "source database");
  input.shared.CreateDatabase(std::move(creation.database), source->tenant);
  return "CREATE DATABASE";
}

std::string AlterDatabase(const PgQuery__AlterDatabaseStmt& statement, CommandInput& input) {
  const auto before = RequireDatabase(input, TextOf(statement.dbname));
  RequireDatabaseOwner(input, *before);
  catalog::Database database = *before;
  const std::vector<Option> options = OptionsOf(ListOf(statement.options, statement.n_options));
  RefuseRepeated(options);
  for (const Option& option : options) {
    if (ApplyShared(option, &database)) continue;
    if (option.name == "tablespace") ThrowNotSupported("ALTER DATABASE SET TABLESPACE");
    ThrowUnknown(option);
  }
  if (!database.allow_connections && database.name == input.services->CurrentDatabase()) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   "cannot disallow connections for current database");
  }
  input.shared.AlterDatabase(database);
  return "ALTER DATABASE";
}

std::string DropDatabase(const PgQuery__DropdbStmt& statement, CommandInput& input) {
  bool force = false;
  for (const Option& option : OptionsOf(ListOf(statement.options, statement.n_options))) {
    if (option.name != "force") {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("unrecognized DROP DATABASE option \"{}\"", option.name))
          .At(option.location);
    }
    force = true;
  }
  const std::string_view name = TextOf(statement.dbname);
  const auto database = input.shared.FindDatabase(name);
  if (database == nullptr) {
    if (!statement.missing_ok) RequireDatabase(input, name);
    SendNotice(input, fmt::format("database \"{}\" does not exist, skipping", name));
    return "DROP DATABASE";
  }
  RequireDatabaseOwner(input, *database);
  if (database->is_template) {
    throw SqlError(SqlState::kWrongObjectType, "cannot drop a template database");
  }
  if (name == input.services->CurrentDatabase()) {
    throw SqlError(SqlState::kObjectInUse, "cannot drop the currently open database");
  }
  RefuseDatabaseInUse(input, *database, force, "database");
  input.shared.DropDatabase(database->oid);
  return "DROP DATABASE";
}

}  // namespace grizzly::commands
