// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/compare.hpp>

#include <qember/advanced/vm/selector.hpp>

#include <fmt/format.h>

#include <map>

namespace qember::vm {
namespace {

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

class Comparison {
 public:
  Comparison(Guest& a, Guest& b, DifferenceSink& report, const Limits& limits, const CompareOptions& options)
      : a_(a), b_(b), report_(report), limits_(limits), options_(options), selector_(options.devices) {}

  Result<bool> differ() {
    if (selector_.selects_all()) configuration();
    if (selector_.selects_all()) ram();
    sections();
    if (status_) status_ = selector_.missed();
    if (!status_) return status_.error();
    return differ_;
  }

 private:
  void fact(std::string_view name, const std::string& a, const std::string& b) {
    if (a == b) return;
    differ_ = true;
    report_.fact(name, a, b);
  }
  void configuration();
  void ram();
  void sections();
  void section(const GuestSection* a, const GuestSection* b);

  Guest& a_;
  Guest& b_;
  DifferenceSink& report_;
  Limits limits_;
  const CompareOptions& options_;
  DeviceSelector selector_;
  bool differ_ = false;
  Status status_;
};

void Comparison::configuration() {
  const auto text = [](const Bytes& bytes) { return std::string(as_text(bytes)); };
  fact("machine", text(a_.configuration.machine), text(b_.configuration.machine));
  if (!a_.blocks.empty() && !b_.blocks.empty())
    fact("page size", fmt::to_string(a_.page_size), fmt::to_string(b_.page_size));
  const auto name_of = [](const event::ConfigurationSubsection& each) { return each.name; };
  pair_up(a_.configuration.subsections, b_.configuration.subsections, name_of,
          [this](const auto* a, const auto* b) {
            if (a != nullptr && b != nullptr && a->payload == b->payload) return;
            differ_ = true;
            report_.subsection(a, b);
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
    if (!options_.ram || a == nullptr || b == nullptr || a_.page_size != b_.page_size) return;
    const auto pages_of = [](Guest& guest, const event::RamBlock* block) {
      return BlockPages{guest.ram.blocks()[static_cast<std::size_t>(block - guest.blocks.data())],
                        guest.ram.digests()};
    };
    const ChangedRanges ranges(pages_of(a_, a), pages_of(b_, b));
    bool any = false;
    ranges.visit([&any](const ChangedRange&) { any = true; });
    if (any) report_.pages(*a, a_.page_size, ranges);
    differ_ |= any;
    for (Guest* guest : {&a_, &b_})
      if (status_) status_ = guest->ram.digests().status();
  });
}

void Comparison::sections() {
  for (const Guest* guest : {&a_, &b_})
    for (const GuestSection& section : guest->sections) selector_.consider(section.name);
  const auto key_of = [](const GuestSection& section) {
    return std::pair(std::string_view(section.name), section.instance);
  };
  pair_up(a_.sections, b_.sections, key_of, [this](const auto* a, const auto* b) { section(a, b); });
}

void Comparison::section(const GuestSection* a, const GuestSection* b) {
  const GuestSection& any = a == nullptr ? *b : *a;
  if (!selector_.selects(any.name, any.instance)) return;
  FieldChanges fields;
  if (a != nullptr && b != nullptr) {
    const bool is_same = a->size == b->size && a->digest == b->digest;
    if (is_same && a->version == b->version) return;
    const bool is_described = a->device != nullptr && b->device != nullptr;
    if (is_described && !is_same) {
      auto found = FieldChanges::find({a->device.get(), a->body}, {b->device.get(), b->body}, limits_);
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

}  // namespace

Result<bool> compare(Guest& a, Guest& b, DifferenceSink& differences, const Limits& limits,
                     const CompareOptions& options) {
  return Comparison(a, b, differences, limits, options).differ();
}

namespace {

Result<std::unique_ptr<Guest>> read_guest(const SavedVm& vm, std::string_view name, std::uint64_t seed) {
  auto guest = vm::read_guest(vm.bytes(), vm.stream_options(), seed);
  if (!guest) return std::move(guest.error()).within(name);
  return guest;
}

}  // namespace

Result<bool> compare(const SavedVm& a, const SavedVm& b, DifferenceSink& differences) {
  const std::uint64_t seed = random_seed();
  const auto guest_a = read_guest(a, "a.", seed);
  if (!guest_a) return guest_a.error();
  const auto guest_b = read_guest(b, "b.", seed);
  if (!guest_b) return guest_b.error();
  return compare(**guest_a, **guest_b, differences, a.options().limits);
}

}  // namespace qember::vm
