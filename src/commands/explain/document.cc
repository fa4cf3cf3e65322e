#include "commands/explain/document.h"

#include <fmt/format.h>

namespace grizzly::commands {

DocumentValue DocumentValue::Text(std::string value) {
  return {Kind::kText, std::move(value), {}, {}, {}, {}};
}
DocumentValue DocumentValue::Raw(std::string value) {
  return {Kind::kRaw, std::move(value), {}, {}, {}, {}};
}
DocumentValue DocumentValue::Texts(std::vector<std::string> values) {
  return {Kind::kTexts, {}, std::move(values), {}, {}, {}};
}
DocumentValue DocumentValue::Group(DocumentGroup members) {
  return {Kind::kGroup, {}, {}, std::move(members), {}, {}};
}
DocumentValue DocumentValue::Groups(std::string member_name, std::vector<DocumentGroup> members) {
  return {Kind::kGroups, {}, {}, {}, std::move(members), std::move(member_name)};
}

namespace {

using Kind = DocumentValue::Kind;

std::string Indent(int depth) { return std::string(static_cast<size_t>(depth) * 2, ' '); }

std::string JsonString(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    switch (c) {
      case '\b': quoted += "\\b"; break;
      case '\f': quoted += "\\f"; break;
      case '\n': quoted += "\\n"; break;
      case '\r': quoted += "\\r"; break;
      case '\t': quoted += "\\t"; break;
      case '"': quoted += "\\\""; break;
      case '\\': quoted += "\\\\"; break;
      default:
        if (static_cast<unsigned char>(c) < ' ') {
          quoted += fmt::format("\\u{:04x}", static_cast<int>(c));
        } else {
          quoted += c;
        }
    }
  }
  return quoted + "\"";
}

std::string ScalarText(const DocumentValue& value) {
  return value.kind == Kind::kRaw ? value.text : JsonString(value.text);
}

// ---- JSON ----

std::string JsonGroup(const DocumentGroup& group, int depth);

std::string JsonValue(const DocumentValue& value, int depth) {
  switch (value.kind) {
    case Kind::kText:
    case Kind::kRaw: return ScalarText(value);
    case Kind::kTexts: {
      std::string list;
      for (const std::string& text : value.texts) {
        if (!list.empty()) list += ", ";
        list += JsonString(text);
      }
      return "[" + list + "]";
    }
    case Kind::kGroup: return JsonGroup(value.group, depth);
    case Kind::kGroups: {
      std::string list;
      for (const DocumentGroup& member : value.groups) {
        if (!list.empty()) list += ",";
        list += "\n" + Indent(depth + 1) + JsonGroup(member, depth + 1);
      }
      return "[" + list + "\n" + Indent(depth) + "]";
    }
  }
  return "";
}

std::string JsonGroup(const DocumentGroup& group, int depth) {
  std::string list;
  for (const auto& [label, value] : group) {
    if (!list.empty()) list += ",";
    list += "\n" + Indent(depth + 1) + JsonString(label) + ": " + JsonValue(value, depth + 1);
  }
  return "{" + list + "\n" + Indent(depth) + "}";
}

// ---- YAML ----

// `inline_first`: the first member stands behind the "- " of its list.
std::string YamlGroup(const DocumentGroup& group, int depth, bool inline_first) {
  std::string lines;
  for (const auto& [label, value] : group) {
    if (!inline_first || &group.front().label != &label) lines += "\n" + Indent(depth);
    lines += label + ": ";
    switch (value.kind) {
      case Kind::kText:
      case Kind::kRaw: lines += ScalarText(value); break;
      case Kind::kTexts:
        for (const std::string& text : value.texts) {
          lines += "\n" + Indent(depth + 1) + "- " + JsonString(text);
        }
        break;
      case Kind::kGroup: lines += YamlGroup(value.group, depth + 1, false); break;
      case Kind::kGroups:
        for (const DocumentGroup& member : value.groups) {
          lines += "\n" + Indent(depth + 1) + "- " + YamlGroup(member, depth + 2, true);
        }
    }
  }
  return lines;
}

// ---- XML ----

std::string XmlName(std::string_view label) {
  std::string name;
  for (const char c : label) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    name += kept ? c : '-';
  }
  return name;
}

std::string XmlText(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '\r': escaped += "&#x0d;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string XmlGroup(const DocumentGroup& group, int depth) {
  std::string lines;
  for (const auto& [label, value] : group) {
    const std::string name = XmlName(label);
    const std::string indent = Indent(depth);
    if (value.kind == Kind::kText || value.kind == Kind::kRaw) {
      lines += fmt::format("{}<{}>{}</{}>\n", indent, name, XmlText(value.text), name);
      continue;
    }
    lines += fmt::format("{}<{}>\n", indent, name);
    for (const std::string& text : value.texts) {
      lines += fmt::format("{}<Item>{}</Item>\n", Indent(depth + 1), XmlText(text));
    }
    lines += XmlGroup(value.group, depth + 1);
    for (const DocumentGroup& member : value.groups) {
      lines += fmt::format("{0}<{1}>\n{2}{0}</{1}>\n", Indent(depth + 1),
                           XmlName(value.member_name), XmlGroup(member, depth + 2));
    }
    lines += fmt::format("{}</{}>\n", indent, name);
  }
  return lines;
}

}  // namespace

std::string WriteDocument(const DocumentGroup* query, ExplainFormat format) {
  switch (format) {
    case ExplainFormat::kJson:
      return query == nullptr ? "[\n  \"Utility Statement\"\n]"
                              : "[\n  " + JsonGroup(*query, 1) + "\n]";
    case ExplainFormat::kYaml:
      return query == nullptr ? "- Utility Statement" : "- " + YamlGroup(*query, 1, true);
    default:
      return fmt::format("<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n{}</explain>",
                         query == nullptr
                             ? std::string("  <Utility-Statement />\n")
                             : fmt::format("  <Query>\n{}  </Query>\n", XmlGroup(*query, 2)));
  }
}

}  // namespace grizzly::commands
