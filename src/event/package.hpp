// SPDX-License-Identifier: LGPL-2.1-or-later
/// The elements of a PACKAGED command, whose payload is their length in bytes of the native form.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>
#include <qember/advanced/event/event.hpp>

#include "rule.hpp"

#include <fmt/format.h>

namespace qember::event {

class Package {
 public:
  /// `at`: where the elements begin.
  Status begin(ByteView payload, std::uint64_t at) {
    if (payload.size() != sizeof(std::uint32_t))
      return broken(Rule::command_payload, "a payload of 4 bytes", fmt::to_string(payload.size()));
    if (end_) return broken(Rule::package_apart, "no package in a package", "another");
    begin_ = at;
    end_ = at + load_be<std::uint32_t>(payload.data());
    return {};
  }
  /// Before every element that begins at top level.
  Status pass(Element type, std::uint64_t at) {
    if (!end_ || (at < *end_ && type != Element::eof)) return {};
    const std::uint64_t end = *end_;
    end_.reset();
    if (at < end) return broken(Rule::package_ended, "an element of the package", "EOF");
    if (at == end) return {};
    return broken(Rule::package_whole, fmt::format("a package of {} bytes", end - begin_),
                  fmt::format("elements of {}", at - begin_));
  }
  bool ends_at(std::uint64_t offset) const { return end_ == offset; }

 private:
  std::uint64_t begin_ = 0;
  std::optional<std::uint64_t> end_;
};

}  // namespace qember::event
