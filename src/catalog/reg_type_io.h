// The reg* types (regclass, regtype, ...): object identifiers that read and write as names.
//
// Output qualifies what the default search path ("pg_catalog, public") does not show. Input of
// constants is the binder's, who knows the session's path; what comes here follows the default one.
// THREADS  any. A RegTypeIo lives no longer than its snapshot.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/search_path.h"

namespace grizzly::catalog {

bool IsRegType(Oid type);

// "s.t", "\"Odd Name\"", "-", "1234": parts of a name as the reg* input functions split it. Throws 42602
// for a malformed one.
std::vector<std::string> SplitQualifiedName(std::string_view text);

// The name of an object of the kind that the reg* type stands for; the number when there is none.
std::string FormatRegName(const CatalogSnapshot& catalog, const SearchPath& path, Oid reg_type,
                          Oid object);
// The object of that name. Throws 42P01, 42704, 42883 ... as the type's input function does; 0A000 for
// kinds whose names are not looked up here (regtype: the binder's; regrole: shared).
Oid ResolveRegName(const CatalogSnapshot& catalog, const SearchPath& path, Oid reg_type,
                   std::string_view text);

class RegTypeIo final : public types::TypeIo {
 public:
  RegTypeIo(const CatalogSnapshot& catalog, Oid reg_type);
  types::Datum Input(std::string_view text, int32_t typmod, const types::IoSettings& settings,
                     Arena& arena) const override;
  void Output(const types::Datum& value, const types::IoSettings& settings,
              std::string& out) const override;
  types::Datum Receive(std::string_view bytes, int32_t typmod, const types::IoSettings& settings,
                       Arena& arena) const override;
  void Send(const types::Datum& value, const types::IoSettings& settings,
            std::string& out) const override;

 private:
  const CatalogSnapshot& catalog_;
  const Oid reg_type_;
};

}  // namespace grizzly::catalog
