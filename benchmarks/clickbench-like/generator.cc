// Page views of a web counter as one wide table, for the queries beside this file.
//
//     generator ROWS > hits.csv
//
// The same ROWS give the same bytes. What matters for such queries is how values are spread: few sites have most
// views, most search phrases are empty, users come back, texts share beginnings. Fields are separated by |; none
// holds one.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  // 0 most often; the share of k falls as 1/k.
  uint64_t Skewed(uint64_t bound) {
    const double u = static_cast<double>(Next() >> 11) / 9007199254740992.0;
    return static_cast<uint64_t>(std::pow(static_cast<double>(bound), u)) - 1;
  }

 private:
  uint64_t state_;
};

constexpr const char* kWords[] = {"bear",  "river",  "salmon", "forest", "winter", "honey", "trail", "camera",
                                  "price", "ticket", "map",    "photo",  "north",  "lake",  "guide", "weather"};
constexpr uint64_t kWordCount = sizeof(kWords) / sizeof(kWords[0]);

std::string Phrase(uint64_t number) {
  Random own(number * 7919 + 17);
  std::string phrase = kWords[own.Below(kWordCount)];
  for (uint64_t words = own.Below(3); words > 0; --words) phrase += std::string(" ") + kWords[own.Below(kWordCount)];
  return phrase + " " + std::to_string(number % 997);
}

std::string Url(uint64_t site, uint64_t page) {
  Random own(site * 1'000'003 + page);
  std::string url = own.OneIn(3) ? "https://www." : "http://";
  url += std::string(kWords[site % kWordCount]) + std::to_string(site) + ".example/";
  url += std::string(kWords[page % kWordCount]) + "/" + std::to_string(page);
  if (own.OneIn(4)) url += "?from=" + std::string(kWords[own.Below(kWordCount)]);
  return url;
}

void WriteRow(Random& random, uint64_t row, uint64_t rows) {
  const uint64_t site = random.Skewed(5'000);
  const uint64_t page = random.Skewed(20'000);
  const uint64_t user = random.Skewed(rows / 8 + 10) * 2'654'435'761u % 9'007'199'254'740'881u;
  const uint64_t second = row * (31 * 86'400) / rows;  // July 2026, in order of time, nearly
  const uint64_t shown = second > 600 ? second - random.Below(600) : second;
  const std::string url = Url(site, page);
  const std::string referer = random.OneIn(2) ? "" : Url(random.Skewed(5'000), random.Skewed(2'000));
  const std::string phrase = random.Below(8) != 0 ? "" : Phrase(random.Skewed(30'000));
  const uint64_t widths[] = {0, 1024, 1280, 1366, 1440, 1600, 1920, 2560};
  const uint64_t width = widths[random.Below(8)];
  const bool mobile = random.OneIn(5);
  std::printf("%llu|2026-07-%02llu %02llu:%02llu:%02llu|2026-07-%02llu|", static_cast<unsigned long long>(row + 1),
              static_cast<unsigned long long>(shown / 86'400 + 1), static_cast<unsigned long long>(shown / 3'600 % 24),
              static_cast<unsigned long long>(shown / 60 % 60), static_cast<unsigned long long>(shown % 60),
              static_cast<unsigned long long>(shown / 86'400 + 1));
  const auto number = [](uint64_t value) { std::printf("%llu|", static_cast<unsigned long long>(value)); };
  number(site);
  number(user);
  number(random.Below(250) * 16'777'216 + user % 65'536);   // client_ip
  number(random.Skewed(300));                               // region
  number(phrase.empty() ? 0 : 1 + random.Skewed(12));       // search_engine
  number(random.Below(20) != 0 ? 0 : 1 + random.Below(18)); // ad_engine
  number(width);
  number(width * 9 / 16);
  number(mobile ? 1 + random.Below(3) : 4 + random.Skewed(6));  // os
  number(random.Skewed(25));                                    // browser
  number(mobile ? 1 : 0);
  number(mobile ? 1 + random.Skewed(150) : 0);                  // phone_model
  number(random.Below(10));                                     // traffic_source
  number(random.OneIn(7) ? 1 : 0);                              // is_refresh
  number(random.OneIn(12) ? 1 : 0);                             // is_link
  number(random.Skewed(4'000));                                 // load_ms
  number(random.Skewed(600));                                   // stay_s
  std::printf("%s|%s|%s %s|%s\n", url.c_str(), referer.c_str(), kWords[page % kWordCount], kWords[site % kWordCount],
              phrase.c_str());
}

}  // namespace

int main(int argument_count, char** arguments) {
  const uint64_t rows = argument_count == 2 ? std::strtoull(arguments[1], nullptr, 10) : 0;
  if (rows == 0) {
    std::fputs("usage: generator ROWS\n", stderr);
    return 2;
  }
  Random random(20260701);
  for (uint64_t row = 0; row < rows; ++row) WriteRow(random, row, rows);
  return 0;
}
