// SPDX-License-Identifier: LGPL-2.1-or-later
#include "duel.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace qember::bench {
namespace {

constexpr int repetitions = 9;
/// Of work that is done again and again, in each repetition.
constexpr double least_seconds = 0.05;

struct Mean {
  std::string group, work, against;
  double goal = 0;
};

std::vector<Duel>& duels() {
  static std::vector<Duel> all;
  return all;
}

std::vector<Mean>& means() {
  static std::vector<Mean> all;
  return all;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::string time_text(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.1f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.1f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.1f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

struct Row {
  std::string work, against, ours, theirs;
  double ratio = 0, least = 0, most = 0;
  Figure figure = Figure::faster;
  double goal = 0;
};

void print(const Row& row) {
  const auto figure = [&row](double value) {
    return row.figure == Figure::seconds ? time_text(value) : fmt::format("{:.2f}", value);
  };
  const bool met = row.figure == Figure::faster ? row.ratio >= row.goal : row.ratio <= row.goal;
  const std::string_view bound = row.figure == Figure::faster ? ">=" : "<=";
  fmt::print("| {:<38} | {:>9} | {:<24} | {:>9} | {:>8} | {:>8} .. {:<8} | {:<10} | {:<3} |\n", row.work,
             row.ours, row.against, row.theirs, figure(row.ratio), figure(row.least), figure(row.most),
             row.goal == 0 ? "" : fmt::format("{} {}", bound, figure(row.goal)),
             row.goal == 0 ? ""
             : met         ? "yes"
                           : "no");
}

}  // namespace

void add(Duel duel) {
  duels().push_back(std::move(duel));
  const std::size_t index = duels().size() - 1;
  auto* const registered =
      benchmark::RegisterBenchmark(duels()[index].name.c_str(), [index](benchmark::State& state) {
        const Duel& it = duels()[index];
        const auto turn = [&it](const Work& work) {
          const double seconds = work();
          if (it.after) it.after();
          return seconds;
        };
        double ours = 0;
        for (auto _ : state) {
          const double seconds = turn(it.ours);
          ours += seconds;
          state.SetIterationTime(seconds);
        }
        double theirs = 0;
        double peer_turns = 0;
        while (peer_turns == 0 || (!it.once && theirs < least_seconds)) {
          theirs += turn(it.theirs);
          ++peer_turns;
        }
        ours /= static_cast<double>(state.iterations());
        theirs /= peer_turns;
        const double share = it.pages != 0 ? it.pages : 1;
        state.counters["ours_s"] = ours / share;
        state.counters["peer_s"] = theirs / share;
        state.counters["ratio"] = it.figure == Figure::faster ? theirs / ours
                                  : it.figure == Figure::time ? ours / theirs
                                                              : ours;
      });
  registered->UseManualTime()->Repetitions(repetitions);
  if (duels()[index].once) {
    registered->Iterations(1);
  } else {
    registered->MinTime(least_seconds);
  }
}

void add_mean(const std::string& group, const std::string& work, const std::string& against, double goal) {
  means().push_back({group, work, against, goal});
}

bool Table::ReportContext(const Context& context) {
  PrintBasicContext(&GetErrorStream(), context);
  return true;
}

void Table::ReportRuns(const std::vector<Run>& runs) {
  std::string name;
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration) continue;
    name = run.run_name.function_name;
    Seen& seen = seen_[name];
    seen.ratios.push_back(run.counters.at("ratio"));
    seen.seconds.push_back(run.counters.at("ours_s"));
    seen.peer_seconds.push_back(run.counters.at("peer_s"));
  }
  if (const auto at = seen_.find(name); at != seen_.end())
    fmt::print(stderr, "{}: {:.2f}\n", name, median(at->second.ratios));
}

void Table::Finalize() {
  fmt::print("\n| {:<38} | {:>9} | {:<24} | {:>9} | {:>8} | {:<20} | {:<10} | {:<3} |\n", "work", "median",
             "against", "median", "ratio", "least .. most", "goal", "met");
  fmt::print("|{:-<40}|{:->10}:|{:-<26}|{:->10}:|{:->9}:|{:-<22}|{:-<12}|{:-<5}|\n", "", "", "", "", "", "",
             "", "");
  for (const Duel& duel : duels()) {
    const auto at = seen_.find(duel.name);
    if (at == seen_.end()) continue;
    const auto [least, most] = std::ranges::minmax(at->second.ratios);
    print({duel.work, duel.against, time_text(median(at->second.seconds)),
           time_text(median(at->second.peer_seconds)), median(at->second.ratios), least, most, duel.figure,
           duel.goal});
  }
  for (const Mean& mean : means()) {
    double logarithms = 0;
    double count = 0;
    double least = 0;
    double most = 0;
    for (const auto& [name, seen] : seen_) {
      if (!name.starts_with(mean.group + '/')) continue;
      const double ratio = median(seen.ratios);
      least = count == 0 ? ratio : std::min(least, ratio);
      most = std::max(most, ratio);
      logarithms += std::log(ratio);
      ++count;
    }
    if (count != 0)
      print({mean.work, mean.against, "", "", std::exp(logarithms / count), least, most, Figure::faster,
             mean.goal});
  }
  fmt::print(
      "\nRatios are medians of {} repetitions, in which both took turns; of work in pages the times are a "
      "page's.\n",
      repetitions);
}

}  // namespace qember::bench
