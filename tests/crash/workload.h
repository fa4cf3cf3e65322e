// What runs while the server dies: small loops whose state can be judged afterwards, because each step is one
// transaction and the state says how many there were.
//
// THREADS  one per workload between Start and Stop; the rest belongs to one thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace grizzly::test {

class Workload {
 public:
  virtual ~Workload() { Stop(); }
  virtual std::string name() const = 0;
  // Makes its tables. Throws std::runtime_error.
  void PrepareOn(const std::string& connection_string);

  // Steps until the connection breaks or Stop. Errors with these SQLSTATEs are expected: the step is tried
  // again, having done nothing.
  void Start(const std::string& connection_string, std::vector<std::string> expected_states);
  void Stop();
  // What is wrong after a restart: steps acknowledged that are not there, steps that are there by half.
  std::string Check(const std::string& connection_string);
  int64_t acknowledged() const { return acknowledged_; }

 protected:
  virtual void Prepare(void* connection) = 0;
  // The statements of step `number` (from 1).
  virtual std::vector<std::string> StatementsOf(int64_t number) = 0;
  // How many steps the state has; throws std::runtime_error when it is none that steps can leave.
  virtual int64_t CountSteps(void* connection) = 0;
  virtual bool FailedStepMayBeThere() { return false; }

 private:
  void Run(const std::string& connection_string);
  bool SettleFailedStep(void* connection);

  std::vector<std::string> expected_states_;
  std::thread thread_;
  std::atomic<bool> is_stopping_ = false;
  int64_t acknowledged_ = 0;
  int64_t started_ = 0;
  std::string unexpected_error_;
};

// Updates of a whole table with little memory (commits by ingestion), DDL, moves between the parts of a columnar
// table, two-phase commits, small changes of indexed rows, indexes built beside them.
std::vector<std::unique_ptr<Workload>> AllWorkloads();

}  // namespace grizzly::test
