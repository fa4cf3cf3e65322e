#include "txn/key_filter.h"

namespace grizzly::txn {
namespace {

constexpr uint64_t kGolden = 0x9E3779B97F4A7C15u;
constexpr int kBitNumberBits = 9;  // of 512

}  // namespace

KeyFilter::KeyFilter(size_t key_count, MemoryTracker* memory) : memory_(memory) {
  const size_t block_count = key_count * kBitsPerKey / (8 * sizeof(Block)) + 1;
  if (memory_ != nullptr) memory_->Reserve(static_cast<int64_t>(block_count * sizeof(Block)));
  blocks_.resize(block_count);
}

KeyFilter::~KeyFilter() {
  if (memory_ != nullptr) memory_->Release(static_cast<int64_t>(blocks_.size() * sizeof(Block)));
}

void KeyFilter::Add(uint64_t hash) {
  Block& block = blocks_[BlockOf(hash)];
  uint64_t bits = hash * kGolden;
  for (int i = 0; i < kProbes; ++i, bits >>= kBitNumberBits) {
    block.words[(bits >> 6) & 7] |= uint64_t{1} << (bits & 63);
  }
}

bool KeyFilter::MayContain(uint64_t hash) const {
  const Block& block = blocks_[BlockOf(hash)];
  uint64_t bits = hash * kGolden;
  for (int i = 0; i < kProbes; ++i, bits >>= kBitNumberBits) {
    if ((block.words[(bits >> 6) & 7] >> (bits & 63) & 1) == 0) return false;
  }
  return true;
}

}  // namespace grizzly::txn
