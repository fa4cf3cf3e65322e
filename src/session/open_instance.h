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
};

// Creates what is missing on first start. Throws SqlError with a sentence that says what to do.
std::unique_ptr<Instance> OpenInstance(const InstanceOptions& options);

}  // namespace grizzly::session
