// tsquery: text and bytes.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/binary_format.h"
#include "types/integer.h"
#include "types/lexeme_reader.h"
#include "types/text_search.h"

namespace grizzly::types {
namespace {

constexpr int kQueryDepthMax = 4000;

int Priority(const TsNode& node) {
  if (!node.is_operator) return 5;
  switch (node.op) {
    case TsOperator::kOr: return 1;
    case TsOperator::kAnd: return 2;
    case TsOperator::kPhrase: return 3;
    default: return 4;
  }
}

class QueryParser {
 public:
  explicit QueryParser(std::string_view text)
      : text_(text), reader_(text, "tsquery", /*is_query=*/true) {}

  std::unique_ptr<TsNode> Run() {
    reader_.SkipBlanks();
    if (reader_.AtEnd()) return nullptr;
    std::unique_ptr<TsNode> root = Binary(1);
    reader_.SkipBlanks();
    if (!reader_.AtEnd()) reader_.ThrowSyntax();
    return root;
  }

 private:
  // Operators of `priority` and above, left to right.
  std::unique_ptr<TsNode> Binary(int priority) {
    if (priority == 4) return Unary();
    std::unique_ptr<TsNode> left = Binary(priority + 1);
    while (true) {
      reader_.SkipBlanks();
      auto node = std::make_unique<TsNode>();
      node->is_operator = true;
      if (!TakeOperator(priority, *node)) return left;
      node->left = std::move(left);
      node->right = Binary(priority + 1);
      left = std::move(node);
    }
  }

  bool TakeOperator(int priority, TsNode& node) {
    if (priority == 1 && reader_.Skip('|')) {
      node.op = TsOperator::kOr;
      return true;
    }
    if (priority == 2 && reader_.Skip('&')) {
      node.op = TsOperator::kAnd;
      return true;
    }
    return priority == 3 && reader_.Peek() == '<' && TakePhrase(node);
  }

  // <-> or <3>
  bool TakePhrase(TsNode& node) {
    const std::string_view rest = reader_.rest();
    const size_t close = rest.find('>');
    if (close == std::string_view::npos) reader_.ThrowSyntax();
    const std::string_view inside = rest.substr(1, close - 1);
    int distance = 0;
    if (inside == "-") {
      distance = 1;
    } else {
      if (inside.empty()) reader_.ThrowSyntax();
      for (const char c : inside) {
        if (c < '0' || c > '9') reader_.ThrowSyntax();
        distance = std::min(distance * 10 + (c - '0'), 1'000'000);
      }
      if (distance > kPhraseDistanceMax) {
        throw SqlError(SqlState::kInvalidParameterValue,
                       fmt::format("distance in phrase operator must be an integer value between "
                                   "zero and {} inclusive", kPhraseDistanceMax));
      }
    }
    reader_.AdvanceBy(close + 1);
    node.op = TsOperator::kPhrase;
    node.distance = static_cast<uint16_t>(distance);
    return true;
  }

  std::unique_ptr<TsNode> Unary() {
    if (++depth_ > kQueryDepthMax) {
      throw SqlError(SqlState::kStatementTooComplex, "stack depth limit exceeded");
    }
    std::unique_ptr<TsNode> node;
    reader_.SkipBlanks();
    if (reader_.AtEnd()) reader_.Throw("no operand");
    if (reader_.Skip('!')) {
      node = std::make_unique<TsNode>();
      node->is_operator = true;
      node->op = TsOperator::kNot;
      node->right = Unary();
    } else if (reader_.Skip('(')) {
      node = Binary(1);
      reader_.SkipBlanks();
      if (!reader_.Skip(')')) reader_.ThrowSyntax();
    } else {
      node = Operand();
    }
    --depth_;
    return node;
  }

  std::unique_ptr<TsNode> Operand() {
    auto node = std::make_unique<TsNode>();
    if (reader_.Peek() == ':') reader_.ThrowSyntax();
    node->lexeme = reader_.Word();
    if (node->lexeme.empty()) reader_.ThrowSyntax();
    if (node->lexeme.size() > kLexemeBytesMax) {
      throw SqlError(SqlState::kProgramLimitExceeded,
                     fmt::format("word is too long in tsquery: \"{}\"", text_));
    }
    if (reader_.Skip(':')) TakeFlags(*node);
    return node;
  }

  void TakeFlags(TsNode& node) {
    while (!reader_.AtEnd()) {
      switch (reader_.Peek() | 0x20) {
        case 'a': node.weights |= 8; break;
        case 'b': node.weights |= 4; break;
        case 'c': node.weights |= 2; break;
        case 'd': node.weights |= 1; break;
        default:
          if (reader_.Peek() != '*') return;
          node.is_prefix = true;
      }
      reader_.Advance();
    }
  }

  const std::string_view text_;
  LexemeReader reader_;
  int depth_ = 0;
};

uint32_t NodeCount(const TsNode* node) {
  return node == nullptr ? 0 : 1 + NodeCount(node->left.get()) + NodeCount(node->right.get());
}

void AppendNode(std::string& bytes, const TsNode* node) {
  if (node == nullptr) return;
  if (!node->is_operator) {
    bytes += '\1';
    bytes += static_cast<char>(node->weights);
    bytes += static_cast<char>(node->is_prefix);
    bytes += node->lexeme;
    bytes += '\0';
    return;
  }
  bytes += '\2';
  bytes += static_cast<char>(node->op);
  if (node->op == TsOperator::kPhrase) AppendBinary(bytes, node->distance);
  AppendNode(bytes, node->right.get());
  AppendNode(bytes, node->left.get());
}

std::unique_ptr<TsNode> ReadNode(BinaryReader& reader, uint32_t& left, int depth) {
  if (left == 0 || depth > kQueryDepthMax) ThrowBinaryMalformed();
  --left;
  auto node = std::make_unique<TsNode>();
  if (reader.Read<uint8_t>() == 1) {
    node->weights = reader.Read<uint8_t>();
    node->is_prefix = reader.Read<uint8_t>() != 0;
    for (char c = reader.Take(1)[0]; c != '\0'; c = reader.Take(1)[0]) node->lexeme += c;
    return node;
  }
  node->is_operator = true;
  const auto op = reader.Read<uint8_t>();
  if (op < 1 || op > 4) ThrowBinaryMalformed();
  node->op = static_cast<TsOperator>(op);
  if (node->op == TsOperator::kPhrase) node->distance = reader.Read<uint16_t>();
  node->right = ReadNode(reader, left, depth + 1);
  if (node->op != TsOperator::kNot) node->left = ReadNode(reader, left, depth + 1);
  return node;
}

void AppendOperand(std::string& out, const TsNode* node, bool in_parentheses) {
  if (in_parentheses) out += "( ";
  AppendTsQuery(out, node);
  if (in_parentheses) out += " )";
}

}  // namespace

std::unique_ptr<TsNode> ParseTsQuery(std::string_view text) { return QueryParser(text).Run(); }

std::string TsQueryBytes(const TsNode* root) {
  std::string bytes;
  AppendBinary(bytes, NodeCount(root));
  AppendNode(bytes, root);
  return bytes;
}

std::unique_ptr<TsNode> ReadTsQuery(std::string_view bytes) {
  BinaryReader reader(bytes);
  auto left = reader.Read<uint32_t>();
  std::unique_ptr<TsNode> root = left == 0 ? nullptr : ReadNode(reader, left, 0);
  if (left != 0) ThrowBinaryMalformed();
  reader.Finish();
  return root;
}

void AppendTsQuery(std::string& out, const TsNode* root) {
  if (root == nullptr) return;
  if (!root->is_operator) {
    AppendLexeme(out, root->lexeme);
    if (root->weights == 0 && !root->is_prefix) return;
    out += ':';
    if (root->is_prefix) out += '*';
    for (int bit = 3; bit >= 0; --bit) {
      if ((root->weights & (1 << bit)) != 0) out += "DCBA"[bit];
    }
    return;
  }
  const int priority = Priority(*root);
  if (root->op == TsOperator::kNot) {
    out += '!';
    AppendOperand(out, root->right.get(), Priority(*root->right) < priority);
    return;
  }
  AppendOperand(out, root->left.get(), Priority(*root->left) < priority);
  switch (root->op) {
    case TsOperator::kOr: out += " | "; break;
    case TsOperator::kAnd: out += " & "; break;
    default:
      out += root->distance == 1 ? " <-> " : fmt::format(" <{}> ", root->distance);
  }
  // a <-> (b <-> c) is not a <-> b <-> c; of the others the grouping does not matter.
  const bool same_phrase = root->op == TsOperator::kPhrase && root->right->is_operator &&
                           root->right->op == TsOperator::kPhrase;
  AppendOperand(out, root->right.get(), Priority(*root->right) < priority || same_phrase);
}

}  // namespace grizzly::types
