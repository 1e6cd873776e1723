// SPDX-License-Identifier: LGPL-2.1-or-later
#include "diff_fields.hpp"

#include "digest.hpp"

#include <algorithm>
#include <array>
#include <queue>
#include <unordered_map>
#include <unordered_set>

namespace qember::cli {
namespace {

std::uint64_t digest_of_path(std::string_view path) { return short_digest(as_bytes(path), 0); }

std::uint64_t digest_of_value(const native::StateValue& value) {
  if (const auto* octets = std::get_if<ByteView>(&value)) return short_digest(*octets, 1);
  const auto* const boolean = std::get_if<bool>(&value);
  const Integer integer = boolean != nullptr ? Integer(*boolean ? 1 : 0) : std::get<Integer>(value);
  std::array<std::uint8_t, 10> octets{};
  store_be(octets.data(), integer.bits());
  octets[8] = integer.negative() ? 1 : 0;
  octets[9] = boolean != nullptr ? 1 : 0;
  return short_digest(octets, 2);
}

/// The digests of a field's path and of its value.
using Leaf = std::pair<std::uint64_t, std::uint64_t>;

class Leaves final : public native::NamedStateSink {
 public:
  std::vector<Leaf> take() && {
    std::ranges::sort(leaves_);
    return std::move(leaves_);
  }

 private:
  void value(const native::Field&, const native::StateValue& value) override {
    leaves_.emplace_back(digest_of_path(path()), digest_of_value(value));
  }
  void enter(const native::StateGroup&) override {}
  void leave(const native::StateGroup&) override {}

  std::vector<Leaf> leaves_;
};

using Paths = std::unordered_set<std::uint64_t>;

/// Takes the values at some paths.
class Picked final : public native::NamedStateSink {
 public:
  struct Value {
    std::string path;
    FieldValue value;
  };

  explicit Picked(const Paths& paths) : paths_(paths) {}
  std::vector<Value>& values() { return values_; }

 private:
  void value(const native::Field& field, const native::StateValue& value) override {
    if (paths_.contains(digest_of_path(path()))) values_.push_back({std::string(path()), {&field, value}});
  }
  void enter(const native::StateGroup&) override {}
  void leave(const native::StateGroup&) override {}

  const Paths& paths_;
  std::vector<Value> values_;
};

template <class Sink>
Sink read(const DescribedState& state, Sink sink) {
  // The caller knows that it fits.
  static_cast<void>(sink.read(*state.device, state.body).ok());
  return sink;
}

}  // namespace

std::vector<ChangedField> compare_fields(const DescribedState& a, const DescribedState& b) {
  Paths paths;
  {
    const auto leaves_a = read(a, Leaves()).take();
    const auto leaves_b = read(b, Leaves()).take();
    std::vector<Leaf> differ;
    std::ranges::set_symmetric_difference(leaves_a, leaves_b, std::back_inserter(differ));
    for (const auto& [path, value] : differ) paths.insert(path);
  }
  Picked of_a = read(a, Picked(paths));
  Picked of_b = read(b, Picked(paths));
  std::vector<ChangedField> changes;
  // Real devices have fields of equal names: those are paired in their order.
  std::unordered_map<std::string, std::queue<std::size_t>> places;
  for (auto& [path, value] : of_a.values()) {
    places[path].push(changes.size());
    changes.push_back({std::move(path), value, std::nullopt});
  }
  for (auto& [path, value] : of_b.values()) {
    auto& candidates = places[path];
    if (candidates.empty()) {
      changes.push_back({std::move(path), std::nullopt, value});
    } else {
      changes[candidates.front()].b = value;
      candidates.pop();
    }
  }
  std::erase_if(changes, [](const ChangedField& change) {
    return change.a && change.b && digest_of_value(change.a->value) == digest_of_value(change.b->value);
  });
  return changes;
}

}  // namespace qember::cli
