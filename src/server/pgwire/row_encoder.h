// DataRow messages from batches: the usual types inline, the others through their TypeIo.
//
// OWNS     the plan of how each column is written, made once per batch and reused memory.
// ERRORS   what TypeIo throws; the rows written before stay, the unfinished one is taken back.
// THREADS  one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/byte_buffer.h"
#include "session/session.h"

namespace grizzly::server {

class RowEncoder {
 public:
  // Looks at the columns of `batch`; all three must stay as they are while Encode is called.
  void Begin(const session::RowDescription& columns, const types::Batch& batch,
             const types::IoSettings& settings);
  // Appends rows from `first` until the last one or until `out` holds `bytes_max`. The row after.
  uint32_t Encode(protocol::ByteBuffer& out, uint32_t first, size_t bytes_max);

 private:
  enum class Kind : uint8_t {
    kBoolText,
    kBoolBinary,
    kInt16Text,
    kInt16Binary,
    kInt32Text,
    kInt32Binary,
    kInt64Text,
    kInt64Binary,
    kOidText,
    kFloat64Binary,
    kBytes,  // the bytes of the string are its text and its binary form
    kGenericText,
    kGenericBinary,
  };
  struct Column {
    Kind kind;
    types::VectorReader<char> reader;  // data by the byte; the kind knows the width
    const types::Vector* vector;
    const types::TypeIo* io;
  };

  static Kind KindOf(const session::ResultColumn& column, types::PhysicalType physical);
  template <typename T>
  static T Value(const Column& column, uint32_t row) {
    return reinterpret_cast<const T*>(column.reader.data)[column.reader.Index(row)];
  }
  void EncodeRow(protocol::ByteBuffer& out, uint32_t row);
  void EncodeValue(protocol::ByteBuffer& out, const Column& column, uint32_t row);
  void EncodeGeneric(protocol::ByteBuffer& out, const Column& column, uint32_t row);

  std::vector<Column> columns_;
  uint32_t row_count_ = 0;
  const types::IoSettings* settings_ = nullptr;
  std::string scratch_;
};

}  // namespace grizzly::server
