// jsonpath printed, and the cache of trees.
#include "types/jsonpath.h"

#include <list>

#include <fmt/format.h>

#include "types/json.h"
#include "types/numeric.h"

namespace grizzly::types {
namespace {

using Kind = JsonPathKind;

// How tightly an operator holds its operands.
int Priority(Kind kind) {
  switch (kind) {
    case Kind::kOr: return 0;
    case Kind::kAnd: return 1;
    case Kind::kEqual:
    case Kind::kNotEqual:
    case Kind::kLess:
    case Kind::kGreater:
    case Kind::kLessOrEqual:
    case Kind::kGreaterOrEqual:
    case Kind::kStartsWith: return 2;
    case Kind::kAdd:
    case Kind::kSubtract: return 3;
    case Kind::kMultiply:
    case Kind::kDivide:
    case Kind::kModulo: return 4;
    case Kind::kPlus:
    case Kind::kMinus: return 5;
    default: return 6;
  }
}

class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}

  // `after`: it follows something, so that a key needs its dot.
  void Print(const JsonPathNode& node, bool after, bool bracketed) {
    if (node.kind <= Kind::kLast) {
      PrintPrimary(node);
    } else if (node.kind <= Kind::kModulo) {
      PrintBinary(node, bracketed);
    } else if (node.kind <= Kind::kMinus) {
      PrintUnary(node, bracketed);
    } else {
      PrintAccessor(node, after);
    }
    if (node.next != nullptr) Print(*node.next, true, true);
  }

 private:
  void PrintPrimary(const JsonPathNode& node) {
    switch (node.kind) {
      case Kind::kNull: out_ += "null"; return;
      case Kind::kTrue: out_ += "true"; return;
      case Kind::kFalse: out_ += "false"; return;
      case Kind::kNumber:
        if (node.next != nullptr) out_ += '(';
        AppendNumeric(out_, NumericRef(node.text));
        if (node.next != nullptr) out_ += ')';
        return;
      case Kind::kString: AppendJsonString(out_, node.text); return;
      case Kind::kVariable:
        out_ += '$';
        AppendJsonString(out_, node.text);
        return;
      case Kind::kRoot: out_ += '$'; return;
      case Kind::kCurrent: out_ += '@'; return;
      default: out_ += "last"; return;
    }
  }

  void PrintOperand(const JsonPathNode& operand, const JsonPathNode& of) {
    Print(operand, false, Priority(operand.kind) <= Priority(of.kind));
  }

  void PrintBinary(const JsonPathNode& node, bool bracketed) {
    if (bracketed) out_ += '(';
    PrintOperand(*node.left, node);
    out_ += ' ';
    out_ += JsonPathWord(node.kind);
    out_ += ' ';
    PrintOperand(*node.right, node);
    if (bracketed) out_ += ')';
  }

  void PrintUnary(const JsonPathNode& node, bool bracketed) {
    switch (node.kind) {
      case Kind::kNot:
        out_ += "!(";
        Print(*node.left, false, false);
        out_ += ')';
        return;
      case Kind::kIsUnknown:
        out_ += '(';
        Print(*node.left, false, false);
        out_ += ") is unknown";
        return;
      case Kind::kExists:
        out_ += "exists (";
        Print(*node.left, false, false);
        out_ += ')';
        return;
      default: break;
    }
    if (bracketed) out_ += '(';
    if (node.kind == Kind::kLikeRegex) {
      PrintOperand(*node.left, node);
      out_ += " like_regex ";
      AppendJsonString(out_, node.text);
      PrintFlags(node.flags);
    } else {
      out_ += JsonPathWord(node.kind);
      PrintOperand(*node.left, node);
    }
    if (bracketed) out_ += ')';
  }
  void PrintFlags(const JsonPathFlags& flags) {
    std::string letters;
    if (flags.caseless) letters += 'i';
    if (flags.dot_all) letters += 's';
    if (flags.lines) letters += 'm';
    if (flags.expanded) letters += 'x';
    if (flags.quoted) letters += 'q';
    if (!letters.empty()) out_ += fmt::format(" flag \"{}\"", letters);
  }

  void PrintAccessor(const JsonPathNode& node, bool after) {
    switch (node.kind) {
      case Kind::kKey:
        if (after) out_ += '.';
        AppendJsonString(out_, node.text);
        return;
      case Kind::kAnyKey: out_ += after ? ".*" : "*"; return;
      case Kind::kAnyElement: out_ += "[*]"; return;
      case Kind::kElements: PrintSubscripts(node); return;
      case Kind::kAnyLevel:
        if (after) out_ += '.';
        PrintLevels(node);
        return;
      case Kind::kFilter:
        out_ += "?(";
        Print(*node.left, false, false);
        out_ += ')';
        return;
      default:
        out_ += '.';
        out_ += JsonPathWord(node.kind);
        out_ += '(';
        if (node.left != nullptr) Print(*node.left, false, false);
        out_ += ')';
    }
  }
  void PrintSubscripts(const JsonPathNode& node) {
    out_ += '[';
    for (size_t i = 0; i < node.subscripts.size(); ++i) {
      if (i > 0) out_ += ',';
      Print(*node.subscripts[i].from, false, false);
      if (node.subscripts[i].to == nullptr) continue;
      out_ += " to ";
      Print(*node.subscripts[i].to, false, false);
    }
    out_ += ']';
  }
  void PrintLevels(const JsonPathNode& node) {
    out_ += "**";
    if (node.first_level == 0 && node.last_level == kJsonPathLastLevel) return;
    const auto level = [](uint32_t number) {
      return number == kJsonPathLastLevel ? std::string("last") : fmt::format("{}", number);
    };
    out_ += '{' + level(node.first_level);
    if (node.last_level != node.first_level) out_ += " to " + level(node.last_level);
    out_ += '}';
  }

  std::string& out_;
};

}  // namespace

std::string_view JsonPathWord(Kind kind) {
  switch (kind) {
    case Kind::kAnd: return "&&";
    case Kind::kOr: return "||";
    case Kind::kEqual: return "==";
    case Kind::kNotEqual: return "!=";
    case Kind::kLess: return "<";
    case Kind::kGreater: return ">";
    case Kind::kLessOrEqual: return "<=";
    case Kind::kGreaterOrEqual: return ">=";
    case Kind::kStartsWith: return "starts with";
    case Kind::kAdd:
    case Kind::kPlus: return "+";
    case Kind::kSubtract:
    case Kind::kMinus: return "-";
    case Kind::kMultiply: return "*";
    case Kind::kDivide: return "/";
    case Kind::kModulo: return "%";
    case Kind::kType: return "type";
    case Kind::kSize: return "size";
    case Kind::kAbs: return "abs";
    case Kind::kFloor: return "floor";
    case Kind::kCeiling: return "ceiling";
    case Kind::kDouble: return "double";
    case Kind::kDatetime: return "datetime";
    case Kind::kKeyValue: return "keyvalue";
    default: return "";
  }
}

void AppendJsonPath(std::string& out, const JsonPath& path) {
  if (path.is_strict) out += "strict ";
  Printer(out).Print(*path.root, false, true);
}

std::shared_ptr<const JsonPath> CachedJsonPath(std::string_view value) {
  struct Entry {
    std::string value;
    std::shared_ptr<const JsonPath> path;
  };
  thread_local std::list<Entry> cache;  // the last used first
  for (auto it = cache.begin(); it != cache.end(); ++it) {
    if (it->value != value) continue;
    cache.splice(cache.begin(), cache, it);
    return cache.front().path;
  }
  cache.push_front({std::string(value), std::make_shared<const JsonPath>(ParseJsonPath(value))});
  if (cache.size() > kJsonPathCacheEntries) cache.pop_back();
  return cache.front().path;
}

}  // namespace grizzly::types
