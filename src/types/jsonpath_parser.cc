// The grammar of jsonpath, by recursive descent.
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/jsonpath.h"
#include "types/jsonpath_lexer.h"
#include "types/numeric.h"

namespace grizzly::types {
namespace {

using Kind = JsonPathKind;
using Token = JsonPathToken;
using Pointer = JsonPathPointer;

JsonPathRegexCheck regex_check = nullptr;

Pointer Make(Kind kind) { return std::make_unique<JsonPathNode>(kind); }
Pointer MakeText(Kind kind, std::string text) {
  Pointer node = Make(kind);
  node->text = std::move(text);
  return node;
}
Pointer MakeUnary(Kind kind, Pointer operand) {
  Pointer node = Make(kind);
  node->left = std::move(operand);
  return node;
}
Pointer MakeBinary(Kind kind, Pointer left, Pointer right) {
  Pointer node = MakeUnary(kind, std::move(left));
  node->right = std::move(right);
  return node;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { lexer_.Next(); }

  JsonPath Run() {
    JsonPath path;
    if (lexer_.IsKeyword("strict") || lexer_.IsKeyword("lax")) {
      path.is_strict = lexer_.IsKeyword("strict");
      lexer_.Next();
    }
    path.root = Either();
    if (lexer_.token() != Token::kEnd) SyntaxError();
    return path;
  }

 private:
  [[noreturn]] void SyntaxError() const { lexer_.Throw("syntax error"); }

  // ---- tokens ----
  bool Is(char c) const { return lexer_.punctuation() == c; }
  bool Take(char c) {
    if (!Is(c)) return false;
    lexer_.Next();
    return true;
  }
  void Expect(char c) {
    if (!Take(c)) SyntaxError();
  }
  bool Take(Token token) {
    if (lexer_.token() != token) return false;
    lexer_.Next();
    return true;
  }
  bool TakeKeyword(std::string_view keyword) {
    if (!lexer_.IsKeyword(keyword)) return false;
    lexer_.Next();
    return true;
  }
  std::string TakeValue() {
    std::string value = lexer_.value();
    lexer_.Next();
    return value;
  }

  struct DepthScope {
    explicit DepthScope(Parser& parser) : parser(parser) {
      if (++parser.depth_ <= kJsonPathDepthMax) return;
      throw SqlError(SqlState::kStatementTooComplex, "stack depth limit exceeded");
    }
    ~DepthScope() { --parser.depth_; }
    Parser& parser;
  };

  // A predicate without an accessor behind it.
  static bool IsPredicate(const Pointer& node) {
    return IsJsonPathPredicate(node->kind) && node->next == nullptr &&
           node->kind != Kind::kPlus && node->kind != Kind::kMinus;
  }
  void MustBePredicate(const Pointer& node) const {
    if (!IsPredicate(node)) SyntaxError();
  }
  void MustBeValue(const Pointer& node) const {
    if (IsPredicate(node)) SyntaxError();
  }
  Pointer Predicate() {
    Pointer node = Either();
    MustBePredicate(node);
    return node;
  }
  Pointer Value() {
    Pointer node = Sum();
    MustBeValue(node);
    return node;
  }

  // ---- predicates, weakest first ----
  Pointer Either() {
    const DepthScope scope(*this);
    Pointer left = Both();
    while (lexer_.token() == Token::kOrOr) {
      MustBePredicate(left);
      lexer_.Next();
      Pointer right = Both();
      MustBePredicate(right);
      left = MakeBinary(Kind::kOr, std::move(left), std::move(right));
    }
    return left;
  }
  Pointer Both() {
    Pointer left = Comparison();
    while (lexer_.token() == Token::kAndAnd) {
      MustBePredicate(left);
      lexer_.Next();
      Pointer right = Comparison();
      MustBePredicate(right);
      left = MakeBinary(Kind::kAnd, std::move(left), std::move(right));
    }
    return left;
  }

  Pointer Comparison() {
    if (Take(Token::kBang)) {
      if (!Is('(') && !lexer_.IsKeyword("exists")) SyntaxError();
      return MakeUnary(Kind::kNot, Delimited());
    }
    if (lexer_.IsKeyword("exists")) return Delimited();
    Pointer left = Sum();
    if (IsPredicate(left)) return left;
    const Kind kind = ComparisonKind();
    if (kind != Kind::kNull) {
      lexer_.Next();
      return MakeBinary(kind, std::move(left), Value());
    }
    if (TakeKeyword("starts")) return StartsWith(std::move(left));
    if (TakeKeyword("like_regex")) return LikeRegex(std::move(left));
    return left;
  }
  Kind ComparisonKind() const {
    switch (lexer_.token()) {
      case Token::kEqual: return Kind::kEqual;
      case Token::kNotEqual: return Kind::kNotEqual;
      case Token::kLess: return Kind::kLess;
      case Token::kLessOrEqual: return Kind::kLessOrEqual;
      case Token::kGreater: return Kind::kGreater;
      case Token::kGreaterOrEqual: return Kind::kGreaterOrEqual;
      default: return Kind::kNull;
    }
  }

  // ( predicate ) or exists ( value ).
  Pointer Delimited() {
    if (TakeKeyword("exists")) {
      Expect('(');
      Pointer operand = Value();
      Expect(')');
      return MakeUnary(Kind::kExists, std::move(operand));
    }
    Expect('(');
    Pointer inner = Predicate();
    Expect(')');
    return inner;
  }

  Pointer StartsWith(Pointer left) {
    if (!TakeKeyword("with")) SyntaxError();
    if (lexer_.token() != Token::kString && lexer_.token() != Token::kVariable) SyntaxError();
    const Kind kind = lexer_.token() == Token::kString ? Kind::kString : Kind::kVariable;
    return MakeBinary(Kind::kStartsWith, std::move(left), MakeText(kind, TakeValue()));
  }

  Pointer LikeRegex(Pointer left) {
    if (lexer_.token() != Token::kString) SyntaxError();
    Pointer node = MakeUnary(Kind::kLikeRegex, std::move(left));
    node->text = TakeValue();
    if (TakeKeyword("flag")) {
      if (lexer_.token() != Token::kString) SyntaxError();
      ReadFlags(lexer_.value(), node->flags);
      lexer_.Next();
    }
    if (node->flags.expanded && !node->flags.quoted) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "XQuery \"x\" flag (expanded regular expressions) is not implemented");
    }
    if (regex_check != nullptr) regex_check(node->text, node->flags);
    return node;
  }
  static void ReadFlags(std::string_view letters, JsonPathFlags& flags) {
    for (const char letter : letters) {
      switch (letter) {
        case 'i': flags.caseless = true; break;
        case 's': flags.dot_all = true; break;
        case 'm': flags.lines = true; break;
        case 'x': flags.expanded = true; break;
        case 'q': flags.quoted = true; break;
        default:
          throw SqlError(SqlState::kSyntaxError, "invalid input syntax for type jsonpath")
              .Detail(fmt::format("Unrecognized flag character \"{}\" in LIKE_REGEX predicate.",
                                  letter));
      }
    }
  }

  // ---- values ----
  Pointer Sum() {
    Pointer left = Product();
    while (Is('+') || Is('-')) {
      MustBeValue(left);
      const Kind kind = Is('+') ? Kind::kAdd : Kind::kSubtract;
      lexer_.Next();
      Pointer right = Product();
      MustBeValue(right);
      left = MakeBinary(kind, std::move(left), std::move(right));
    }
    return left;
  }
  Pointer Product() {
    Pointer left = Signed();
    while (Is('*') || Is('/') || Is('%')) {
      MustBeValue(left);
      const Kind kind = Is('*') ? Kind::kMultiply : (Is('/') ? Kind::kDivide : Kind::kModulo);
      lexer_.Next();
      Pointer right = Signed();
      MustBeValue(right);
      left = MakeBinary(kind, std::move(left), std::move(right));
    }
    return left;
  }
  Pointer Signed() {
    const DepthScope scope(*this);
    if (!Is('+') && !Is('-')) return Accessed();
    const bool is_minus = Is('-');
    lexer_.Next();
    Pointer operand = Signed();
    MustBeValue(operand);
    if (operand->kind != Kind::kNumber || operand->next != nullptr) {
      return MakeUnary(is_minus ? Kind::kMinus : Kind::kPlus, std::move(operand));
    }
    if (is_minus) {
      Arena arena;
      const StringRef negated = NumericNegate(NumericRef(operand->text), arena);
      operand->text = std::string(negated.view());
    }
    return operand;
  }

  Pointer Accessed() {
    Pointer head;
    if (Take('(')) {
      head = Either();
      Expect(')');
      if (IsPredicate(head) && TakeKeyword("is")) {
        if (!TakeKeyword("unknown")) SyntaxError();
        return MakeUnary(Kind::kIsUnknown, std::move(head));
      }
    } else {
      head = Primary();
    }
    JsonPathNode* last = head.get();
    while (last->next != nullptr) last = last->next.get();
    while (Pointer accessor = Accessor()) {
      last->next = std::move(accessor);
      last = last->next.get();
    }
    return head;
  }

  Pointer Primary() {
    switch (lexer_.token()) {
      case Token::kString: return MakeText(Kind::kString, TakeValue());
      case Token::kVariable: return MakeText(Kind::kVariable, TakeValue());
      case Token::kInteger:
      case Token::kDecimal: {
        Arena arena;
        const StringRef number = ParseNumeric(lexer_.value(), kNoTypmod, arena);
        lexer_.Next();
        return MakeText(Kind::kNumber, std::string(number.view()));
      }
      default: break;
    }
    if (TakeKeyword("null")) return Make(Kind::kNull);
    if (TakeKeyword("true")) return Make(Kind::kTrue);
    if (TakeKeyword("false")) return Make(Kind::kFalse);
    if (Take('$')) return Make(Kind::kRoot);
    if (Is('@')) {
      if (filters_ == 0) Misplaced("@ is not allowed in root expressions");
      lexer_.Next();
      return Make(Kind::kCurrent);
    }
    if (lexer_.IsKeyword("last")) {
      if (subscripts_ == 0) Misplaced("LAST is allowed only in array subscripts");
      lexer_.Next();
      return Make(Kind::kLast);
    }
    SyntaxError();
  }
  [[noreturn]] static void Misplaced(const char* message) {
    throw SqlError(SqlState::kSyntaxError, message);
  }

  // Null: no accessor follows.
  Pointer Accessor() {
    if (Take('[')) return Subscripts();
    if (Take('?')) {
      Expect('(');
      ++filters_;
      Pointer filter = MakeUnary(Kind::kFilter, Predicate());
      --filters_;
      Expect(')');
      return filter;
    }
    if (!Take('.')) return nullptr;
    if (Take('*')) return Make(Kind::kAnyKey);
    if (Take(Token::kStarStar)) return AnyLevel();
    if (lexer_.token() == Token::kString) return MakeText(Kind::kKey, TakeValue());
    if (lexer_.token() != Token::kWord) SyntaxError();
    const Kind method = MethodKind();
    std::string key = TakeValue();
    if (method == Kind::kKey || !Take('(')) return MakeText(Kind::kKey, std::move(key));
    Pointer node = Make(method);
    if (method == Kind::kDatetime && lexer_.token() == Token::kString) {
      node->left = MakeText(Kind::kString, TakeValue());
    }
    Expect(')');
    return node;
  }
  Kind MethodKind() const {
    for (Kind kind : {Kind::kType, Kind::kSize, Kind::kAbs, Kind::kFloor, Kind::kCeiling,
                      Kind::kDouble, Kind::kDatetime, Kind::kKeyValue}) {
      if (lexer_.IsKeyword(JsonPathWord(kind))) return kind;
    }
    return Kind::kKey;
  }

  Pointer Subscripts() {
    if (Take('*')) {
      Expect(']');
      return Make(Kind::kAnyElement);
    }
    Pointer node = Make(Kind::kElements);
    ++subscripts_;
    do {
      JsonPathSubscript subscript;
      subscript.from = Value();
      if (TakeKeyword("to")) subscript.to = Value();
      node->subscripts.push_back(std::move(subscript));
    } while (Take(','));
    --subscripts_;
    Expect(']');
    return node;
  }

  Pointer AnyLevel() {
    Pointer node = Make(Kind::kAnyLevel);
    if (!Take('{')) return node;
    node->first_level = Level();
    node->last_level = TakeKeyword("to") ? Level() : node->first_level;
    Expect('}');
    return node;
  }
  uint32_t Level() {
    if (TakeKeyword("last")) return kJsonPathLastLevel;
    if (lexer_.token() != Token::kInteger) SyntaxError();
    const std::string digits = TakeValue();
    uint32_t level = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), level);
    if (read.ec != std::errc() || level > std::numeric_limits<int32_t>::max()) {
      throw SqlError(SqlState::kNumericValueOutOfRange,
                     fmt::format("value \"{}\" is out of range for type integer", digits));
    }
    return level;
  }

  JsonPathLexer lexer_;
  int depth_ = 0;
  int filters_ = 0;
  int subscripts_ = 0;
};

}  // namespace

void SetJsonPathRegexCheck(JsonPathRegexCheck check) { regex_check = check; }

JsonPath ParseJsonPath(std::string_view text) {
  if (text.find_first_not_of(" \t\n\r\f") == std::string_view::npos) {
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   fmt::format("invalid input syntax for type jsonpath: \"{}\"", text));
  }
  return Parser(text).Run();
}

}  // namespace grizzly::types
