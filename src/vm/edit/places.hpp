// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where fields and subsections are in the body of a section.
#pragma once

#include <qember/advanced/core/digest.hpp>
#include <qember/advanced/device/named_state.hpp>

namespace qember::vm {

struct FieldPlace {
  const device::Field* field = nullptr;
  std::size_t at = 0;    ///< bytes of the body before it
  std::size_t size = 0;  ///< bytes
};

/// Finds the values at or below a path, in the order of the body.
class FieldPlaces final : public device::NamedStateSink {
 public:
  /// Keeps `most` of them.
  FieldPlaces(std::string path, std::size_t most) : NamedStateSink(std::move(path)), most_(most) {}

  std::span<const FieldPlace> places() const noexcept { return places_; }
  /// There are more than are kept.
  bool is_beyond() const noexcept { return is_beyond_; }
  /// Some are zeros that have no values.
  bool is_folded() const noexcept { return is_folded_; }

 private:
  void value(const device::Field& field, const device::StateValue& value) override;
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}
  void rest_is_zero(const device::Field&, std::uint64_t) override { is_folded_ = true; }

  std::size_t most_;
  std::vector<FieldPlace> places_;
  bool is_beyond_ = false;
  bool is_folded_ = false;
};

struct SubsectionPlace {
  const device::Structure* structure = nullptr;
  std::size_t at = 0;    ///< bytes of the body before its header
  std::size_t size = 0;  ///< bytes, header and all
  /// The described buffer whose layout has it; null where the description has it itself.
  const device::Field* buffer = nullptr;
};

/// Finds the subsections of a name, but none within another of them.
class SubsectionPlaces final : public device::NamedStateSink {
 public:
  explicit SubsectionPlaces(std::string_view name) : name_(name) {}

  std::span<const SubsectionPlace> places() const noexcept { return places_; }

 private:
  void value(const device::Field&, const device::StateValue&) override {}
  void enter(const device::StateGroup& group) override;
  void leave(const device::StateGroup& group) override;

  std::string_view name_;
  std::vector<SubsectionPlace> places_;
  const device::Field* buffer_ = nullptr;  ///< whose layout is being read
  std::size_t depth_ = 0;                  ///< groups that are open, from one that was found on
};

/// Finds the words of a virtio device's state that hold the features which were agreed on, and a feature by
/// its name.
class FeaturePlaces final : public device::NamedStateSink {
 public:
  explicit FeaturePlaces(std::string_view feature) : feature_(feature) {}

  struct Word {
    FieldPlace place;
    unsigned first_bit = 0;  ///< the feature that is its lowest bit
  };
  std::span<const Word> words() const noexcept { return words_; }
  /// The number of the feature; nothing where no word has that name.
  std::optional<unsigned> bit() const noexcept { return bit_; }

 private:
  void value(const device::Field& field, const device::StateValue& value) override;
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}

  std::string_view feature_;
  std::vector<Word> words_;
  std::optional<unsigned> bit_;
};

/// Finds what a virtio device on PCI saves for its MSI-X vectors.
class VectorPlaces final : public device::NamedStateSink {
 public:
  /// The table of `vectors()`, and which of them the configuration and each queue use, in the order of the
  /// body. Without vectors, where they would be.
  std::size_t table = 0;
  std::vector<std::size_t> users;
  std::size_t table_size = 0;             ///< bytes
  const device::Field* buffer = nullptr;  ///< the described one that has all this; null where there is none

  bool has_vectors() const noexcept { return table_size != 0; }

 private:
  void value(const device::Field& field, const device::StateValue& value) override;
  void enter(const device::StateGroup& group) override;
  void leave(const device::StateGroup& group) override;

  const device::Field* open_ = nullptr;
};

/// Finds the requests in flight that have the number of their descriptors before them.
class RequestPlaces final : public device::NamedStateSink {
 public:
  static constexpr std::size_t number_size = 4;
  struct Request {
    std::size_t number = 0;  ///< where the number is: be32, and the request behind it
    std::size_t end = 0;
  };
  std::span<const Request> requests() const noexcept { return requests_; }

 private:
  void value(const device::Field& field, const device::StateValue&) override {
    if (field.name == "ndescs") number_ = static_cast<std::size_t>(at());
  }
  void enter(const device::StateGroup& group) override;
  void leave(const device::StateGroup& group) override;

  std::optional<std::size_t> number_;
  std::vector<Request> requests_;
};

/// Which values a body has, and where, whatever they are.
class Shape final : public device::NamedStateSink {
 public:
  static Digest of(const device::Device& device, ByteView body);

 private:
  void value(const device::Field& field, const device::StateValue& value) override;
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}

  Digester digester_;
};

}  // namespace qember::vm
