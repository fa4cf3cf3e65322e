#include "types/acl_item.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/integer.h"

namespace grizzly::types {
namespace {

constexpr size_t kNameBytesMax = 63;
constexpr Oid kBootstrapSuperuserOid = 10;

[[noreturn]] void ThrowInvalid(std::string message) {
  throw SqlError(SqlState::kInvalidTextRepresentation, std::move(message));
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsNamePart(char c) {
  return IsLetter(c) || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

class AclReader {
 public:
  explicit AclReader(std::string_view text) : rest_(text) {}

  bool Takes(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool IsAt(char c) const { return rest_.starts_with(c); }
  void SkipBlanks() {
    while (!rest_.empty() && IsBlank(rest_[0])) rest_.remove_prefix(1);
  }

  // Letters, digits, underscores, and anything in double quotes; empty: there is none.
  std::string Name() {
    SkipBlanks();
    std::string name;
    bool in_quotes = false;
    for (; !rest_.empty(); rest_.remove_prefix(1)) {
      const char c = rest_[0];
      if (c == '"') {
        const bool is_doubled = in_quotes && rest_.size() > 1 && rest_[1] == '"';
        if (!is_doubled) {
          in_quotes = !in_quotes;
          continue;
        }
        rest_.remove_prefix(1);
      } else if (!in_quotes && !IsNamePart(c)) {
        break;
      }
      if (name.size() == kNameBytesMax) {
        throw SqlError(SqlState::kNameTooLong, "identifier too long")
            .Detail(fmt::format("Identifier must be less than {} characters.", kNameBytesMax + 1));
      }
      name += c;
    }
    SkipBlanks();
    return name;
  }

  // Of each letter: 1 it is there, 2 it may be granted on.
  std::string Privileges() {
    int state[kAclLetters.size()] = {};
    int* last = nullptr;
    for (; !rest_.empty() && (IsLetter(rest_[0]) || rest_[0] == '*'); rest_.remove_prefix(1)) {
      if (rest_[0] == '*') {
        if (last != nullptr) *last = 2;
        continue;
      }
      const size_t at = kAclLetters.find(rest_[0]);
      if (at == std::string_view::npos) {
        ThrowInvalid(fmt::format("invalid mode character: must be one of \"{}\"", kAclLetters));
      }
      last = &state[at];
      if (*last == 0) *last = 1;
    }
    std::string letters;
    for (size_t i = 0; i < kAclLetters.size(); ++i) {
      if (state[i] > 0) letters += kAclLetters[i];
      if (state[i] > 1) letters += '*';
    }
    return letters;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// The role as it is shown; throws 42704.
std::string RoleShown(const std::string& name, RegNames* names) {
  if (names == nullptr) return name;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return names->Format(facts::kRegroleOid, names->Resolve(facts::kRegroleOid, quoted + '"'));
}

std::string GrantorShown(AclReader& reader, RegNames* names) {
  if (reader.Takes('/')) {
    const std::string name = reader.Name();
    if (name.empty()) ThrowInvalid("a name must follow the \"/\" sign");
    return RoleShown(name, names);
  }
  if (names == nullptr) return std::to_string(kBootstrapSuperuserOid);
  names->Warn(SqlState::kInvalidGrantor,
              fmt::format("defaulting grantor to user ID {}", kBootstrapSuperuserOid));
  return names->Format(facts::kRegroleOid, kBootstrapSuperuserOid);
}

}  // namespace

std::string ParseAclItem(std::string_view text, RegNames* names) {
  AclReader reader(text);
  std::string grantee = reader.Name();
  if (!reader.IsAt('=')) {
    if (grantee != "group" && grantee != "user") {
      throw SqlError(SqlState::kInvalidTextRepresentation,
                     fmt::format("unrecognized key word: \"{}\"", grantee))
          .Hint("ACL key word must be \"group\" or \"user\".");
    }
    grantee = reader.Name();
    if (grantee.empty()) {
      throw SqlError(SqlState::kInvalidTextRepresentation, "missing name")
          .Hint("A name must follow the \"group\" or \"user\" key word.");
    }
  }
  if (!reader.Takes('=')) ThrowInvalid("missing \"=\" sign");
  const std::string privileges = reader.Privileges();
  if (!grantee.empty()) grantee = RoleShown(grantee, names);
  const std::string grantor = GrantorShown(reader, names);
  reader.SkipBlanks();
  if (!reader.rest().empty()) ThrowInvalid("extra garbage at the end of the ACL specification");
  return fmt::format("{}={}/{}", grantee, privileges, grantor);
}

}  // namespace grizzly::types
