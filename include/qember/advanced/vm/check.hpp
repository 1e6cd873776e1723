// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is wrong with a stream, in one call.
#pragma once

#include <qember/advanced/event/checker.hpp>
#include <qember/advanced/vm/stream_options.hpp>

namespace qember::vm {

/// Gives each thing that is wrong with a stream to `on_finding`, in its order, until that answers false;
/// nothing of a sound one. After what was refused it goes on behind it where the form allows that
/// (resynchronises). An error of the source is given too, as the last. Returns whether all was looked at, as
/// far as it can be read.
bool check(io::ByteSource& source, const event::Checker::OnFinding& on_finding, StreamOptions options = {});

}  // namespace qember::vm
