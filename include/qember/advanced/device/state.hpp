// SPDX-License-Identifier: LGPL-2.1-or-later
/// Device state with the names and types that its description gives, from the bytes and back.
#pragma once

#include <qember/advanced/device/description.hpp>
#include <qember/advanced/device/state_value.hpp>

namespace qember::device {

/// The value of one element of `field`, which is neither a structure nor a list, or of one word of a bitmap.
/// `bytes` has as many bytes as that takes.
StateValue value_of(const Field& field, ByteView bytes);

/// Takes device state value by value. Every field is one value: an array of its elements where it has
/// `array_len`, of its fields where it is a structure, of its structures where it is a list, of its
/// words where it is a bitmap. The subsections of a structure come after its fields.
class StateSink {
 public:
  virtual ~StateSink() = default;
  virtual void integer(const Field& field, Integer value) = 0;
  virtual void boolean(const Field& field, bool value) = 0;
  virtual void blob(const Field& field, ByteView value) = 0;
  /// `structure`: whose fields follow; null for elements, structures or words.
  virtual void begin_array(const Field& field, const Structure* structure) = 0;
  virtual void end_array() = 0;
  virtual void begin_subsections() = 0;
  virtual void begin_subsection(const Structure& structure) = 0;
  virtual void end_subsection() = 0;
  virtual void end_subsections() = 0;

  // What there is besides where a buffer has a layout. A buffer is then one value as well: an array.

  /// Bytes of the body before what comes next.
  virtual void place(std::size_t) {}
  /// Which of its structures a field is, after its `begin_array`: a value that takes no bytes.
  virtual void choice(const Field&, std::uint64_t) {}
  /// Whether elements at the end of the current array are wanted one by one though they are zero.
  virtual bool wants_zeros(const Field&) { return false; }
  /// So many elements of the current array come after those before, and are zero.
  virtual void zeros(const Field&, std::uint64_t) {}
  /// A buffer does not have its layout, and comes as a blob.
  virtual void unfit(const Field&, std::string_view) {}
};

/// Reads the body of a section as `device` describes it. The error is `Errc::description_mismatch`, its
/// offset counts from the first byte of `body`. `sink` may have been given values before that.
Status read_state(const Device& device, ByteView body, StateSink& sink);

/// That `device` describes all of `body`; the error is that of `read_state`.
Status check_state(const Device& device, ByteView body);

/// Bytes of the body that `device` describes, which the description alone tells; more than any body has where
/// they would be 2^62 or more.
std::uint64_t described_size(const Device& device);

/// Bytes of the body of that device at the front of `in`, which may go on.
Result<std::size_t> measure_state(const Device& device, ByteView in);

/// Gives device state value by value, in the order of `StateSink`.
class StateSource {
 public:
  /// `other`: a value of a kind that this version does not know.
  enum class Kind : std::uint8_t { integer, boolean, blob, array, subsections, end, other };

  virtual ~StateSource() = default;
  /// The kind of the next value in the current array.
  virtual Kind peek() = 0;
  virtual Integer integer() = 0;
  virtual bool boolean() = 0;
  virtual ByteView blob() = 0;
  virtual void enter_array() = 0;
  virtual void leave_array() = 0;
  virtual void enter_subsections() = 0;
  virtual void leave_subsections() = 0;
  /// False where there is none left.
  virtual bool enter_subsection(std::string_view& name, Integer& version) = 0;
  virtual void leave_subsection() = 0;
  /// An error with the place of the next value, or of the one that was given last.
  virtual Error refuse_next(std::string expected, std::string found) = 0;
  virtual Error refuse_last(std::string expected, std::string found) = 0;
};

/// Appends the bytes of `device` to `out`. Refuses a value that its field cannot hold and an array
/// with another number of elements. A layout has zeros that have no values: with `Errc::limit` it refuses
/// what becomes more than `limits.max_section`.
Status write_state(const Device& device, StateSource& source, Bytes& out, const Limits& limits = {});

}  // namespace qember::device
