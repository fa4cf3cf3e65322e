#include "executor/spill/spill_file.h"

#include <algorithm>
#include <cstring>

namespace grizzly::executor {

using types::Batch;
using types::PhysicalType;
using types::StringRef;
using types::Vector;

namespace {

constexpr size_t kBufferBytes = 64 << 10;
// A partition's rows go to its file when so many have gathered.
constexpr uint32_t kPendingRows = 512;

void AppendRaw(std::string& out, const void* bytes, size_t count) {
  out.append(static_cast<const char*>(bytes), count);
}

template <typename T>
void AppendFixed(std::string& out, const Vector& column, uint32_t rows) {
  const auto reader = column.Reader<T>();
  const size_t start = out.size();
  out.resize(start + rows * sizeof(T));
  if (reader.data == nullptr) return;
  char* target = out.data() + start;
  for (uint32_t i = 0; i < rows; ++i) std::memcpy(target + i * sizeof(T), &reader[i], sizeof(T));
}

void AppendStrings(std::string& out, const Vector& column, uint32_t rows) {
  const auto reader = column.Reader<StringRef>();
  const bool may_be_null = column.MayHaveNulls();
  for (uint32_t i = 0; i < rows; ++i) {
    const uint32_t size = may_be_null && reader.IsNull(i) ? 0 : reader[i].size();
    AppendRaw(out, &size, sizeof(size));
  }
  for (uint32_t i = 0; i < rows; ++i) {
    if (may_be_null && reader.IsNull(i)) continue;
    AppendRaw(out, reader[i].data(), reader[i].size());
  }
}

void AppendColumn(std::string& out, const Vector& column, uint32_t rows) {
  const bool has_nulls = column.MayHaveNulls();
  out.push_back(has_nulls ? 1 : 0);
  if (has_nulls) {
    std::vector<uint64_t> words((rows + 63) / 64, 0);
    for (uint32_t i = 0; i < rows; ++i) {
      if (!column.IsNull(i)) words[i >> 6] |= uint64_t{1} << (i & 63);
    }
    AppendRaw(out, words.data(), words.size() * sizeof(uint64_t));
  }
  switch (types::PhysicalWidth(column.physical())) {
    case 1: return AppendFixed<uint8_t>(out, column, rows);
    case 2: return AppendFixed<uint16_t>(out, column, rows);
    case 4: return AppendFixed<uint32_t>(out, column, rows);
    case 8: return AppendFixed<uint64_t>(out, column, rows);
    default: break;
  }
  if (column.physical() == PhysicalType::kString) return AppendStrings(out, column, rows);
  AppendFixed<types::Fixed16>(out, column, rows);
}

}  // namespace

SpillFile::SpillFile(SpillSpace& space, std::span<const types::SqlType> column_types)
    : space_(space),
      types_(column_types.begin(), column_types.end()),
      file_(space.files().New()) {}

SpillFile::~SpillFile() { space_.Release(static_cast<int64_t>(charged_bytes_)); }

void SpillFile::Write(const Batch& batch) {
  const uint32_t rows = batch.row_count();
  AppendRaw(buffer_, &rows, sizeof(rows));
  for (size_t i = 0; i < types_.size(); ++i) AppendColumn(buffer_, batch.column(i), rows);
  row_count_ += rows;
  if (buffer_.size() >= kBufferBytes) FlushBuffer();
}

void SpillFile::FlushBuffer() {
  space_.Charge(static_cast<int64_t>(buffer_.size()));
  charged_bytes_ += buffer_.size();
  file_->Append(buffer_);
  buffer_.clear();
}

void SpillFile::FinishWriting() {
  if (!buffer_.empty()) FlushBuffer();
  file_->Finish();
  Rewind();
}

void SpillFile::Rewind() {
  buffer_.clear();
  buffer_place_ = 0;
  file_place_ = 0;
  rows_left_ = row_count_;
}

void SpillFile::Take(void* target, size_t bytes) {
  char* to = static_cast<char*>(target);
  while (bytes > 0) {
    if (buffer_place_ == buffer_.size()) {
      buffer_.resize(std::min<uint64_t>(kBufferBytes, file_->size() - file_place_));
      buffer_place_ = 0;
      file_->Read(file_place_, buffer_.size(), buffer_.data());
      file_place_ += buffer_.size();
    }
    const size_t part = std::min(bytes, buffer_.size() - buffer_place_);
    std::memcpy(to, buffer_.data() + buffer_place_, part);
    buffer_place_ += part;
    to += part;
    bytes -= part;
  }
}

bool SpillFile::Read(Batch& out) {
  if (rows_left_ == 0) return false;
  rows_left_ -= TakeBatch(out);
  return true;
}

void SpillFile::ReadAt(uint64_t place, Batch& out) {
  buffer_.clear();
  buffer_place_ = 0;
  file_place_ = place;
  TakeBatch(out);
}

uint32_t SpillFile::TakeBatch(Batch& out) {
  uint32_t rows;
  Take(&rows, sizeof(rows));
  out.Reset();
  for (size_t c = 0; c < types_.size(); ++c) {
    Vector& column = out.column(c);
    column.Reserve(rows);
    char has_nulls;
    Take(&has_nulls, 1);
    if (has_nulls != 0) Take(column.MutableValidity(), (rows + 63) / 64 * sizeof(uint64_t));
    if (column.physical() != PhysicalType::kString) {
      Take(column.Data<char>(), size_t{rows} * types::PhysicalWidth(column.physical()));
      continue;
    }
    std::vector<uint32_t> sizes(rows);
    Take(sizes.data(), rows * sizeof(uint32_t));
    StringRef* texts = column.Data<StringRef>();
    for (uint32_t i = 0; i < rows; ++i) {
      char* bytes = column.heap().Allocate(sizes[i], 1);
      Take(bytes, sizes[i]);
      texts[i] = StringRef(std::string_view(bytes, sizes[i]));
    }
  }
  out.set_row_count(rows);
  return rows;
}

// ---- partitions ----

SpillPartitions::SpillPartitions(SpillSpace& space, std::span<const types::SqlType> column_types,
                                 uint32_t count, uint32_t shift)
    : shift_(shift) {
  for (uint32_t i = 0; i < count; ++i) {
    files_.push_back(std::make_unique<SpillFile>(space, column_types));
    pending_.push_back(std::make_unique<Batch>(column_types, kPendingRows));
  }
  chosen_.resize(count);
}

void SpillPartitions::Write(const Batch& batch, const uint64_t* hashes,
                            const std::vector<uint32_t>* rows) {
  const size_t count = rows == nullptr ? batch.row_count() : rows->size();
  for (auto& chosen : chosen_) chosen.clear();
  for (size_t i = 0; i < count; ++i) {
    const uint32_t row = rows == nullptr ? static_cast<uint32_t>(i) : (*rows)[i];
    chosen_[(hashes[row] >> shift_) % files_.size()].push_back(row);
  }
  for (size_t p = 0; p < files_.size(); ++p) {
    const std::vector<uint32_t>& chosen = chosen_[p];
    if (chosen.empty()) continue;
    Batch part;
    for (size_t c = 0; c < files_[p]->column_types().size(); ++c) {
      part.AddColumn(Vector(batch.column(c).type(), 0));
      part.columns().back().Slice(batch.column(c), chosen);
    }
    part.set_row_count(static_cast<uint32_t>(chosen.size()));
    if (chosen.size() >= kPendingRows) {
      files_[p]->Write(part);
      continue;
    }
    Batch& pending = *pending_[p];
    if (pending.row_count() + part.row_count() > kPendingRows) Flush(p);
    pending.Append(part, 0, part.row_count());
  }
}

void SpillPartitions::Flush(size_t partition) {
  Batch& pending = *pending_[partition];
  if (pending.row_count() > 0) files_[partition]->Write(pending);
  pending.Reset();
}

void SpillPartitions::FinishWriting() {
  for (size_t p = 0; p < files_.size(); ++p) {
    Flush(p);
    files_[p]->FinishWriting();
  }
  pending_.clear();
}

uint64_t SpillPartitions::byte_count() const {
  uint64_t bytes = 0;
  for (const auto& file : files_) bytes += file == nullptr ? 0 : file->byte_count();
  return bytes;
}

}  // namespace grizzly::executor
