// Text and binary formats of the types of system catalogs: reg*, aclitem, pg_node_tree ...
#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/acl_item.h"
#include "types/codec_io.h"
#include "types/integer.h"
#include "types/reg_names.h"
#include "types/type_name.h"
#include "types/xid_snapshot.h"

namespace grizzly::types {
namespace {

// regclass and its kin: an oid that reads as a name.
template <Oid kind>
struct RegCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings& settings, Arena&) {
    if (settings.reg_names != nullptr) return Datum::Of(settings.reg_names->Resolve(kind, text));
    return Datum::Of<uint32_t>(text == "-" ? kInvalidOid : ParseOid(text));
  }
  static void Output(const Datum& value, const IoSettings& settings, std::string& out) {
    const auto oid = value.As<uint32_t>();
    if (settings.reg_names != nullptr) {
      out += settings.reg_names->Format(kind, oid);
    } else if (oid == kInvalidOid) {
      out += '-';
    } else {
      AppendUnsigned(out, oid);
    }
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena&) {
    return Datum::Of(reader.Read<uint32_t>());
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    AppendBinary(out, value.As<uint32_t>());
  }
};

struct AclItemCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings& settings, Arena& arena) {
    return Datum::OfString(ParseAclItem(text, settings.reg_names), arena);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
  static Datum Receive(BinaryReader&, int32_t, const IoSettings&, Arena&) {
    throw SqlError(SqlState::kUndefinedFunction,
                   "no binary input function available for type aclitem");
  }
  static void Send(const Datum&, const IoSettings&, std::string&) {
    throw SqlError(SqlState::kUndefinedFunction,
                   "no binary output function available for type aclitem");
  }
};

struct XidSnapshotCodec {
  static Datum Input(std::string_view text, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(XidSnapshotBytes(ParseXidSnapshot(text)), arena);
  }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    out += XidSnapshotText(ReadXidSnapshot(value.AsString()));
  }
  static Datum Receive(BinaryReader& reader, int32_t, const IoSettings&, Arena& arena) {
    return Datum::OfString(XidSnapshotBytes(ReadXidSnapshot(reader.TakeRest())), arena);
  }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }
};

// Types whose values only the server makes (pg_node_tree holds the SQL an expression reads as): shown as
// the text they hold, never read.
template <Oid oid>
struct OutputOnlyCodec {
  static Datum Input(std::string_view, int32_t, const IoSettings&, Arena&) { ThrowNoInput(); }
  static void Output(const Datum& value, const IoSettings&, std::string& out) {
    if (oid == facts::kAnyOid) {
      throw SqlError(SqlState::kFeatureNotSupported, "cannot display a value of type any");
    }
    out += value.AsString();
  }
  static Datum Receive(BinaryReader&, int32_t, const IoSettings&, Arena&) { ThrowNoInput(); }
  static void Send(const Datum& value, const IoSettings&, std::string& out) {
    out += value.AsString();
  }

 private:
  [[noreturn]] static void ThrowNoInput() {
    if (oid == facts::kGtsvectorOid) {
      throw SqlError(SqlState::kFeatureNotSupported, "gtsvector_in not implemented");
    }
    std::string name(TypeName(oid));
    if (oid == facts::kPgBrinMinmaxMultiSummaryOid) name.erase(0, 3);  // PostgreSQL's name for it
    throw SqlError(SqlState::kFeatureNotSupported, "cannot accept a value of type " + name);
  }
};

}  // namespace

const TypeIo* SystemIo(Oid oid) {
  switch (oid) {
    case facts::kRegclassOid: return CodecIo<RegCodec<facts::kRegclassOid>>::Instance();
    case facts::kRegtypeOid: return CodecIo<RegCodec<facts::kRegtypeOid>>::Instance();
    case facts::kRegprocOid: return CodecIo<RegCodec<facts::kRegprocOid>>::Instance();
    case facts::kRegprocedureOid: return CodecIo<RegCodec<facts::kRegprocedureOid>>::Instance();
    case facts::kRegoperOid: return CodecIo<RegCodec<facts::kRegoperOid>>::Instance();
    case facts::kRegoperatorOid: return CodecIo<RegCodec<facts::kRegoperatorOid>>::Instance();
    case facts::kRegnamespaceOid: return CodecIo<RegCodec<facts::kRegnamespaceOid>>::Instance();
    case facts::kRegroleOid: return CodecIo<RegCodec<facts::kRegroleOid>>::Instance();
    case facts::kRegcollationOid: return CodecIo<RegCodec<facts::kRegcollationOid>>::Instance();
    case facts::kRegconfigOid: return CodecIo<RegCodec<facts::kRegconfigOid>>::Instance();
    case facts::kRegdictionaryOid: return CodecIo<RegCodec<facts::kRegdictionaryOid>>::Instance();
    case facts::kAclitemOid: return CodecIo<AclItemCodec>::Instance();
    case facts::kPgSnapshotOid:
    case facts::kTxidSnapshotOid: return CodecIo<XidSnapshotCodec>::Instance();
    case facts::kPgNodeTreeOid:
      return CodecIo<OutputOnlyCodec<facts::kPgNodeTreeOid>>::Instance();
    case facts::kPgNdistinctOid:
      return CodecIo<OutputOnlyCodec<facts::kPgNdistinctOid>>::Instance();
    case facts::kPgDependenciesOid:
      return CodecIo<OutputOnlyCodec<facts::kPgDependenciesOid>>::Instance();
    case facts::kPgMcvListOid: return CodecIo<OutputOnlyCodec<facts::kPgMcvListOid>>::Instance();
    case facts::kGtsvectorOid: return CodecIo<OutputOnlyCodec<facts::kGtsvectorOid>>::Instance();
    case facts::kPgBrinBloomSummaryOid:
      return CodecIo<OutputOnlyCodec<facts::kPgBrinBloomSummaryOid>>::Instance();
    case facts::kPgBrinMinmaxMultiSummaryOid:
      return CodecIo<OutputOnlyCodec<facts::kPgBrinMinmaxMultiSummaryOid>>::Instance();
    case facts::kAnyOid: return CodecIo<OutputOnlyCodec<facts::kAnyOid>>::Instance();
    case facts::kAnyenumOid: return CodecIo<OutputOnlyCodec<facts::kAnyenumOid>>::Instance();
    case facts::kAnyrangeOid: return CodecIo<OutputOnlyCodec<facts::kAnyrangeOid>>::Instance();
    case facts::kAnymultirangeOid:
      return CodecIo<OutputOnlyCodec<facts::kAnymultirangeOid>>::Instance();
    default: return nullptr;
  }
}

}  // namespace grizzly::types
