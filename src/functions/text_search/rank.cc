// ts_rank() and ts_rank_cd().
//
// SOURCE  PostgreSQL 15 docs, 12.3.3; Clarke, Cormack, Tudhope: Relevance Ranking for One to Three Term
//         Queries (1999), for cover density
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/text_search/query_match.h"
#include "types/array.h"

namespace grizzly::functions {
namespace {

using types::TsLexeme;
using types::TsNode;
using types::TsOperator;
using View = std::string_view;

// What to divide a rank by; bits of the last argument.
enum Normalization : int32_t {
  kLogOfLength = 1, kLength = 2, kExtentDistance = 4, kLexemes = 8, kLogOfLexemes = 16, kToOne = 32,
};

using Weights = std::array<float, 4>;  // of D, C, B, A
constexpr Weights kDefaultWeights = {0.1f, 0.2f, 0.4f, 1.0f};

Weights WeightsOf(View array_bytes) {
  const types::ArrayRef array(array_bytes);
  if (array.dimension_count() != 1) {
    throw SqlError(SqlState::kArraySubscriptError, "array of weight must be one-dimensional");
  }
  if (array.size() < 4) throw SqlError(SqlState::kArraySubscriptError, "array of weight is too short");
  if (array.has_nulls()) {
    throw SqlError(SqlState::kNullValueNotAllowed, "array of weight must not contain nulls");
  }
  Weights weights = kDefaultWeights;
  for (uint32_t i = 0; i < weights.size(); ++i) {
    const auto weight = array.Value<float>(i);
    if (weight >= 0) weights[i] = weight;
    if (weights[i] > 1.0f) {
      throw SqlError(SqlState::kInvalidParameterValue, "weight out of range");
    }
  }
  return weights;
}

int TextLength(const std::vector<TsLexeme>& lexemes) {
  size_t length = 0;
  for (const TsLexeme& lexeme : lexemes) length += std::max<size_t>(lexeme.positions.size(), 1);
  return static_cast<int>(length);
}

// The operands of the query, each lexeme once, in order of their texts.
void CollectOperands(const TsNode* node, std::vector<const TsNode*>& operands) {
  if (node == nullptr) return;
  if (!node->is_operator) operands.push_back(node);
  CollectOperands(node->left.get(), operands);
  CollectOperands(node->right.get(), operands);
}
std::vector<const TsNode*> UniqueOperands(const TsNode& query) {
  std::vector<const TsNode*> operands;
  CollectOperands(&query, operands);
  std::stable_sort(operands.begin(), operands.end(),
                   [](const TsNode* a, const TsNode* b) { return a->lexeme < b->lexeme; });
  operands.erase(std::unique(operands.begin(), operands.end(),
                             [](const TsNode* a, const TsNode* b) { return a->lexeme == b->lexeme; }),
                 operands.end());
  return operands;
}

// ---- ts_rank: how often, how close ----

class FrequencyRank {
 public:
  FrequencyRank(const Weights& weights, const VectorLexemes& vector, const TsNode& query)
      : weights_(weights), vector_(vector), query_(query), operands_(UniqueOperands(query)) {}

  float Run() const {
    const bool is_and = query_.is_operator &&
                        (query_.op == TsOperator::kAnd || query_.op == TsOperator::kPhrase);
    const float rank = is_and && operands_.size() > 1 ? RankAnd() : RankOr();
    return rank < 0 ? 1e-20f : rank;
  }

 private:
  float WeightOf(uint16_t position) const { return weights_[LexemeWeight(position)]; }
  static float Closeness(int distance) {
    if (distance > 100) return 1e-30f;
    return static_cast<float>(1.0 / (1.005 + 0.05 * std::exp(static_cast<float>(distance) / 1.5 - 2)));
  }
  // A lexeme without positions stands at the very end.
  static const std::vector<uint16_t>& PositionsOf(const TsLexeme& lexeme, bool* is_unplaced) {
    static const std::vector<uint16_t> kNowhere = {types::kLexemePlaceMax};
    *is_unplaced = lexeme.positions.empty();
    return *is_unplaced ? kNowhere : lexeme.positions;
  }

  float RankAnd() const {
    struct Seen {
      const std::vector<uint16_t>* positions = nullptr;
      bool is_unplaced = false;
    };
    std::vector<Seen> seen(operands_.size());
    float rank = -1.0f;
    for (size_t i = 0; i < operands_.size(); ++i) {
      const auto [first, end] = vector_.Find(*operands_[i]);
      for (size_t entry = first; entry < end; ++entry) {
        seen[i].positions = &PositionsOf(vector_.all()[entry], &seen[i].is_unplaced);
        for (size_t k = 0; k < i; ++k) {
          if (seen[k].positions == nullptr) continue;
          const bool is_unplaced = seen[i].is_unplaced || seen[k].is_unplaced;
          AddPairs(*seen[i].positions, *seen[k].positions, is_unplaced, rank);
        }
      }
    }
    return rank;
  }
  void AddPairs(const std::vector<uint16_t>& here, const std::vector<uint16_t>& there,
                bool is_unplaced, float& rank) const {
    for (const uint16_t a : here) {
      for (const uint16_t b : there) {
        int distance = std::abs(LexemePlace(a) - LexemePlace(b));
        if (distance == 0 && !is_unplaced) continue;
        if (distance == 0) distance = types::kLexemePlaceMax + 1;
        const auto weight =
            static_cast<float>(std::sqrt(WeightOf(a) * WeightOf(b) * Closeness(distance)));
        rank = rank < 0 ? weight : static_cast<float>(1.0 - (1.0 - rank) * (1.0 - weight));
      }
    }
  }

  float RankOr() const {
    float rank = 0.0f;
    for (const TsNode* operand : operands_) {
      const auto [first, end] = vector_.Find(*operand);
      for (size_t entry = first; entry < end; ++entry) {
        bool is_unplaced = false;
        const std::vector<uint16_t>& positions = PositionsOf(vector_.all()[entry], &is_unplaced);
        float sum = 0.0f;
        float best = -1.0f;
        int best_at = 0;
        for (int k = 0; k < static_cast<int>(positions.size()); ++k) {
          const float weight = WeightOf(positions[static_cast<size_t>(k)]);
          sum += weight / static_cast<float>((k + 1) * (k + 1));
          if (weight > best) {
            best = weight;
            best_at = k;
          }
        }
        // 1.6449... is what the sum of 1/i^2 never passes.
        rank = static_cast<float>(
            rank + (best + sum - best / static_cast<float>((best_at + 1) * (best_at + 1))) /
                       1.64493406685);
      }
    }
    if (!operands_.empty()) rank /= static_cast<float>(operands_.size());
    return rank;
  }

  const Weights& weights_;
  const VectorLexemes& vector_;
  const TsNode& query_;
  const std::vector<const TsNode*> operands_;
};

float Rank(const Weights& weights, View vector_bytes, View query_bytes, int32_t method) {
  const VectorLexemes vector(types::ReadTsVector(vector_bytes));
  const std::unique_ptr<TsNode> query = types::ReadTsQuery(query_bytes);
  if (vector.all().empty() || query == nullptr) return 0.0f;
  float rank = FrequencyRank(weights, vector, *query).Run();
  const auto size = static_cast<double>(vector.all().size());
  const int length = TextLength(vector.all());
  if ((method & kLogOfLength) != 0) {
    rank = static_cast<float>(rank / (std::log(static_cast<double>(length + 1)) / std::log(2.0)));
  }
  if ((method & kLength) != 0 && length > 0) rank /= static_cast<float>(length);
  if ((method & kLexemes) != 0) rank /= static_cast<float>(size);
  if ((method & kLogOfLexemes) != 0) {
    rank = static_cast<float>(rank / (std::log(size + 1) / std::log(2.0)));
  }
  if ((method & kToOne) != 0) rank /= rank + 1;
  return rank;
}

// ---- ts_rank_cd: the density of the extents that match ----

class CoverRank {
 public:
  CoverRank(const Weights& weights, const VectorLexemes& vector, const TsNode& query)
      : query_(query) {
    for (size_t i = 0; i < weights.size(); ++i) inverse_weights_[i] = 1.0 / weights[i];
    CollectOperands(&query, operands_);
    CollectPlaces(vector);
  }

  double Run(int32_t method) {
    double rank = 0.0;
    double distances = 0.0;
    double previous = 0.0;
    int extents = 0;
    while (NextCover()) {
      rank += Density();
      const double middle = (last_place_ + first_place_) / 2.0;
      if (extents > 0 && middle > previous) distances += 1.0 / (middle - previous);
      previous = middle;
      ++extents;
    }
    if ((method & kExtentDistance) != 0 && extents > 0 && distances > 0) {
      rank /= static_cast<double>(extents) / distances;
    }
    return rank;
  }

 private:
  struct Occurrence {
    uint16_t position = 0;
    std::vector<const TsNode*> operands;
  };

  void CollectPlaces(const VectorLexemes& vector) {
    std::map<uint32_t, Occurrence> by_position;  // by place, then by weight
    for (const TsNode* operand : operands_) {
      const auto [first, end] = vector.Find(*operand);
      for (size_t i = first; i < end; ++i) {
        for (const uint16_t position : vector.all()[i].positions) {
          if (!TakesWeight(*operand, LexemeWeight(position))) continue;
          const uint32_t key = uint32_t{LexemePlace(position)} << 2 | LexemeWeight(position);
          Occurrence& occurrence = by_position[key];
          occurrence.position = position;
          occurrence.operands.push_back(operand);
        }
      }
    }
    for (auto& [key, occurrence] : by_position) occurrences_.push_back(std::move(occurrence));
  }

  void See(const Occurrence& occurrence) {
    for (const TsNode* operand : occurrence.operands) {
      seen_[operand].push_back(LexemePlace(occurrence.position));
    }
  }
  bool Matches() const {
    return MatchesQuery(&query_, [this](const TsNode& operand, bool) {
      OperandMatch match;
      const auto found = seen_.find(&operand);
      match.matches = found != seen_.end();
      if (!match.matches) return match;
      match.has_positions = true;
      match.places = found->second;
      std::sort(match.places.begin(), match.places.end());
      return match;
    });
  }

  // The next shortest extent that matches: its end from the left, then its start from that end back.
  bool NextCover() {
    while (true) {
      seen_.clear();
      size_t end = start_;
      for (; end < occurrences_.size(); ++end) {
        See(occurrences_[end]);
        if (Matches()) break;
      }
      if (end >= occurrences_.size()) return false;
      last_ = end;
      last_place_ = LexemePlace(occurrences_[end].position);
      if (last_place_ <= 0) return false;
      seen_.clear();
      size_t begin = end + 1;
      bool found = false;
      while (begin > start_ && !found) {
        See(occurrences_[--begin]);
        found = Matches();
      }
      if (found) {
        first_ = begin;
        first_place_ = LexemePlace(occurrences_[begin].position);
        start_ = begin + 1;
        return true;
      }
      ++start_;
    }
  }

  double Density() const {
    double sum = 0.0;
    for (size_t i = first_; i <= last_; ++i) {
      sum += inverse_weights_[LexemeWeight(occurrences_[i].position)];
    }
    const auto inner = static_cast<int>(last_ - first_);
    int noise = last_place_ - first_place_ - inner;
    if (noise < 0) noise = inner / 2;
    return (inner + 1) / sum / (1 + noise);
  }

  const TsNode& query_;
  std::array<double, 4> inverse_weights_{};
  std::vector<const TsNode*> operands_;
  std::vector<Occurrence> occurrences_;  // by place
  std::map<const TsNode*, std::vector<uint16_t>> seen_;
  size_t start_ = 0;
  size_t first_ = 0, last_ = 0;
  int first_place_ = 0, last_place_ = 0;
};

float RankCovers(const Weights& weights, View vector_bytes, View query_bytes, int32_t method) {
  const VectorLexemes vector(types::ReadTsVector(vector_bytes));
  const std::unique_ptr<TsNode> query = types::ReadTsQuery(query_bytes);
  if (vector.all().empty() || query == nullptr) return 0.0f;
  double rank = CoverRank(weights, vector, *query).Run(method);
  const auto size = static_cast<double>(vector.all().size());
  const int length = TextLength(vector.all());
  if ((method & kLogOfLength) != 0) rank /= std::log(static_cast<double>(length + 1));
  if ((method & kLength) != 0 && length > 0) rank /= static_cast<double>(length);
  if ((method & kLexemes) != 0) rank /= size;
  if ((method & kLogOfLexemes) != 0) rank /= std::log(size + 1) / std::log(2.0);
  if ((method & kToOne) != 0) rank /= rank + 1;
  return static_cast<float>(rank);
}

using RankFunction = float (*)(const Weights&, View, View, int32_t);

template <RankFunction rank>
float WithAll(View weights, View vector, View query, int32_t method) {
  return rank(WeightsOf(weights), vector, query, method);
}
template <RankFunction rank>
float WithWeights(View weights, View vector, View query) {
  return rank(WeightsOf(weights), vector, query, 0);
}
template <RankFunction rank>
float WithMethod(View vector, View query, int32_t method) {
  return rank(kDefaultWeights, vector, query, method);
}
template <RankFunction rank>
float Plain(View vector, View query) {
  return rank(kDefaultWeights, vector, query, 0);
}

}  // namespace

void RegisterTextSearchRank(Registry& registry) {
  registry.AddScalar("ts_rank_wttf", Cold<&WithAll<&Rank>>);
  registry.AddScalar("ts_rank_wtt", Cold<&WithWeights<&Rank>>);
  registry.AddScalar("ts_rank_ttf", Cold<&WithMethod<&Rank>>);
  registry.AddScalar("ts_rank_tt", Cold<&Plain<&Rank>>);
  registry.AddScalar("ts_rankcd_wttf", Cold<&WithAll<&RankCovers>>);
  registry.AddScalar("ts_rankcd_wtt", Cold<&WithWeights<&RankCovers>>);
  registry.AddScalar("ts_rankcd_ttf", Cold<&WithMethod<&RankCovers>>);
  registry.AddScalar("ts_rankcd_tt", Cold<&Plain<&RankCovers>>);
}

}  // namespace grizzly::functions
