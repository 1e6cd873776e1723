// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../common_options.hpp"
#include "../render/diff_report.hpp"
#include "../render/show_output.hpp"
#include "../report.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

#include <random>

namespace qember::cli {
namespace {

struct DiffOptions {
  std::string a;
  std::string b;
  bool json = false;
  ColorOption color;
  ReadOptions read;
};

/// Calls `each(a, b)` for the items of both by key, in the order of `a`, then for those that `b` alone has;
/// one of the two pointers may be null. Items of equal key are paired in their order.
template <class Items, class Key, class Each>
void pair_up(const Items& a, const Items& b, Key key_of, Each each) {
  std::multimap<decltype(key_of(*a.begin())), std::size_t> places;
  for (std::size_t i = 0; i < b.size(); ++i) places.emplace(key_of(b[i]), i);
  std::vector<bool> paired(b.size());
  for (const auto& item : a) {
    const auto place = places.find(key_of(item));
    each(&item, place == places.end() ? nullptr : &b[place->second]);
    if (place == places.end()) continue;
    paired[place->second] = true;
    places.erase(place);
  }
  for (std::size_t i = 0; i < b.size(); ++i)
    if (!paired[i]) each(static_cast<decltype(&b[i])>(nullptr), &b[i]);
}

/// Two guests are the same where their configuration, memory and devices are, however each was sent.
class Comparison {
 public:
  Comparison(vm::Guest& a, vm::Guest& b, DiffReport& report, const Limits& limits)
      : a_(a), b_(b), report_(report), limits_(limits) {}

  Result<bool> differ() {
    configuration();
    ram();
    sections();
    if (!status_) return status_.error();
    return differ_;
  }

 private:
  void fact(std::string_view name, const std::string& a, const std::string& b) {
    if (a == b) return;
    differ_ = true;
    report_.fact(name, &a, &b);
  }
  void configuration();
  void ram();
  void pages(std::size_t a, std::size_t b);
  void sections();
  void section(const vm::GuestSection* a, const vm::GuestSection* b);

  vm::Guest& a_;
  vm::Guest& b_;
  DiffReport& report_;
  Limits limits_;
  bool differ_ = false;
  Status status_;
};

void Comparison::configuration() {
  const auto text = [](const Bytes& octets) { return std::string(as_text(octets)); };
  fact("machine", text(a_.configuration.machine), text(b_.configuration.machine));
  if (!a_.blocks.empty() && !b_.blocks.empty())
    fact("page size", fmt::to_string(a_.page_size), fmt::to_string(b_.page_size));
  const auto name_of = [](const event::ConfigurationSubsection& each) { return each.name; };
  pair_up(a_.configuration.subsections, b_.configuration.subsections, name_of,
          [this](const auto* a, const auto* b) {
            if (a != nullptr && b != nullptr && a->payload == b->payload) return;
            differ_ = true;
            const std::string text_a = a == nullptr ? "" : text_of(*a);
            const std::string text_b = b == nullptr ? "" : text_of(*b);
            report_.fact((a == nullptr ? b : a)->name, a == nullptr ? nullptr : &text_a,
                         b == nullptr ? nullptr : &text_b);
          });
}

void Comparison::ram() {
  const auto name_of = [](const event::RamBlock& block) { return std::string_view(block.name); };
  pair_up(a_.blocks, b_.blocks, name_of, [this](const auto* a, const auto* b) {
    if (a == nullptr || b == nullptr || a->length != b->length) {
      differ_ = true;
      report_.block(a, b);
    }
    // Pages of two sizes are not the same pages.
    if (a == nullptr || b == nullptr || a_.page_size != b_.page_size) return;
    const auto pages_of = [](vm::Guest& guest, const event::RamBlock* block) {
      return vm::BlockPages{guest.ram.blocks()[static_cast<std::size_t>(block - guest.blocks.data())],
                            guest.ram.digests()};
    };
    const vm::ChangedRanges ranges(pages_of(a_, a), pages_of(b_, b));
    bool any = false;
    ranges.visit([&any](const vm::ChangedRange&) { any = true; });
    if (any) report_.pages(*a, a_.page_size, ranges);
    differ_ |= any;
    for (vm::Guest* guest : {&a_, &b_})
      if (status_) status_ = guest->ram.digests().status();
  });
}

void Comparison::sections() {
  const auto key_of = [](const vm::GuestSection& section) {
    return std::pair(std::string_view(section.name), section.instance);
  };
  pair_up(a_.sections, b_.sections, key_of, [this](const auto* a, const auto* b) { section(a, b); });
}

void Comparison::section(const vm::GuestSection* a, const vm::GuestSection* b) {
  vm::FieldChanges fields;
  if (a != nullptr && b != nullptr) {
    const bool is_same = a->size == b->size && a->digest == b->digest;
    if (is_same && a->version == b->version) return;
    const bool is_described = a->device != nullptr && b->device != nullptr;
    if (is_described && !is_same) {
      auto found = vm::FieldChanges::find({a->device.get(), a->body}, {b->device.get(), b->body}, limits_);
      if (!found) {
        status_ = std::move(found.error());
        return;
      }
      fields = std::move(*found);
    }
  }
  differ_ = true;
  report_.section(a, b, fields);
}

/// 1 says that they differ, so that what is invalid can't have it.
ExitCode refuse(const std::string& file, const Error& error) {
  const ExitCode code = fail(file, error);
  return code == exit_invalid ? exit_usage : code;
}

int diff(const DiffOptions& options) {
  const std::array inputs{options.a, options.b};
  if (auto status = io::check_read_once(inputs); !status) return refuse("diff", status.error());
  // A seed of each run: nobody can prepare pages that have one digest.
  const std::uint64_t seed = std::uint64_t{std::random_device{}()} << 32U | std::random_device{}();
  const auto a = vm::read_guest(options.a, options.read.stream_options(), seed);
  if (!a) return refuse(options.a, a.error());
  const auto b = vm::read_guest(options.b, options.read.stream_options(), seed);
  if (!b) return refuse(options.b, b.error());
  Lines lines;
  const auto report = options.json ? make_diff_json(lines) : make_diff_tree(lines, options.color.style());
  const auto differ = Comparison(**a, **b, *report, options.read.stream_options().limits).differ();
  if (!differ) return lines.finish(refuse(options.a, differ.error()));
  return lines.finish(*differ ? exit_invalid : exit_ok);
}

}  // namespace

void add_diff(CLI::App& app, Action& action) {
  auto* verb =
      app.add_subcommand("diff", "Say in what two guests differ: fields of devices, ranges of pages");
  auto options = std::make_shared<DiffOptions>();
  verb->add_option("A", options->a, "A stream; - is standard input")->required();
  verb->add_option("B", options->b, "Another; - is standard input")->required();
  verb->add_flag("--json", options->json, "A JSON object a line");
  options->color.add_to(*verb);
  options->read.add_to(*verb);
  verb->footer("Exit codes: 0 the same, 1 different; 2 also for an invalid stream.");
  verb->callback([&action, options] { action = [options] { return diff(*options); }; });
}

}  // namespace qember::cli
