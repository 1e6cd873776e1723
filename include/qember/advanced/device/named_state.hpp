// SPDX-License-Identifier: LGPL-2.1-or-later
/// Device state as values that have paths.
#pragma once

#include <qember/advanced/device/state.hpp>

namespace qember::device {

/// Several values together: the fields of a structure or a subsection, or the elements of an array, a
/// list or a bitmap.
struct StateGroup {
  enum class Kind : std::uint8_t { structure, subsection, elements } kind = Kind::structure;
  const Field* field = nullptr;          ///< null for a subsection
  const Structure* structure = nullptr;  ///< null for elements
};

/// Gives every value its path: names joined by `.`, elements as `[i]`, all names as the description has
/// them. So `env.regs[3]` is element 3 of the field `env.regs`; parts of a layout that are known by their
/// place have that instead, in hexadecimal: `config.at[0x98]`. Neighbours of equal name are elements of
/// one array, which is how QEMU describes arrays whose elements differ.
class NamedStateSink : public StateSink {
 public:
  /// What is not at or below the path `selected` is left out; an empty path selects all.
  explicit NamedStateSink(std::string selected = {}) : selected_(std::move(selected)) {}

  /// Reads the body of a section, see `read_state`.
  Status read(const Device& device, ByteView body);

  void integer(const Field& field, Integer value) final;
  void boolean(const Field& field, bool value) final;
  void blob(const Field& field, ByteView value) final;
  void begin_array(const Field& field, const Structure* structure) final;
  void end_array() final { close_group(); }
  void begin_subsections() final {}
  void begin_subsection(const Structure& structure) final;
  void end_subsection() final { close_group(); }
  void end_subsections() final {}
  void place(std::size_t at) final { at_ = at; }
  /// Where one of them is selected.
  bool wants_zeros(const Field& field) override;
  void zeros(const Field& field, std::uint64_t count) final;

 protected:
  virtual void value(const Field& field, const StateValue& value) = 0;
  virtual void enter(const StateGroup& group) = 0;
  virtual void leave(const StateGroup& group) = 0;
  /// The elements from `index()` on are zero, up to the end of the group, an array that `path()` names.
  virtual void rest_is_zero(const Field&, std::uint64_t) {}

  // Of the value, or of the group that is entered.

  std::string_view path() const noexcept { return path_; }
  /// The part of the path after the group around it; all of it where that is not selected.
  std::string_view label() const noexcept { return std::string_view(path_).substr(label_); }
  /// The index of an element, or of the first element of an array that its neighbours continue.
  std::optional<std::uint64_t> index() const noexcept { return index_; }
  /// Whether the group around it is not selected, though it is.
  bool is_root() const noexcept { return is_root_; }
  /// Bytes of the section's body before it.
  std::uint64_t at() const noexcept { return at_; }

 private:
  struct Frame {
    StateGroup group;
    std::size_t path_size = 0;  ///< of the group's own path
    std::uint64_t next = 0;     ///< index of the next element; in a structure, within a run of equal names
    bool selected = false;
    std::uint64_t at = 0;  ///< bytes of the body before it
  };

  void open(const Field& field);
  void open_member(const Field& field);
  void open_name(std::string_view name);
  bool select();
  void leaf(const Field& field, const StateValue& value, std::uint64_t size);
  void open_group(StateGroup group, std::uint64_t first);
  void close_group();
  bool selects() const;

  std::string selected_;
  std::string path_;
  std::vector<Frame> frames_;
  std::size_t label_ = 0;
  std::optional<std::uint64_t> index_;
  std::uint64_t at_ = 0;
  bool is_root_ = false;
};

}  // namespace qember::device
