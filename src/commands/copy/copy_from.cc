#include "commands/copy/copy_from.h"

#include <algorithm>

#include "base/utf8/utf8.h"
#include "catalog/statistics.h"
#include "commands/copy/copy_binary.h"
#include "commands/copy/copy_fields.h"
#include "commands/copy/copy_source.h"
#include "commands/evaluation.h"
#include "commands/relation_lookup.h"
#include "commands/table/bulk_insert.h"
#include "commands/table/row_rules.h"
#include "executor/columnar/group_reader.h"
#include "executor/constraint/finish_statement.h"
#include "executor/modify/row_router.h"
#include "executor/modify/row_writer.h"

namespace grizzly::commands {
namespace {

using catalog::RelationPtr;

constexpr size_t kShownBytesMax = 100;            // PostgreSQL's MAX_COPY_DATA_DISPLAY
constexpr size_t kBatchBytesMax = size_t{4} << 20;  // of text in one batch

std::string Shown(std::string_view text) {
  if (text.size() <= kShownBytesMax) return std::string(text);
  size_t end = kShownBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

struct TargetColumn {
  const catalog::Column* column;
  const types::TypeIo* io;
  bool force_not_null = false;
  bool force_null = false;
};

struct ComputedDefault {
  AttributeNumber attnum;
  expr::ExprPtr value;
  std::unique_ptr<expr::Evaluator> evaluator;
};

// Where an error happened; put into its context as it passes.
struct Place {
  uint64_t line = 0;
  std::string_view text;       // the line; empty data() null: not to be shown
  const catalog::Column* column = nullptr;
  std::string_view value;
  bool is_null = false;
};

class CopyIn {
 public:
  CopyIn(CommandInput& input, const RelationPtr& table, const PgQuery__CopyStmt& statement)
      : input_(input),
        table_(*table),
        options_(ReadCopyOptions(statement)),
        execution_(input),
        rules_(MakeRowRules(input, table)),
        writer_(rules_, execution_.context()),
        fields_(options_),
        batch_(executor::ColumnTypesOf(*table)) {
    ChooseColumns(statement);
    BindDefaults();
    if (statement.where_clause != nullptr) BindWhere(*statement.where_clause);
    if (options_.freeze) RequireFresh();
    if (table_.IsPartitioned()) {
      routing_ = MakeRowRouting(input, table);
      router_ = std::make_unique<executor::RowRouter>(routing_, execution_.context());
    } else if (BulkInsert::Suits(input, table_)) {
      bulk_ = std::make_unique<BulkInsert>(input, rules_, execution_.context());
    }
  }

  const CopyOptions& options() const { return options_; }
  size_t column_count() const { return targets_.size(); }

  uint64_t Run(CopySource& source) {
    CopyBinaryReader binary(source);
    if (options_.binary) binary.ReadHeader();  // its errors are of no line
    CopyLineReader lines(source, options_);
    Place place;  // what it shows is in a reader's buffer
    try {
      options_.binary ? TakeRows(binary, &place) : TakeLines(lines, &place);
      FlushBatch(&place);
      if (router_ != nullptr) {
        router_->Finish();
      } else {
        bulk_ != nullptr ? bulk_->Finish() : writer_.Finish();
      }
    } catch (SqlError& error) {
      AddPlace(&error, place);
      throw;
    }
    executor::FinishStatement(execution_.context());
    return written_;
  }

 private:
  void TakeLines(CopyLineReader& lines, Place* place) {
    if (options_.header != CopyHeader::kNone) SkipHeader(lines, place);
    while (true) {
      *place = {lines.line_number() + 1, {}, nullptr, {}, false};
      const std::optional<std::string_view> line = NextLine(lines, place);
      if (!line.has_value()) return;
      ReadRow(*line, place);
      FlushFullBatch(place);
    }
  }

  void TakeRows(CopyBinaryReader& rows, Place* place) {
    for (uint64_t number = 1;; ++number) {
      *place = {number, {}, nullptr, {}, false};
      if (!rows.StartRow(targets_.size())) return;
      StartBatch();
      AfterEarlierRows(place, [&] { ReadBinaryFields(rows, place); });
      line_marks_.push_back({number, line_text_.size(), 0});
      ++rows_;
      FlushFullBatch(place);
    }
  }

  void FlushFullBatch(Place* place) {
    if (rows_ == types::kBatchRowsMax || line_text_.size() > kBatchBytesMax ||
        binary_bytes_ > kBatchBytesMax) {
      FlushBatch(place);
    }
  }

  void ChooseColumns(const PgQuery__CopyStmt& statement) {
    const catalog::SnapshotPtr snapshot = input_.editor.Current();
    const auto listed = [](const std::vector<std::string>& names, const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const AttributeNumber attnum : CopyColumns(table_, statement)) {
      const catalog::Column& column = table_.columns[attnum - 1];
      const types::TypeIo* io = snapshot->FindTypeIo(column.type.oid);
      if (io == nullptr) {
        ThrowNotSupported("COPY of type " +
                          input_.services->FormatType(column.type.oid, types::kNoTypmod));
      }
      targets_.push_back({&column, io, listed(options_.force_not_null, column.name),
                          listed(options_.force_null, column.name)});
    }
    CheckForced("FORCE_NOT_NULL", options_.force_not_null);
    CheckForced("FORCE_NULL", options_.force_null);
    keeps_snapshot_ = snapshot;
  }

  void CheckForced(std::string_view option, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      RequireColumn(table_, name);
      const bool copied = std::any_of(targets_.begin(), targets_.end(),
                                      [&](const auto& t) { return t.column->name == name; });
      if (copied) continue;
      throw SqlError(SqlState::kInvalidColumnReference,
                     fmt::format("{} column \"{}\" not referenced by COPY", option, name));
    }
  }

  void BindDefaults() {
    for (const catalog::Column& column : table_.columns) {
      const bool copied = std::any_of(targets_.begin(), targets_.end(),
                                      [&](const auto& t) { return t.column == &column; });
      if (copied || column.dropped || column.generated != '\0') continue;
      expr::ExprPtr value = DefaultOf(column);
      if (value == nullptr) {
        absent_.push_back(column.attnum);
        continue;
      }
      auto evaluator = std::make_unique<expr::Evaluator>(*value, execution_.evaluation());
      defaults_.push_back({column.attnum, std::move(value), std::move(evaluator)});
    }
    for (const catalog::Column& column : table_.columns) {
      if (column.dropped || column.generated != '\0') absent_.push_back(column.attnum);
    }
  }

  expr::ExprPtr DefaultOf(const catalog::Column& column) {
    if (column.identity == '\0') return BindDefault(input_, column);
    catalog::Column from_sequence = column;
    from_sequence.default_value = {fmt::format("nextval('{}'::regclass)", column.owned_sequence),
                                   input_.search_path.schemas()};
    return BindDefault(input_, from_sequence);
  }

  void BindWhere(const ast::Node& condition) {
    const std::vector<expr::ColumnId> ids = AttributeIds(table_);
    expr::ExprPtr bound = planner::BindTableExpression(
        condition, &table_, ids, planner::ExpressionPlace::kCopyWhere, MakeBinderInput(input_));
    for (const AttributeNumber attnum : MentionedColumns(*bound)) {
      const catalog::Column& column = table_.columns[attnum - 1];
      if (column.generated == '\0') continue;
      throw SqlError(SqlState::kInvalidColumnReference,
                     "generated columns are not supported in COPY FROM WHERE conditions")
          .Detail(fmt::format("Column \"{}\" is a generated column.", column.name));
    }
    where_ = OverRow(std::move(bound));
    where_evaluator_ = std::make_unique<expr::Evaluator>(*where_, execution_.evaluation());
  }

  void RequireFresh() {
    const auto* fresh = input_.uncontended_relations;
    if (fresh != nullptr && !input_.in_savepoint &&
        std::find(fresh->begin(), fresh->end(), table_.oid) != fresh->end()) {
      return;
    }
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   "cannot perform COPY FREEZE because the table was not created or truncated in "
                   "the current subtransaction");
  }

  std::optional<std::string_view> NextLine(CopyLineReader& lines, Place* place) {
    try {
      const std::optional<std::string_view> line = lines.Next();
      place->line = lines.line_number();
      return line;
    } catch (...) {
      place->line = lines.line_number();
      throw;
    }
  }

  void SkipHeader(CopyLineReader& lines, Place* place) {
    place->line = 1;
    const std::optional<std::string_view> line = NextLine(lines, place);
    if (!line.has_value() || options_.header != CopyHeader::kMatch) return;
    place->text = *line;
    const std::vector<CopyFieldReader::Field>& names = fields_.Split(*line);
    if (names.size() != targets_.size()) {
      throw SqlError(SqlState::kBadCopyFileFormat,
                     fmt::format("wrong number of fields in header line: got {}, expected {}",
                                 names.size(), targets_.size()));
    }
    for (size_t i = 0; i < names.size(); ++i) {
      const std::string& expected = targets_[i].column->name;
      if (names[i].is_null) {
        throw SqlError(SqlState::kBadCopyFileFormat,
                       fmt::format("column name mismatch in header line field {}: got null value "
                                   "(\"{}\"), expected \"{}\"",
                                   i + 1, options_.null_text, expected));
      }
      if (names[i].text == expected) continue;
      throw SqlError(SqlState::kBadCopyFileFormat,
                     fmt::format("column name mismatch in header line field {}: got \"{}\", "
                                 "expected \"{}\"",
                                 i + 1, names[i].text, expected));
    }
  }

  // Parses one line into the batch. Rows before it are checked first when it is wrong.
  void ReadRow(std::string_view line, Place* place) {
    StartBatch();
    AfterEarlierRows(place, [&] {
      CheckUtf8(line);
      place->text = line;
      ReadFields(line, place);
    });
    line_marks_.push_back({place->line, line_text_.size(), line.size()});
    line_text_.append(line);
    ++rows_;
  }

  void StartBatch() {
    if (rows_ > 0) return;
    batch_.Reset();
    line_text_.clear();
    line_marks_.clear();
    binary_bytes_ = 0;
  }

  // When `read` throws, what is wrong with the rows before comes first.
  template <typename Read>
  void AfterEarlierRows(Place* place, const Read& read) {
    try {
      read();
    } catch (SqlError&) {
      const Place failed = *place;
      if (rows_ > 0) CompleteBatch(place);
      *place = failed;
      throw;
    }
  }

  void ReadBinaryFields(CopyBinaryReader& rows, Place* place) {
    for (const TargetColumn& target : targets_) {
      types::Vector& out = batch_.column(target.column->attnum - 1);
      place->column = target.column;
      const std::optional<std::string_view> field = rows.NextField();
      if (!field.has_value()) {
        types::CheckNullInput(target.column->type.oid);
        out.SetNull(rows_);
        continue;
      }
      binary_bytes_ += field->size();
      out.SetDatum(rows_, target.io->Receive(*field, target.column->type.typmod, input_.io,
                                             out.heap()));
    }
    place->column = nullptr;
  }

  void ReadFields(std::string_view line, Place* place) {
    const std::vector<CopyFieldReader::Field>& fields = fields_.Split(line);
    if (fields.size() > targets_.size() && !(targets_.empty() && line.empty())) {
      throw SqlError(SqlState::kBadCopyFileFormat, "extra data after last expected column");
    }
    for (size_t i = 0; i < targets_.size(); ++i) {
      const TargetColumn& target = targets_[i];
      if (i >= fields.size()) {
        throw SqlError(SqlState::kBadCopyFileFormat,
                       fmt::format("missing data for column \"{}\"", target.column->name));
      }
      const CopyFieldReader::Field& field = fields[i];
      types::Vector& out = batch_.column(target.column->attnum - 1);
      const bool is_null = field.is_null
                               ? !target.force_not_null
                               : target.force_null && field.text == options_.null_text;
      if (is_null) {
        types::CheckNullInput(target.column->type.oid);
        out.SetNull(rows_);
        continue;
      }
      place->column = target.column;
      place->value = field.text;
      if (!options_.csv) CheckUnescaped(line, field.text);
      out.SetDatum(rows_, target.io->Input(field.text, target.column->type.typmod, input_.io,
                                           out.heap()));
      place->column = nullptr;
    }
  }

  // An escape may have made bytes that are no UTF-8.
  static void CheckUnescaped(std::string_view line, std::string_view field) {
    const bool is_part = field.data() >= line.data() && field.data() <= line.data() + line.size();
    if (!is_part) CheckUtf8(field);
  }

  // Defaults, WHERE, generated columns, constraints. Narrows batch_ and line_marks_ to what WHERE
  // keeps.
  void CompleteBatch(Place* place) {
    batch_.set_row_count(rows_);
    for (const AttributeNumber attnum : absent_) batch_.column(attnum - 1).SetAllNull(rows_);
    for (ComputedDefault& computed : defaults_) {
      const types::Vector& values = computed.evaluator->Evaluate(batch_);
      batch_.column(computed.attnum - 1).CopyFrom(values, rows_);
    }
    if (where_evaluator_ != nullptr && !KeepWhere()) return;
    if (router_ != nullptr) return router_->RequireRoot(batch_);  // each partition checks its rows
    try {
      writer_.Complete(batch_);
    } catch (SqlError&) {
      FindFailingRow(place);
      throw;
    }
  }

  bool KeepWhere() {
    const types::Selection kept = where_evaluator_->Filter(batch_);
    if (kept.size() < rows_) {
      std::vector<LineMark> marks;
      for (const uint32_t row : kept) marks.push_back(line_marks_[row]);
      line_marks_ = std::move(marks);
      rows_ = static_cast<uint32_t>(kept.size());
      types::Batch chosen;
      chosen.Reference(batch_);
      chosen.Select(kept);
      types::Batch copy(executor::ColumnTypesOf(table_));
      if (rows_ > 0) copy.Append(chosen, 0, rows_);
      batch_ = std::move(copy);
      batch_.set_row_count(rows_);
    }
    return rows_ > 0;
  }

  // Runs the rows of a failing batch one by one: the first that fails throws, with its line.
  void FindFailingRow(Place* place) {
    types::Batch one(executor::ColumnTypesOf(table_));
    for (uint32_t row = 0; row < rows_; ++row) {
      one.Reset();
      one.Append(batch_, row, 1);
      place->line = line_marks_[row].line;
      if (!options_.binary) {
        place->text = std::string_view(line_text_).substr(line_marks_[row].begin,
                                                          line_marks_[row].size);
      }
      writer_.Complete(one);
    }
    place->text = {};
  }

  void FlushBatch(Place* place) {
    if (rows_ == 0) return;
    if (input_.cancel != nullptr) input_.cancel->Check();
    CompleteBatch(place);
    uint32_t at = 0;
    try {
      if (router_ != nullptr) {
        for (; at < rows_; ++at) router_->InsertRow(batch_, at);  // an error says which line
      } else if (bulk_ != nullptr) {
        if (rows_ > 0) bulk_->Add(batch_, &at);
      } else {
        writer_.InsertAll(batch_, &at);
      }
    } catch (SqlError&) {
      *place = {line_marks_[at].line, {}, nullptr, {}, false};
      throw;
    }
    written_ += rows_;
    rows_ = 0;
  }

  void AddPlace(SqlError* error, const Place& place) {
    std::string text = fmt::format("COPY {}, line {}", table_.name, place.line);
    if (place.column != nullptr && options_.binary) {
      text += ", column " + place.column->name;
    } else if (place.column != nullptr) {
      text += fmt::format(", column {}: \"{}\"", place.column->name, Shown(place.value));
    } else if (place.text.data() != nullptr) {
      text += fmt::format(": \"{}\"", Shown(place.text));
    }
    error->AddContext(text);
  }

  struct LineMark {
    uint64_t line;
    size_t begin;
    size_t size;
  };

  CommandInput& input_;
  const catalog::Relation& table_;
  const CopyOptions options_;
  CommandExecution execution_;
  const plan::RowRules rules_;
  executor::RowWriter writer_;
  plan::RowRouting routing_;  // of a partitioned table
  std::unique_ptr<executor::RowRouter> router_;
  CopyFieldReader fields_;
  std::vector<TargetColumn> targets_;
  std::vector<ComputedDefault> defaults_;
  std::vector<AttributeNumber> absent_;  // NULL unless generated
  expr::ExprPtr where_;
  std::unique_ptr<expr::Evaluator> where_evaluator_;
  std::unique_ptr<BulkInsert> bulk_;
  catalog::SnapshotPtr keeps_snapshot_;
  types::Batch batch_;
  uint32_t rows_ = 0;
  uint64_t written_ = 0;
  std::string line_text_;
  size_t binary_bytes_ = 0;  // of the batch
  std::vector<LineMark> line_marks_;
};

void RequireCopyTarget(const catalog::Relation& relation) {
  switch (relation.kind) {
    case catalog::RelationKind::kTable:
    case catalog::RelationKind::kPartitionedTable: break;
    case catalog::RelationKind::kView:
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("cannot copy to view \"{}\"", relation.name))
          .Hint("To enable copying to a view, provide an INSTEAD OF INSERT trigger.");
    case catalog::RelationKind::kSequence:
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("cannot copy to sequence \"{}\"", relation.name));
    case catalog::RelationKind::kIndex:
      throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is an index", relation.name));
    default:
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("cannot copy to non-table relation \"{}\"", relation.name));
  }
  if (relation.oid < kFirstUserOid) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("permission denied: \"{}\" is a system catalog", relation.name));
  }
}

}  // namespace

std::vector<AttributeNumber> CopyColumns(const catalog::Relation& table,
                                         const PgQuery__CopyStmt& statement) {
  std::vector<AttributeNumber> columns;
  for (const ast::Node* node : ListOf(statement.attlist, statement.n_attlist)) {
    const catalog::Column& column = RequireColumn(table, StringOf(node));
    if (column.generated != '\0') {
      throw SqlError(SqlState::kInvalidColumnReference,
                     fmt::format("column \"{}\" is a generated column", column.name))
          .Detail("Generated columns cannot be used in COPY.");
    }
    if (std::find(columns.begin(), columns.end(), column.attnum) != columns.end()) {
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" specified more than once", column.name));
    }
    columns.push_back(column.attnum);
  }
  if (statement.n_attlist > 0) return columns;
  for (const catalog::Column& column : table.columns) {
    if (!column.dropped && column.generated == '\0') columns.push_back(column.attnum);
  }
  return columns;
}

void CheckCopyFile(CommandInput& input, std::string_view path, bool is_from) {
  if (!input.is_superuser) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("must be superuser or have privileges of the {} role to COPY {} a file",
                               is_from ? "pg_read_server_files" : "pg_write_server_files",
                               is_from ? "from" : "to"))
        .Hint("Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone.");
  }
  if (path.starts_with('/')) return;
  if (is_from) return;  // relative to the server's directory
  throw SqlError(SqlState::kInvalidName, "relative path not allowed for COPY to file");
}

std::string CopyFrom(const PgQuery__CopyStmt& statement, CommandInput& input) {
  if (statement.is_program) ThrowNotSupported("COPY FROM PROGRAM");
  const std::string_view path = TextOf(statement.filename);
  if (!path.empty()) CheckCopyFile(input, path, /*is_from=*/true);
  ReadCopyOptions(statement);  // its errors come before those of the table
  const RelationPtr table =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kRowExclusive);
  RequireCopyTarget(*table);
  if (!input.is_superuser && table->owner != input.current_role) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("permission denied for table {}", table->name));
  }
  CopyIn copy(input, table, statement);
  std::unique_ptr<CopySource> source;
  if (path.empty()) {
    input.copy_channel->BeginIn(
        copy.options().binary ? CopyWireFormat::kBinary : CopyWireFormat::kText,
        static_cast<int16_t>(copy.column_count()));
    source = MakeChannelSource(*input.copy_channel);
  } else {
    source = MakeFileSource(std::string(path));
  }
  const uint64_t rows = copy.Run(*source);
  // The client may have more to say behind the end mark.
  if (path.empty()) {
    while (source->Read().has_value()) {
    }
  }
  return fmt::format("COPY {}", rows);
}

}  // namespace grizzly::commands
