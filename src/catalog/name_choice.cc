#include "catalog/name_choice.h"

namespace grizzly::catalog {
namespace {

// The longest prefix of at most `limit` bytes that ends between characters.
size_t ClippedBytes(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text.size();
  while (limit > 0 && (static_cast<uint8_t>(text[limit]) & 0xC0) == 0x80) --limit;
  return limit;
}

// Column names joined by underscores, as many as may matter.
std::string JoinColumns(const std::vector<std::string>& columns) {
  std::string joined;
  for (const std::string& column : columns) {
    if (!joined.empty()) joined.push_back('_');
    joined.append(column);
    if (joined.size() > kNameBytesMax) break;
  }
  return joined;
}

}  // namespace

std::string_view TruncateName(std::string_view name) {
  return name.substr(0, ClippedBytes(name, kNameBytesMax));
}

std::string MakeObjectName(std::string_view name1, std::string_view name2,
                           std::string_view label) {
  size_t overhead = 0;
  if (!name2.empty()) ++overhead;
  if (!label.empty()) overhead += label.size() + 1;
  const size_t available = kNameBytesMax - overhead;
  size_t bytes1 = name1.size();
  size_t bytes2 = name2.size();
  while (bytes1 + bytes2 > available) {
    if (bytes1 > bytes2) {
      --bytes1;
    } else {
      --bytes2;
    }
  }
  std::string name(name1.substr(0, ClippedBytes(name1, bytes1)));
  if (!name2.empty()) {
    name.push_back('_');
    name.append(name2.substr(0, ClippedBytes(name2, bytes2)));
  }
  if (!label.empty()) {
    name.push_back('_');
    name.append(label);
  }
  return name;
}

std::string NameChooser::Relation(std::string_view name1, std::string_view name2,
                                  std::string_view label, bool backs_constraint) {
  std::string numbered(label);
  for (int pass = 1;; ++pass) {
    std::string name = MakeObjectName(name1, name2, numbered);
    const bool used = taken_.contains(name) || catalog_.FindRelation(schema_, name) != nullptr ||
                      (backs_constraint && catalog_.HasConstraintName(schema_, name));
    if (!used) {
      taken_.insert(name);
      return name;
    }
    numbered = fmt::format("{}{}", label, pass);
  }
}

std::string NameChooser::Constraint(std::string_view name1, std::string_view name2,
                                    std::string_view label) {
  std::string numbered(label);
  for (int pass = 1;; ++pass) {
    std::string name = MakeObjectName(name1, name2, numbered);
    if (!taken_.contains(name) && !catalog_.HasConstraintName(schema_, name)) {
      taken_.insert(name);
      return name;
    }
    numbered = fmt::format("{}{}", label, pass);
  }
}

std::string NameChooser::UniqueKey(std::string_view table,
                                   const std::vector<std::string>& columns) {
  return Relation(table, JoinColumns(columns), "key", true);
}

std::string NameChooser::Index(std::string_view table, const std::vector<std::string>& columns) {
  return Relation(table, JoinColumns(ChooseIndexColumnNames(columns)), "idx", false);
}

std::string NameChooser::ForeignKey(std::string_view table,
                                    const std::vector<std::string>& columns) {
  return Constraint(table, JoinColumns(columns), "fkey");
}

std::vector<std::string> ChooseIndexColumnNames(const std::vector<std::string>& columns) {
  std::vector<std::string> chosen;
  for (const std::string& column : columns) {
    const std::string original = column.empty() ? "expr" : column;
    std::string name = original;
    for (int number = 1; std::find(chosen.begin(), chosen.end(), name) != chosen.end(); ++number) {
      const std::string suffix = std::to_string(number);
      name = original.substr(0, ClippedBytes(original, kNameBytesMax - suffix.size())) + suffix;
    }
    chosen.push_back(std::move(name));
  }
  return chosen;
}

}  // namespace grizzly::catalog
