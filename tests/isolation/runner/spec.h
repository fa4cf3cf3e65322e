// An isolation spec: sessions, their steps, and the orders in which to run them.
//
// GRAMMAR  PostgreSQL's (src/test/isolation/README describes it), names quoted or not:
//            setup { SQL }...  [teardown { SQL }]
//            session NAME  [setup { SQL }]  step NAME { SQL }...  [teardown { SQL }]  ...
//            permutation STEP...   (none: every interleaving)
//          # begins a comment, outside of braces.
// ERRORS   std::runtime_error with file and line.
#pragma once

#include <string>
#include <vector>

namespace grizzly::test {

struct Step {
  std::string name;
  std::string sql;
  size_t session = 0;
};

struct SpecSession {
  std::string name;
  std::string setup;
  std::string teardown;
  std::vector<Step> steps;
};

struct Spec {
  std::vector<std::string> setups;
  std::string teardown;
  std::vector<SpecSession> sessions;
  std::vector<std::vector<Step>> permutations;
};

Spec ReadSpec(const std::string& path);

}  // namespace grizzly::test
