#include "executor/paged_rows.h"

#include <algorithm>

#include "executor/statement_resources.h"

namespace grizzly::executor {

using types::Batch;
using types::kBatchRowsMax;

PagedRows::PagedRows(std::span<const types::SqlType> column_types, MemoryTracker* memory,
                     int64_t budget_bytes)
    : types_(column_types.begin(), column_types.end()),
      memory_(memory),
      budget_bytes_(budget_bytes),
      recent_(std::make_shared<RowStore>(column_types, memory)) {}

size_t PagedRows::chunk_count() const { return recent_first_chunk_ + recent_->chunk_count(); }

void PagedRows::Append(const Batch& batch) {
  recent_->Append(batch);
  row_count_ += batch.row_count();
  peak_bytes_ = std::max(peak_bytes_, recent_->charged_bytes());
  if (budget_bytes_ > 0 && recent_->charged_bytes() > budget_bytes_) MoveToFile();
}

void PagedRows::MoveToFile() {
  const uint64_t full = recent_->row_count() / kBatchRowsMax;
  if (full == 0) return;
  Page page{recent_first_chunk_,
            std::make_unique<SpillFile>(*StatementResources::Current().spill, types_),
            {}};
  for (size_t i = 0; i < full; ++i) {
    page.places.push_back(page.file->write_place());
    page.file->Write(recent_->chunk(i));
  }
  page.file->FinishWriting();
  spilled_bytes_ += page.file->byte_count();
  pages_.push_back(std::move(page));
  auto rest = std::make_shared<RowStore>(types_, memory_);
  if (full < recent_->chunk_count()) rest->Append(recent_->chunk(full));
  recent_ = std::move(rest);
  recent_first_chunk_ += full;
}

const std::shared_ptr<Batch>& PagedRows::Load(size_t i) {
  ++asked_;
  Loaded* oldest = &loaded_[0];
  for (Loaded& loaded : loaded_) {
    if (loaded.chunk == i) {
      loaded.asked = asked_;
      return loaded.rows;
    }
    if (loaded.asked < oldest->asked) oldest = &loaded;
  }
  const auto page = std::prev(std::upper_bound(
      pages_.begin(), pages_.end(), i, [](size_t chunk, const Page& p) { return chunk < p.first_chunk; }));
  if (oldest->rows == nullptr || oldest->rows.use_count() > 1) {
    oldest->rows = std::make_shared<Batch>(types_);
  }
  oldest->chunk = SIZE_MAX;
  page->file->ReadAt(page->places[i - page->first_chunk], *oldest->rows);
  oldest->chunk = i;
  oldest->asked = asked_;
  return oldest->rows;
}

std::shared_ptr<const Batch> PagedRows::chunk(size_t i) {
  if (i < recent_first_chunk_) return Load(i);
  return {recent_, &recent_->chunk(i - recent_first_chunk_)};
}

types::Datum PagedRows::Get(uint64_t row, size_t column) {
  const size_t chunk = row / kBatchRowsMax;
  const Batch& rows = chunk < recent_first_chunk_ ? *Load(chunk)
                                                  : recent_->chunk(chunk - recent_first_chunk_);
  return rows.column(column).GetDatum(static_cast<uint32_t>(row % kBatchRowsMax));
}

}  // namespace grizzly::executor
