// SPDX-License-Identifier: LGPL-2.1-or-later
/// What values mean that have no more than a number in the stream.
#pragma once

#include <qember/advanced/core/integer.hpp>
#include <qember/advanced/device/description.hpp>

namespace qember::device {

/// What the value of that field is called, in ASCII: `DRIVER|DRIVER_OK`, or `Ethernet controller`; bits
/// without a name follow as a number. Empty where nothing is known.
std::string meaning(const Field& field, Integer value);

/// Whether the elements of the field are known by the bytes before them in the structure around, not by their
/// number.
bool is_by_place(const Field& field) noexcept;

}  // namespace qember::device
