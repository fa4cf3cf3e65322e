#include "executor/scan/table_sampler.h"

#include <bit>
#include <cmath>
#include <functional>
#include <random>

#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

// Rows a SYSTEM sample takes or leaves together.
constexpr uint64_t kBlockRows = 64;
constexpr double kHashRange = 4294967296.0;  // 2^32

uint64_t Mix(uint64_t value) {
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccdULL;
  value ^= value >> 33;
  value *= 0xc4ceb9fe1a85ec53ULL;
  return value ^ (value >> 33);
}

types::Datum Evaluate(const expr::Expr& expression, ExecContext& context) {
  expr::Evaluator evaluator(expression, context.evaluation);
  return evaluator.EvaluateScalar();
}

}  // namespace

TableSampler::TableSampler(const plan::TableSample& sample, ExecContext& context)
    : by_block_(sample.by_block) {
  const types::Datum percentage = Evaluate(*sample.percentage, context);
  if (percentage.is_null()) {
    throw SqlError(SqlState::kInvalidTablesampleArgument, "TABLESAMPLE parameter cannot be null");
  }
  const auto percent = static_cast<double>(percentage.As<float>());
  if (!(percent >= 0 && percent <= 100)) {
    throw SqlError(SqlState::kInvalidTablesampleArgument,
                   "sample percentage must be between 0 and 100");
  }
  cutoff_ = static_cast<uint64_t>(std::rint(kHashRange * percent / 100));
  if (sample.repeatable == nullptr) {
    std::random_device device;
    seed_ = (static_cast<uint64_t>(device()) << 32) | device();
    return;
  }
  const types::Datum repeatable = Evaluate(*sample.repeatable, context);
  if (repeatable.is_null()) {
    throw SqlError(SqlState::kInvalidTablesampleRepeat,
                   "TABLESAMPLE REPEATABLE parameter cannot be null");
  }
  seed_ = std::bit_cast<uint64_t>(repeatable.As<double>() + 0.0);  // -0 is 0
}

bool TableSampler::Takes(std::string_view row_key) {
  return TakesUnit(by_block_ ? row_++ / kBlockRows : std::hash<std::string_view>()(row_key));
}

bool TableSampler::TakesNumber(uint64_t row_number) const {
  return TakesUnit(by_block_ ? row_number / kBlockRows : row_number);
}

bool TableSampler::TakesUnit(uint64_t unit) const {
  return (Mix(unit ^ Mix(seed_)) >> 32) < cutoff_;
}

}  // namespace grizzly::executor
