// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/compare_fields.hpp>

#include <qember/advanced/core/digest.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>

namespace qember::vm {
namespace {

std::uint64_t digest_of_path(std::string_view path) {
  // A seed of each run: nobody can prepare paths that have one digest.
  static const std::uint64_t seed = std::uint64_t{std::random_device{}()} << 32U | std::random_device{}();
  return short_digest(as_bytes(path), seed);
}

std::uint64_t digest_of_value(const device::StateValue& value) {
  if (const auto* bytes = std::get_if<ByteView>(&value)) return short_digest(*bytes, 1);
  const auto* const boolean = std::get_if<bool>(&value);
  const Integer integer = boolean != nullptr ? Integer(*boolean ? 1 : 0) : std::get<Integer>(value);
  std::array<std::uint8_t, 10> bytes{};
  store_be(bytes.data(), integer.bits());
  bytes[8] = integer.negative() ? 1 : 0;
  bytes[9] = boolean != nullptr ? 1 : 0;
  return short_digest(bytes, 2);
}

/// The digests of a field's path and of its value.
using Leaf = std::pair<std::uint64_t, std::uint64_t>;

/// Those of all values, sorted, where they are not too many.
class Leaves final : public device::NamedStateSink {
 public:
  explicit Leaves(std::size_t most) : most_(most) {}

  bool too_many() const noexcept { return too_many_; }
  std::vector<Leaf> take() && {
    std::ranges::sort(leaves_);
    return std::move(leaves_);
  }

 private:
  void value(const device::Field&, const device::StateValue& value) override {
    too_many_ |= leaves_.size() == most_;
    if (!too_many_) leaves_.emplace_back(digest_of_path(path()), digest_of_value(value));
  }
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}
  // The other side may have more of them.
  bool wants_zeros(const device::Field&) override { return true; }

  std::size_t most_;
  bool too_many_ = false;
  std::vector<Leaf> leaves_;
};

/// Calls `each(path, digest of it, value)` for the values at some paths.
template <class Each>
class Picked final : public device::NamedStateSink {
 public:
  Picked(const std::vector<std::uint64_t>& paths, Each each) : paths_(paths), each_(std::move(each)) {}

 private:
  void value(const device::Field& field, const device::StateValue& value) override {
    const std::uint64_t digest = digest_of_path(path());
    if (std::ranges::binary_search(paths_, digest)) each_(path(), digest, FieldValue{&field, value});
  }
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}
  // The other side may have more of them.
  bool wants_zeros(const device::Field&) override { return true; }

  const std::vector<std::uint64_t>& paths_;
  Each each_;
};

void read(const DescribedState& state, device::NamedStateSink& sink) {
  // The caller knows that it fits.
  static_cast<void>(sink.read(*state.device, state.body).ok());
}

template <class Each>
void pick(const DescribedState& state, const std::vector<std::uint64_t>& paths, Each each) {
  Picked<Each> picked(paths, std::move(each));
  read(state, picked);
}

}  // namespace

Result<FieldChanges> FieldChanges::find(const DescribedState& a, const DescribedState& b,
                                        const Limits& limits) {
  FieldChanges changes;
  changes.a_ = a;
  changes.b_ = b;
  Leaves of_a(limits.max_compared);
  Leaves of_b(limits.max_compared);
  read(a, of_a);
  read(b, of_b);
  if (of_a.too_many() || of_b.too_many())
    return Error{Errc::limit, 0, fmt::format("{}/{}", a.device->name, a.device->instance),
                 fmt::format("max_compared: at most {} values to compare by name", limits.max_compared),
                 "more"};
  {
    const auto leaves_a = std::move(of_a).take();
    const auto leaves_b = std::move(of_b).take();
    std::vector<Leaf> differ;
    std::ranges::set_symmetric_difference(leaves_a, leaves_b, std::back_inserter(differ));
    for (const auto& [path, value] : differ)
      if (changes.paths_.empty() || changes.paths_.back() != path) changes.paths_.push_back(path);
  }
  pick(b, changes.paths_, [&](std::string_view, std::uint64_t path, const FieldValue& value) {
    changes.others_.push_back({path, changes.others_.size(), value});
  });
  std::ranges::sort(changes.others_, {},
                    [](const Other& other) { return std::pair(other.path, other.order); });
  return changes;
}

void FieldChanges::visit(const std::function<void(const ChangedField&)>& each) const {
  if (paths_.empty()) return;
  const auto first_of = [this](std::uint64_t path) {
    return static_cast<std::size_t>(std::ranges::lower_bound(others_, path, {}, &Other::path) -
                                    others_.begin());
  };
  // Real devices have fields of equal names: those are paired in their order.
  std::vector<std::uint32_t> paired(others_.size());  // by the first of a path: how many
  pick(a_, paths_, [&](std::string_view path, std::uint64_t digest, const FieldValue& value) {
    const std::size_t first = first_of(digest);
    const std::size_t at = first < others_.size() ? first + paired[first] : first;
    if (at >= others_.size() || others_[at].path != digest) return each({std::string(path), value, {}});
    ++paired[first];
    const FieldValue& other = others_[at].value;
    if (digest_of_value(value.value) != digest_of_value(other.value)) each({std::string(path), value, other});
  });
  std::vector<std::uint32_t> passed(others_.size());
  pick(b_, paths_, [&](std::string_view path, std::uint64_t digest, const FieldValue& value) {
    const std::size_t first = first_of(digest);
    if (passed[first]++ >= paired[first]) each({std::string(path), {}, value});
  });
}

}  // namespace qember::vm
