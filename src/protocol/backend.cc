#include "protocol/backend.h"

#include <string>

namespace grizzly::protocol {
namespace {

// "src/a/b.cc" -> "b.cc"
std::string_view BaseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// "void grizzly::A::B(int) const" -> "B"
std::string_view PlainFunctionName(std::string_view signature) {
  signature = signature.substr(0, signature.find('('));
  return signature.substr(signature.find_last_of(" :*&") + 1);
}

}  // namespace

void BackendWriter::EndMessage(size_t start) {
  out_.PatchInt32(start, static_cast<int32_t>(out_.size() - start));
}

void BackendWriter::Authentication(int32_t code, std::string_view rest) {
  Head('R', static_cast<uint32_t>(4 + rest.size()));
  out_.AppendInt32(code);
  out_.Append(rest);
}

void BackendWriter::AuthenticationSasl(std::span<const std::string_view> mechanisms) {
  const size_t start = Begin('R');
  out_.AppendInt32(10);
  for (std::string_view mechanism : mechanisms) out_.AppendCString(mechanism);
  out_.AppendByte('\0');
  EndMessage(start);
}

void BackendWriter::NegotiateProtocolVersion(uint32_t newest_minor,
                                             std::span<const std::string> unknown_options) {
  const size_t start = Begin('v');
  out_.AppendInt32(static_cast<int32_t>((3u << 16) | newest_minor));
  out_.AppendInt32(static_cast<int32_t>(unknown_options.size()));
  for (const std::string& option : unknown_options) out_.AppendCString(option);
  EndMessage(start);
}

void BackendWriter::ParameterStatus(std::string_view name, std::string_view value) {
  Head('S', static_cast<uint32_t>(name.size() + value.size() + 2));
  out_.AppendCString(name);
  out_.AppendCString(value);
}

void BackendWriter::BackendKeyData(int32_t process_id, int32_t cancel_key) {
  Head('K', 8);
  out_.AppendInt32(process_id);
  out_.AppendInt32(cancel_key);
}

size_t BackendWriter::BeginRowDescription(uint16_t field_count) {
  const size_t start = Begin('T');
  out_.AppendInt16(static_cast<int16_t>(field_count));
  return start;
}

void BackendWriter::Field(const FieldDescription& field) {
  out_.AppendCString(field.name);
  out_.AppendInt32(static_cast<int32_t>(field.table_oid));
  out_.AppendInt16(field.column_number);
  out_.AppendInt32(static_cast<int32_t>(field.type_oid));
  out_.AppendInt16(field.type_length);
  out_.AppendInt32(field.type_modifier);
  out_.AppendInt16(field.format);
}

void BackendWriter::ParameterDescription(std::span<const Oid> types) {
  Head('t', static_cast<uint32_t>(2 + 4 * types.size()));
  out_.AppendInt16(static_cast<int16_t>(types.size()));
  for (Oid type : types) out_.AppendInt32(static_cast<int32_t>(type));
}

void BackendWriter::CommandComplete(std::string_view tag) {
  Head('C', static_cast<uint32_t>(tag.size() + 1));
  out_.AppendCString(tag);
}

void BackendWriter::CopyResponse(char type, int16_t format, int16_t column_count) {
  Head(type, static_cast<uint32_t>(3 + 2 * column_count));
  out_.AppendByte(static_cast<char>(format));
  out_.AppendInt16(column_count);
  for (int16_t i = 0; i < column_count; ++i) out_.AppendInt16(format);
}

void BackendWriter::CopyData(std::string_view bytes) {
  Head('d', static_cast<uint32_t>(bytes.size()));
  out_.Append(bytes);
}

void BackendWriter::Report(char type, const Diagnostic& report) {
  const size_t start = Begin(type);
  const auto state = facts::SqlStateText(report.state);
  ReportField('S', SeverityName(report.severity));
  ReportField('V', SeverityName(report.severity));
  ReportField('C', {state.data(), state.size()});
  out_.AppendByte('M');
  out_.AppendCString(report.message);
  ReportField('D', report.detail);
  ReportField('H', report.hint);
  ReportField('W', report.context);
  ReportField('s', report.schema);
  ReportField('t', report.table);
  ReportField('c', report.column);
  ReportField('d', report.data_type);
  ReportField('n', report.constraint);
  if (report.position > 0) ReportField('P', std::to_string(report.position));
  if (report.internal_position > 0) ReportField('p', std::to_string(report.internal_position));
  ReportField('q', report.internal_query);
  ReportField('F', BaseName(report.file));
  if (report.line > 0) ReportField('L', std::to_string(report.line));
  ReportField('R', PlainFunctionName(report.routine));
  out_.AppendByte('\0');
  EndMessage(start);
}

}  // namespace grizzly::protocol
