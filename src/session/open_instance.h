// Opens a data directory: the way from the process into everything below.
#pragma once

#include <memory>
#include <string>

#include "session/session.h"
#include "session/settings.h"
#include "storage/kv/store.h"

namespace grizzly::session {

struct InstanceOptions {
  std::string directory;
  storage::StoreMedium medium = storage::StoreMedium::kDisk;
  // Configuration file and command line, checked here: 42704 for a name nobody knows, 22023.
  SettingList settings;
  // Switches one check of isolation off, for tests that must notice: a name of txn::PlantedFault. It is
  // said in the log, loudly. 22023 for a name nobody knows.
  std::string developer_fault;
};

// Creates what is missing on first start. Throws SqlError with a sentence that says what to do.
std::unique_ptr<Instance> OpenInstance(const InstanceOptions& options);

}  // namespace grizzly::session
