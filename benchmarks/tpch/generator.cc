// Makes TPC-H data of any scale: tables, columns, key relations and distributions of the specification (4.2),
// with random numbers of its own, so not row for row what dbgen makes. The same scale gives the same bytes.
//
//     g++ -O2 -std=c++20 -o generator generator.cc
//     ./generator SCALE DIRECTORY        writes DIRECTORY/<table>.tbl, fields separated by '|'
//
// SOURCE  TPC Benchmark H, Standard Specification 3.0.1: 4.2.2 (definitions), 4.2.3 (tables)
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Words = std::vector<std::string_view>;

const Words kColors = {
    "almond",     "antique",   "aquamarine", "azure",      "beige",      "bisque",    "black",
    "blanched",   "blue",      "blush",      "brown",      "burlywood",  "burnished", "chartreuse",
    "chiffon",    "chocolate", "coral",      "cornflower", "cornsilk",   "cream",     "cyan",
    "dark",       "deep",      "dim",        "dodger",     "drab",       "firebrick", "floral",
    "forest",     "frosted",   "gainsboro",  "ghost",      "goldenrod",  "green",     "grey",
    "honeydew",   "hot",       "indian",     "ivory",      "khaki",      "lace",      "lavender",
    "lawn",       "lemon",     "light",      "lime",       "linen",      "magenta",   "maroon",
    "medium",     "metallic",  "midnight",   "mint",       "misty",      "moccasin",  "navajo",
    "navy",       "olive",     "orange",     "orchid",     "pale",       "papaya",    "peach",
    "peru",       "pink",      "plum",       "powder",     "puff",       "purple",    "red",
    "rose",       "rosy",      "royal",      "saddle",     "salmon",     "sandy",     "seashell",
    "sienna",     "sky",       "slate",      "smoke",      "snow",       "spring",    "steel",
    "tan",        "thistle",   "tomato",     "turquoise",  "violet",     "wheat",     "white",
    "yellow"};
const Words kTypes1 = {"STANDARD", "SMALL", "MEDIUM", "LARGE", "ECONOMY", "PROMO"};
const Words kTypes2 = {"ANODIZED", "BURNISHED", "PLATED", "POLISHED", "BRUSHED"};
const Words kTypes3 = {"TIN", "NICKEL", "BRASS", "STEEL", "COPPER"};
const Words kContainers1 = {"SM", "LG", "MED", "JUMBO", "WRAP"};
const Words kContainers2 = {"CASE", "BOX", "BAG", "JAR", "PKG", "PACK", "CAN", "DRUM"};
const Words kSegments = {"AUTOMOBILE", "BUILDING", "FURNITURE", "MACHINERY", "HOUSEHOLD"};
const Words kPriorities = {"1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"};
const Words kInstructions = {"DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"};
const Words kModes = {"REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"};

const Words kNouns = {
    "foxes",     "ideas",         "theodolites", "pinto beans",  "instructions", "dependencies",
    "excuses",   "platelets",     "asymptotes",  "courts",       "dolphins",     "multipliers",
    "sauternes", "warthogs",      "frets",       "dinos",        "attainments",  "somas",
    "braids",    "hockey players", "frays",      "warhorses",    "dugouts",      "notornis",
    "epitaphs",  "pearls",        "tithes",      "waters",       "orbits",       "gifts",
    "sheaves",   "depths",        "sentiments",  "decoys",       "realms",       "pains",
    "grouches",  "escapades",     "hockey players", "requests",  "accounts",     "packages",
    "deposits",  "requests",      "accounts",    "packages",     "deposits"};
const Words kVerbs = {
    "sleep",   "wake",   "are",   "cajole",  "haggle", "nag",    "use",   "boost", "affix", "detect",
    "integrate", "maintain", "nod", "was",   "lose",   "sublate", "solve", "thrash", "promise", "engage",
    "hinder",  "print",  "x-ray", "breach",  "eat",    "grow",   "impress", "mold", "poach", "serve",
    "run",     "dazzle", "snooze", "doze",   "unwind", "kindle", "play",  "hang",  "believe", "doubt"};
const Words kAdjectives = {
    "furious", "sly",    "careful", "blithe",  "quick",   "fluffy",  "slow",    "quiet",
    "ruthless", "thin",  "close",   "dogged",  "daring",  "brave",   "stealthy", "permanent",
    "enticing", "idle",  "busy",    "regular", "final",   "ironic",  "even",    "bold",
    "silent",  "special", "pending", "express", "unusual", "special", "pending", "regular"};
const Words kAdverbs = {
    "sometimes", "always",    "never",    "furiously", "slyly",      "carefully", "blithely",
    "quickly",   "fluffily",  "slowly",   "quietly",   "ruthlessly", "thinly",    "closely",
    "doggedly",  "daringly",  "bravely",  "stealthily", "permanently", "enticingly", "idly",
    "busily",    "regularly", "finally",  "ironically", "evenly",    "boldly",    "silently"};
const Words kPrepositions = {
    "about",  "above",   "according to", "across", "after",  "against",  "along",  "alongside of",
    "among",  "around",  "at",     "atop",   "before",  "behind", "beneath", "beside", "besides",
    "between", "beyond", "by",     "despite", "during", "except", "for",    "from",   "in place of",
    "inside", "instead of", "into", "near",  "of",      "on",     "outside", "over",  "past",
    "since",  "through", "throughout", "to", "toward",  "under",  "until",  "up",     "upon",
    "without", "with",   "within"};
const Words kAuxiliaries = {
    "do",          "may",         "might",      "shall",       "will",        "would",
    "can",         "could",       "should",     "ought to",    "must",        "will have to",
    "shall have to", "could have to", "should have to", "must have to", "need to", "try to"};
const Words kTerminators = {".", ".", ".", ";", ":", "?", "!", "--"};

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15 + 1) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  // Both ends included.
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Next() % static_cast<uint64_t>(high - low + 1));
  }
  std::string_view Of(const Words& words) { return words[Next() % words.size()]; }

 private:
  uint64_t state_;
};

// A pool of sentences; comments are cut out of it (4.2.2.10).
class TextPool {
 public:
  static constexpr size_t kBytes = size_t{64} << 20;

  TextPool() : random_(4711) {
    text_.reserve(kBytes + 1024);
    while (text_.size() < kBytes) AddSentence();
  }
  std::string_view Cut(Random& random, int64_t least, int64_t most) const {
    const auto bytes = static_cast<size_t>(random.Between(least, most));
    return std::string_view(text_).substr(random.Next() % (kBytes - bytes), bytes);
  }

 private:
  void Add(std::string_view word) { text_.append(word).push_back(' '); }
  void AddNounPhrase() {
    switch (random_.Between(0, 9)) {
      case 0: case 1: case 2: break;
      case 3: case 4: case 5: Add(random_.Of(kAdjectives)); break;
      case 6: case 7:
        text_.append(random_.Of(kAdjectives)).append(", ");
        Add(random_.Of(kAdjectives));
        break;
      default:
        Add(random_.Of(kAdverbs));
        Add(random_.Of(kAdjectives));
    }
    Add(random_.Of(kNouns));
  }
  void AddVerbPhrase() {
    const int64_t kind = random_.Between(0, 3);
    if (kind == 1 || kind == 3) Add(random_.Of(kAuxiliaries));
    Add(random_.Of(kVerbs));
    if (kind >= 2) Add(random_.Of(kAdverbs));
  }
  void AddPrepositionalPhrase() {
    Add(random_.Of(kPrepositions));
    Add("the");
    AddNounPhrase();
  }
  void AddSentence() {
    const int64_t kind = random_.Between(0, 4);
    AddNounPhrase();
    if (kind == 3) AddPrepositionalPhrase();
    AddVerbPhrase();
    if (kind == 1 || kind == 3) AddPrepositionalPhrase();
    if (kind == 2) AddNounPhrase();
    if (kind == 4) {
      AddPrepositionalPhrase();
      AddNounPhrase();
    }
    text_.back() = random_.Of(kTerminators)[0];
    text_.push_back(' ');
  }

  Random random_;
  std::string text_;
};

// Days since 1970-01-01 as yyyy-mm-dd (Howard Hinnant, "chrono-compatible low-level date algorithms").
std::string DateText(int64_t days) {
  const int64_t z = days + 719468;
  const int64_t era = z / 146097;
  const int64_t day_of_era = z - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * shifted + 2) / 5 + 1;
  const int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  char text[16];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02d", static_cast<int>(year),
                static_cast<int>(month), static_cast<int>(day));
  return text;
}
constexpr int64_t kStartDate = 8035;    // 1992-01-01
constexpr int64_t kEndDate = 10591;     // 1998-12-31
constexpr int64_t kCurrentDate = 9298;  // 1995-06-17

class Table {
 public:
  Table(const std::string& directory, const char* name)
      : file_(std::fopen((directory + "/" + name + ".tbl").c_str(), "w")) {
    if (file_ == nullptr) {
      std::perror(name);
      std::exit(1);
    }
  }
  ~Table() {
    Flush();
    if (std::fclose(file_) != 0) std::perror("close");
  }
  Table& Text(std::string_view text) {
    Separate();
    buffer_.append(text);
    return *this;
  }
  Table& Number(int64_t value) { return Text(std::to_string(value)); }
  Table& Cents(int64_t cents) {
    char text[32];
    const int64_t size = cents < 0 ? -cents : cents;
    std::snprintf(text, sizeof(text), "%s%lld.%02lld", cents < 0 ? "-" : "",
                  static_cast<long long>(size / 100), static_cast<long long>(size % 100));
    return Text(text);
  }
  Table& Numbered(const char* prefix, int64_t value) {
    char text[64];
    std::snprintf(text, sizeof(text), "%s#%09lld", prefix, static_cast<long long>(value));
    return Text(text);
  }
  void EndRow() {
    buffer_.push_back('\n');
    first_ = true;
    if (buffer_.size() > (size_t{1} << 20)) Flush();
  }

 private:
  void Separate() {
    if (!first_) buffer_.push_back('|');
    first_ = false;
  }
  void Flush() {
    if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) {
      std::perror("write");
      std::exit(1);
    }
    buffer_.clear();
  }

  std::FILE* file_;
  std::string buffer_;
  bool first_ = true;
};

struct Scale {
  int64_t suppliers, parts, customers, orders, clerks;
};

std::string Address(Random& random) {
  static constexpr std::string_view kLetters =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,. ";
  std::string text;
  for (int64_t left = random.Between(10, 40); left > 0; --left) {
    text.push_back(kLetters[random.Next() % kLetters.size()]);
  }
  return text;
}

std::string Phone(Random& random, int64_t nation) {
  char text[32];
  std::snprintf(text, sizeof(text), "%d-%d-%d-%d", static_cast<int>(nation + 10),
                static_cast<int>(random.Between(100, 999)),
                static_cast<int>(random.Between(100, 999)),
                static_cast<int>(random.Between(1000, 9999)));
  return text;
}

int64_t RetailPrice(int64_t part) { return 90000 + (part / 10) % 20001 + 100 * (part % 1000); }
int64_t SupplierOf(int64_t part, int64_t i, int64_t suppliers) {
  return (part + i * (suppliers / 4 + (part - 1) / suppliers)) % suppliers + 1;
}

void MakeFixedTables(const std::string& directory, const TextPool& pool) {
  static constexpr std::array<std::string_view, 5> kRegions = {"AFRICA", "AMERICA", "ASIA", "EUROPE",
                                                               "MIDDLE EAST"};
  static constexpr std::array<std::pair<std::string_view, int>, 25> kNations = {{
      {"ALGERIA", 0}, {"ARGENTINA", 1}, {"BRAZIL", 1}, {"CANADA", 1}, {"EGYPT", 4},
      {"ETHIOPIA", 0}, {"FRANCE", 3}, {"GERMANY", 3}, {"INDIA", 2}, {"INDONESIA", 2},
      {"IRAN", 4}, {"IRAQ", 4}, {"JAPAN", 2}, {"JORDAN", 4}, {"KENYA", 0},
      {"MOROCCO", 0}, {"MOZAMBIQUE", 0}, {"PERU", 1}, {"CHINA", 2}, {"ROMANIA", 3},
      {"SAUDI ARABIA", 4}, {"VIETNAM", 2}, {"RUSSIA", 3}, {"UNITED KINGDOM", 3}, {"UNITED STATES", 1},
  }};
  Random random(1);
  Table region(directory, "region");
  for (size_t i = 0; i < kRegions.size(); ++i) {
    region.Number(static_cast<int64_t>(i)).Text(kRegions[i]).Text(pool.Cut(random, 31, 115)).EndRow();
  }
  Table nation(directory, "nation");
  for (size_t i = 0; i < kNations.size(); ++i) {
    nation.Number(static_cast<int64_t>(i)).Text(kNations[i].first).Number(kNations[i].second);
    nation.Text(pool.Cut(random, 31, 114)).EndRow();
  }
}

// Five of ten thousand suppliers have complaints, five are recommended (4.2.3).
std::string SupplierComment(Random& random, const TextPool& pool, int64_t supplier) {
  std::string comment(pool.Cut(random, 25, 100));
  const int64_t place = supplier % 2000;
  if (place != 7 && place != 11) return comment;
  std::string noted = "Customer ";
  noted.append(comment.substr(0, 5)).append(place == 7 ? "Complaints" : "Recommends");
  comment.replace(0, std::min(noted.size(), comment.size()), noted);
  return comment;
}

void MakeSuppliers(const std::string& directory, const TextPool& pool, const Scale& scale) {
  Random random(2);
  Table table(directory, "supplier");
  for (int64_t key = 1; key <= scale.suppliers; ++key) {
    const int64_t nation = random.Between(0, 24);
    table.Number(key).Numbered("Supplier", key).Text(Address(random)).Number(nation);
    table.Text(Phone(random, nation)).Cents(random.Between(-99999, 999999));
    table.Text(SupplierComment(random, pool, key)).EndRow();
  }
}

std::string PartName(Random& random) {
  std::array<size_t, 5> chosen{};
  std::string name;
  for (size_t i = 0; i < chosen.size(); ++i) {
    do {
      chosen[i] = random.Next() % kColors.size();
    } while (std::find(chosen.begin(), chosen.begin() + static_cast<ptrdiff_t>(i), chosen[i]) !=
             chosen.begin() + static_cast<ptrdiff_t>(i));
    if (i > 0) name.push_back(' ');
    name.append(kColors[chosen[i]]);
  }
  return name;
}

void MakeParts(const std::string& directory, const TextPool& pool, const Scale& scale) {
  Random random(3);
  Table part(directory, "part");
  Table partsupp(directory, "partsupp");
  for (int64_t key = 1; key <= scale.parts; ++key) {
    const int64_t maker = random.Between(1, 5);
    part.Number(key).Text(PartName(random)).Text("Manufacturer#" + std::to_string(maker));
    part.Text("Brand#" + std::to_string(maker) + std::to_string(random.Between(1, 5)));
    std::string type(random.Of(kTypes1));
    type.append(" ").append(random.Of(kTypes2)).append(" ").append(random.Of(kTypes3));
    part.Text(type).Number(random.Between(1, 50));
    std::string container(random.Of(kContainers1));
    part.Text(container.append(" ").append(random.Of(kContainers2))).Cents(RetailPrice(key));
    part.Text(pool.Cut(random, 5, 22)).EndRow();
    for (int64_t i = 0; i < 4; ++i) {
      partsupp.Number(key).Number(SupplierOf(key, i, scale.suppliers));
      partsupp.Number(random.Between(1, 9999)).Cents(random.Between(100, 100000));
      partsupp.Text(pool.Cut(random, 49, 198)).EndRow();
    }
  }
}

void MakeCustomers(const std::string& directory, const TextPool& pool, const Scale& scale) {
  Random random(4);
  Table table(directory, "customer");
  for (int64_t key = 1; key <= scale.customers; ++key) {
    const int64_t nation = random.Between(0, 24);
    table.Number(key).Numbered("Customer", key).Text(Address(random)).Number(nation);
    table.Text(Phone(random, nation)).Cents(random.Between(-99999, 999999));
    table.Text(random.Of(kSegments)).Text(pool.Cut(random, 29, 116)).EndRow();
  }
}

struct LineSums {
  int64_t total_cents = 0;
  bool any_open = false;
  bool any_finished = false;
};

void MakeLine(Random& random, const TextPool& pool, const Scale& scale, int64_t order, int64_t number,
              int64_t order_date, Table& table, LineSums* sums) {
  const int64_t part = random.Between(1, scale.parts);
  const int64_t quantity = random.Between(1, 50);
  const int64_t price = quantity * RetailPrice(part);
  const int64_t discount = random.Between(0, 10), tax = random.Between(0, 8);
  const int64_t shipped = order_date + random.Between(1, 121);
  const int64_t committed = order_date + random.Between(30, 90);
  const int64_t received = shipped + random.Between(1, 30);
  const bool open = shipped > kCurrentDate;
  (open ? sums->any_open : sums->any_finished) = true;
  sums->total_cents += price * (100 + tax) / 100 * (100 - discount) / 100;
  table.Number(order).Number(part).Number(SupplierOf(part, random.Between(0, 3), scale.suppliers));
  table.Number(number).Cents(quantity * 100).Cents(price).Cents(discount).Cents(tax);
  table.Text(received > kCurrentDate ? "N" : (random.Between(0, 1) == 0 ? "R" : "A"));
  table.Text(open ? "O" : "F").Text(DateText(shipped)).Text(DateText(committed));
  table.Text(DateText(received)).Text(random.Of(kInstructions)).Text(random.Of(kModes));
  table.Text(pool.Cut(random, 10, 43)).EndRow();
}

void MakeOrders(const std::string& directory, const TextPool& pool, const Scale& scale) {
  Random random(5);
  Table orders(directory, "orders");
  Table lines(directory, "lineitem");
  for (int64_t i = 0; i < scale.orders; ++i) {
    const int64_t key = i / 8 * 32 + i % 8 + 1;  // a quarter of the keys is used
    int64_t customer;
    do {
      customer = random.Between(1, scale.customers);
    } while (customer % 3 == 0);
    const int64_t date = random.Between(kStartDate, kEndDate - 151);
    LineSums sums;
    const int64_t line_count = random.Between(1, 7);
    for (int64_t line = 1; line <= line_count; ++line) {
      MakeLine(random, pool, scale, key, line, date, lines, &sums);
    }
    orders.Number(key).Number(customer);
    orders.Text(!sums.any_open ? "F" : (!sums.any_finished ? "O" : "P"));
    orders.Cents(sums.total_cents).Text(DateText(date)).Text(random.Of(kPriorities));
    orders.Numbered("Clerk", random.Between(1, scale.clerks)).Number(0);
    orders.Text(pool.Cut(random, 19, 78)).EndRow();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const double factor = argc == 3 ? std::atof(argv[1]) : 0;
  if (factor <= 0) {
    std::fputs("usage: generator SCALE DIRECTORY\n", stderr);
    return 2;
  }
  const auto scaled = [&](double rows) { return std::max<int64_t>(1, static_cast<int64_t>(rows * factor)); };
  const Scale scale{scaled(10000), scaled(200000), scaled(150000), scaled(1500000), scaled(1000)};
  const std::string directory = argv[2];
  const TextPool pool;
  MakeFixedTables(directory, pool);
  MakeSuppliers(directory, pool, scale);
  MakeParts(directory, pool, scale);
  MakeCustomers(directory, pool, scale);
  MakeOrders(directory, pool, scale);
  return 0;
}
