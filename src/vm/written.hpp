// SPDX-License-Identifier: LGPL-2.1-or-later
/// What writes a stream in BER.
#pragma once

#include <qember/advanced/qber/writer.hpp>
#include <qember/advanced/qevm/writer.hpp>

#include "passing.hpp"

namespace qember::vm {

/// A writer of BER and what it writes to.
class Encoding final : public event::Sink {
 public:
  Encoding(const event::Context& context, qber::SectionWriter to, const Limits& limits, bool opaque = false)
      : writer_(std::move(to)), events_(context, writer_, limits, {opaque}) {}

  Status take(const event::Event& event) override { return events_.take(event); }
  Status take(std::span<const event::RamPage> pages) override { return events_.take(pages); }
  bool takes_batches() const noexcept override { return true; }

 private:
  qber::SectionWriter writer_;
  qber::Writer events_;
};

}  // namespace qember::vm
