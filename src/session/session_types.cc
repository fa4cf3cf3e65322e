#include "session/session_types.h"

#include "catalog/record.h"
#include "catalog/text_search_objects.h"
#include "expr/evaluator.h"
#include "planner/binder/binder.h"
#include "session/client_session.h"
#include "session/services.h"

namespace grizzly::session {

// A domain's constraints over one value, compiled.
struct SessionTypes::DomainCheck {
  uint64_t catalog_version = 0;
  bool has_constraints = false;
  bool is_running = false;  // a condition may read the domain's own text form again
  expr::ExprPtr expression;
  expr::EvaluationState state;
  Arena scratch;
  std::unique_ptr<expr::Evaluator> evaluator;
  types::Batch input;
};

SessionTypes::SessionTypes(ClientSession& session) : session_(session) {}
SessionTypes::~SessionTypes() = default;

void SessionTypes::StartStatement() {
  if (snapshots_.size() > 1) snapshots_.erase(snapshots_.begin(), snapshots_.end() - 1);
}

const catalog::CatalogSnapshot& SessionTypes::Current() const {
  catalog::SnapshotPtr latest = session_.Snapshot();
  if (snapshots_.empty() || snapshots_.back() != latest) snapshots_.push_back(std::move(latest));
  return *snapshots_.back();
}

const types::TypeIo* SessionTypes::FindTypeIo(Oid type) const {
  return Current().FindTypeIo(type);
}
types::SqlType SessionTypes::ResolveType(Oid type, int32_t typmod) const {
  return Current().ResolveType(type, typmod);
}
std::string SessionTypes::TypeNameOf(Oid type) const {
  return session_.services().FormatType(type, types::kNoTypmod);
}
types::SqlType SessionTypes::OrderedAs(const types::SqlType& type) const {
  return Current().OrderedAs(type);
}
Oid SessionTypes::ElementOf(Oid array) const { return Current().ElementOf(array); }
Oid SessionTypes::DomainBaseOf(Oid type) const { return Current().DomainBaseOf(type); }
char SessionTypes::KindOf(Oid type) const { return Current().KindOf(type); }
const types::RangeKind* SessionTypes::RangeKindOf(Oid type) const {
  return Current().RangeKindOf(type);
}
std::vector<types::EnumValue> SessionTypes::EnumValuesOf(Oid type) const {
  return Current().EnumValuesOf(type);
}
const std::vector<types::RowColumn>* SessionTypes::RowColumnsOf(Oid type) const {
  return Current().RowColumnsOf(type);
}

std::string SessionTypes::CollationNameOf(Oid collation) const {
  const auto* source = dynamic_cast<const types::CollationSource*>(&Current());
  return source == nullptr ? std::string() : source->CollationNameOf(collation);
}

std::optional<types::CollationRule> SessionTypes::CollationRuleOf(Oid collation) const {
  const auto* source = dynamic_cast<const types::CollationSource*>(&Current());
  return source == nullptr ? std::nullopt : source->CollationRuleOf(collation);
}

types::TypeNames SessionTypes::NamesOfType(Oid oid) const {
  const auto type = Current().FindType(oid);
  if (type == nullptr) return {};
  const catalog::Schema* schema = Current().FindSchema(type->schema);
  return {schema == nullptr ? std::string() : schema->name, type->name};
}

std::optional<types::TextSearchDictionary> SessionTypes::DictionaryOf(Oid dictionary) const {
  const auto made =
      catalog::ObjectsOf(Current()).FindObject(catalog::kTextSearchDictionaryClass, dictionary);
  if (made == nullptr) return std::nullopt;
  return types::TextSearchDictionary{catalog::BuiltinTemplateOf(Current(), made->OidProperty(catalog::kDictionaryTemplate)),
                                     std::string(made->Property(catalog::kDictionaryOptions))};
}

std::optional<std::vector<types::TextSearchMapping>> SessionTypes::MappingsOf(
    Oid configuration) const {
  const auto made =
      catalog::ObjectsOf(Current()).FindObject(catalog::kTextSearchConfigurationClass, configuration);
  if (made == nullptr) return std::nullopt;
  return catalog::MappingsOf(*made);
}

void SessionTypes::CheckDomain(Oid domain, const types::Datum& value) const {
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  std::unique_ptr<DomainCheck>& check = checks_[domain];
  if (check == nullptr || (check->catalog_version != snapshot->version() && !check->is_running)) {
    check = std::make_unique<DomainCheck>();
    check->catalog_version = snapshot->version();
    const planner::BinderInput input = session_.MakeBinderInput(snapshot, {});
    check->expression = planner::BindDomainCast(domain, input);
    const auto& wrap = static_cast<const expr::WrapExpr&>(*check->expression);
    check->has_constraints = !wrap.checks.empty();
    check->evaluator = std::make_unique<expr::Evaluator>(*check->expression, check->state);
    check->input.AddColumn(types::Vector(wrap.child->type, 0));
  }
  if (!check->has_constraints || check->is_running) return;
  functions::FunctionContext& functions = check->state.functions;
  functions.io = &session_.settings_.effective().io;
  functions.cancel = &session_.cancel_;
  functions.session = &session_.services();
  functions.scratch = &check->scratch;
  types::Vector& column = check->input.column(0);
  column.Reset();
  column.Reserve(1);
  if (value.is_null()) {
    column.SetNull(0);
  } else {
    column.SetDatum(0, value);
  }
  check->input.set_row_count(1);
  struct Running {
    bool& flag;
    explicit Running(bool& f) : flag(f) { flag = true; }
    ~Running() { flag = false; }
  } running(check->is_running);
  check->evaluator->Evaluate(check->input);
  check->scratch.Reset();
}

}  // namespace grizzly::session
