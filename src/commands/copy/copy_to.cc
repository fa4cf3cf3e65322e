#include "commands/copy/copy_to.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/blocking/blocking_section.h"
#include "catalog/object_text.h"
#include "commands/copy/copy_binary.h"
#include "commands/copy/copy_fields.h"
#include "commands/copy/copy_from.h"
#include "commands/relation_lookup.h"
#include "types/binary_format.h"

namespace grizzly::commands {
namespace {

// Where rows go, one call a row.
class CopySink {
 public:
  virtual ~CopySink() = default;
  virtual void Write(std::string_view row) = 0;
  virtual void Finish() = 0;
};

class ChannelSink final : public CopySink {
 public:
  ChannelSink(CopyChannel& channel, CopyWireFormat format, size_t columns) : channel_(channel) {
    channel_.BeginOut(format, static_cast<int16_t>(columns));
  }
  void Write(std::string_view row) override { channel_.Write(row); }
  void Finish() override { channel_.EndOut(); }

 private:
  CopyChannel& channel_;
};

class FileSink final : public CopySink {
 public:
  explicit FileSink(const std::string& path) : path_(path) {
    file_ = std::fopen(path.c_str(), "wb");
    if (file_ != nullptr) return;
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("could not open file \"{}\" for writing: {}", path,
                               std::strerror(errno)))
        .Hint("COPY TO instructs the PostgreSQL server process to write a file. You may want a "
              "client-side facility such as psql's \\copy.");
  }
  ~FileSink() override {
    if (file_ != nullptr) std::fclose(file_);
  }
  void Write(std::string_view row) override {
    if (std::fwrite(row.data(), 1, row.size(), file_) != row.size()) Fail();
  }
  void Finish() override {
    const BlockingSection blocking;
    std::FILE* const file = std::exchange(file_, nullptr);
    if (std::fclose(file) != 0) Fail();
  }

 private:
  [[noreturn]] void Fail() {
    throw SqlError(SqlState::kIoError,
                   fmt::format("could not write to COPY file: {}", std::strerror(errno)));
  }
  const std::string path_;
  std::FILE* file_ = nullptr;
};

// The rows' text, or their binary form.
class RowText {
 public:
  RowText(const CopyOptions& options, const std::vector<plan::PlanColumn>& columns,
          const types::IoSettings& io)
      : options_(options), columns_(columns), io_(io) {
    for (const plan::PlanColumn& column : columns) {
      const auto& forced = options.force_quote;
      force_quote_.push_back(options.force_quote_all ||
                             std::find(forced.begin(), forced.end(), column.name) != forced.end());
    }
  }

  // What comes before the rows; empty: nothing.
  std::string_view Header() {
    row_.clear();
    if (options_.binary) return CopyBinaryHeader();
    if (options_.header != CopyHeader::kPresent) return row_;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) row_.push_back(options_.delimiter);
      AppendValue(columns_[i].name, false);
    }
    row_.push_back('\n');
    return row_;
  }

  std::string_view Trailer() const { return options_.binary ? CopyBinaryTrailer() : ""; }

  std::string_view Row(const types::Batch& batch, uint32_t row) {
    row_.clear();
    if (options_.binary) return BinaryRow(batch, row);
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) row_.push_back(options_.delimiter);
      const types::Datum value = batch.column(i).GetDatum(row);
      if (value.is_null()) {
        row_.append(options_.null_text);
        continue;
      }
      field_.clear();
      columns_[i].io->Output(value, io_, field_);
      AppendValue(field_, force_quote_[i]);
    }
    row_.push_back('\n');
    return row_;
  }

 private:
  std::string_view BinaryRow(const types::Batch& batch, uint32_t row) {
    types::AppendBinary(row_, static_cast<int16_t>(columns_.size()));
    for (size_t i = 0; i < columns_.size(); ++i) {
      const types::Datum value = batch.column(i).GetDatum(row);
      if (value.is_null()) {
        types::AppendBinary(row_, int32_t{-1});
        continue;
      }
      field_.clear();
      columns_[i].io->Send(value, io_, field_);
      types::AppendBinary(row_, static_cast<int32_t>(field_.size()));
      row_.append(field_);
    }
    return row_;
  }

  void AppendValue(std::string_view value, bool force_quote) {
    if (options_.csv) {
      AppendCopyCsv(value, options_, force_quote, columns_.size() == 1, &row_);
    } else {
      AppendCopyText(value, options_.delimiter, &row_);
    }
  }

  const CopyOptions& options_;
  const std::vector<plan::PlanColumn>& columns_;
  const types::IoSettings& io_;
  std::vector<bool> force_quote_;
  std::string row_, field_;
};

void RequireCopySource(const catalog::Relation& relation) {
  switch (relation.kind) {
    case catalog::RelationKind::kTable: return;
    case catalog::RelationKind::kPartitionedTable:
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("cannot copy from partitioned table \"{}\"", relation.name))
          .Hint("Try the COPY (SELECT ...) TO variant.");
    case catalog::RelationKind::kView:
      if (relation.oid < kFirstUserOid && !relation.view.has_value()) return;
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("cannot copy from view \"{}\"", relation.name))
          .Hint("Try the COPY (SELECT ...) TO variant.");
    case catalog::RelationKind::kSequence:
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("cannot copy from sequence \"{}\"", relation.name));
    case catalog::RelationKind::kIndex:
      throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is an index", relation.name));
    default:
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("cannot copy from non-table relation \"{}\"", relation.name));
  }
}

// SELECT columns FROM ONLY table.
std::string QueryOfTable(CommandInput& input, const catalog::Relation& table,
                         const PgQuery__CopyStmt& statement) {
  std::string columns;
  for (const AttributeNumber attnum : CopyColumns(table, statement)) {
    if (!columns.empty()) columns += ", ";
    columns += catalog::QuoteIdentifier(table.columns[attnum - 1].name);
  }
  const catalog::Schema* schema = input.editor.Current()->FindSchema(table.schema);
  return fmt::format("SELECT {} FROM ONLY {}", columns,
                     catalog::QuoteQualified(schema->name, table.name));
}

void CheckForceQuote(const CopyOptions& options, const std::vector<plan::PlanColumn>& columns,
                     const catalog::Relation* table) {
  for (const std::string& name : options.force_quote) {
    if (table != nullptr) RequireColumn(*table, name);
    const bool copied = std::any_of(columns.begin(), columns.end(),
                                    [&](const auto& column) { return column.name == name; });
    if (copied) continue;
    if (table == nullptr) {
      throw SqlError(SqlState::kUndefinedColumn,
                     fmt::format("column \"{}\" does not exist", name));
    }
    throw SqlError(SqlState::kInvalidColumnReference,
                   fmt::format("FORCE_QUOTE column \"{}\" not referenced by COPY", name));
  }
}

void RefuseSelectInto(const ast::Node& query) {
  if (query.node_case != PG_QUERY__NODE__NODE_SELECT_STMT || query.select_stmt->into_clause == nullptr) return;
  throw SqlError(SqlState::kFeatureNotSupported, "COPY (SELECT INTO) is not supported");
}

bool HasReturning(const ast::Node& query) {
  switch (query.node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT: return query.insert_stmt->n_returning_list > 0;
    case PG_QUERY__NODE__NODE_UPDATE_STMT: return query.update_stmt->n_returning_list > 0;
    case PG_QUERY__NODE__NODE_DELETE_STMT: return query.delete_stmt->n_returning_list > 0;
    default: return true;
  }
}

}  // namespace

std::string CopyTo(const PgQuery__CopyStmt& statement, CommandInput& input) {
  if (statement.is_program) ThrowNotSupported("COPY TO PROGRAM");
  const std::string_view path = TextOf(statement.filename);
  const CopyOptions options = ReadCopyOptions(statement);
  std::shared_ptr<const parser::ParsedText> own_query;
  const ast::Node* query = statement.query;
  catalog::RelationPtr table;
  if (query == nullptr) {
    table = LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessShare);
    RequireCopySource(*table);
    own_query = parser::ParsedText::Parse(QueryOfTable(input, *table, statement));
    query = own_query->statements().front().node;
  } else if (!HasReturning(*query)) {
    throw SqlError(SqlState::kFeatureNotSupported, "COPY query must have a RETURNING clause");
  }
  RefuseSelectInto(*query);
  if (!path.empty()) CheckCopyFile(input, path, /*is_from=*/false);
  const plan::PlanPtr plan = input.queries->Plan(*query);
  CheckForceQuote(options, plan->columns, table.get());
  std::unique_ptr<CopySink> sink;
  if (path.empty()) {
    sink = std::make_unique<ChannelSink>(
        *input.copy_channel, options.binary ? CopyWireFormat::kBinary : CopyWireFormat::kText,
        plan->columns.size());
  } else {
    sink = std::make_unique<FileSink>(std::string(path));
  }
  RowText text(options, plan->columns, input.io);
  if (const std::string_view header = text.Header(); !header.empty()) sink->Write(header);
  uint64_t rows = 0;
  input.queries->Run(
      plan,
      [&](const types::Batch& batch) {
        for (uint32_t row = 0; row < batch.row_count(); ++row) sink->Write(text.Row(batch, row));
        rows += batch.row_count();
      },
      nullptr);
  if (const std::string_view trailer = text.Trailer(); !trailer.empty()) sink->Write(trailer);
  sink->Finish();
  return fmt::format("COPY {}", rows);
}

}  // namespace grizzly::commands
