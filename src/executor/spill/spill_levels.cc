#include "executor/spill/spill_levels.h"

namespace grizzly::executor {

std::vector<std::unique_ptr<SpillFile>> TakeFiles(SpillPartitions& partitions) {
  std::vector<std::unique_ptr<SpillFile>> files;
  partitions.FinishWriting();
  for (size_t i = 0; i < partitions.count(); ++i) {
    if (partitions.file(i).row_count() > 0) files.push_back(partitions.Take(i));
  }
  return files;
}

}  // namespace grizzly::executor
