// SPDX-License-Identifier: LGPL-2.1-or-later
/// Work beside a peer that does the same, by turns and in the same run, so that a machine whose speed drifts
/// changes both alike; and the table of what was seen.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace qember::bench {

/// Does the work once, and tells the seconds that it took.
using Work = std::function<double()>;

/// All of it.
template <class Function>
Work timed(Function function) {
  return [function]() mutable {
    const auto begin = std::chrono::steady_clock::now();
    function();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
}

/// What a row's ratio says: how many times faster than the peer, how many times its time, or seconds.
enum class Figure : std::uint8_t { faster, time, seconds };

struct Duel {
  std::string name;  ///< as the benchmark is called; what is before the last '/' makes a group
  std::string work;
  std::string against;
  Figure figure = Figure::faster;
  double goal = 0;    ///< at least, of `faster`; else at most; 0: none
  double pages = 0;   ///< in one piece of work; 0: not told by the page
  bool once = false;  ///< a whole command: one turn is a repetition
  Work ours;
  Work theirs;
  std::function<void()> after{};  ///< puts things back; after each of them
};

/// Registers it; nine repetitions.
void add(Duel duel);
/// A row of the geometric mean of all duels of that group.
void add_mean(const std::string& group, const std::string& work, const std::string& against, double goal);

/// Prints a line a repetition's median as it comes, and the table at the end.
class Table : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  struct Seen {
    std::vector<double> ratios;
    std::vector<double> seconds;
    std::vector<double> peer_seconds;
  };
  std::map<std::string, Seen> seen_;
};

}  // namespace qember::bench
