// grizzlyd --check: every database's stored data, through a session that is there for it only.
#include "commands/maintenance/check_tables.h"
#include "session/client_session.h"
#include "session/database_instance.h"
#include "session/silent_sink.h"

namespace grizzly::session {

std::vector<std::string> ClientSession::CheckStoredData() {
  EnsureTransaction().NextCommand();
  commands::CommandInput input = MakeCommandInput("");
  std::vector<std::string> wrong = commands::CheckTables(input);
  RollbackTransaction();
  return wrong;
}

std::vector<std::string> DatabaseInstance::CheckStoredData() {
  std::vector<std::string> wrong;
  ConnectRequest request;
  for (const auto& role : shared_->Roles()) {
    if (role->superuser && role->can_login) request.user = role->name;
  }
  SilentSink sink("check");
  for (const auto& database : shared_->Databases()) {
    if (!database->allow_connections) continue;
    request.database = database->name;
    const std::unique_ptr<Session> session = Connect(request, sink);
    for (const std::string& found : static_cast<ClientSession&>(*session).CheckStoredData()) {
      wrong.push_back(fmt::format("database \"{}\": {}", database->name, found));
    }
  }
  return wrong;
}

}  // namespace grizzly::session
