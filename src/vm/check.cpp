// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/vm/check.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

namespace qember::vm {

bool check(io::ByteSource& source, const event::Checker::OnFinding& on_finding, StreamOptions options) {
  // Elements are checked where they stand.
  options.reorder = false;
  const Limits limits = options.limits;
  bool goes_on = true;
  const auto find = [&](const Error& error) { return goes_on = on_finding(error); };
  auto stream = OpenedStream::open(source, std::move(options));
  if (!stream) return find(stream.error()), true;
  event::Checker checker(**stream, limits, find);
  for (;;) {
    const auto status = event::pump(**stream, checker);
    if (status || !goes_on) return goes_on;
    find(status.error());
    if (!(*stream)->in_sync()) return true;
    if (!goes_on) return false;
  }
}

}  // namespace qember::vm
