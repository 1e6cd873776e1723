// SPDX-License-Identifier: LGPL-2.1-or-later
/// From BER to the events of QEMU's native stream, as schema/mapping.md says.
#pragma once

#include <qember/native/source.hpp>
#include <qember/native/state.hpp>
#include <qember/stream/reader.hpp>

namespace qember::native {

/// How the decoder found the last section of device state.
enum class DeviceForm : std::uint8_t { values, blob };

class Decoder final : public Source {
 public:
  /// `input` outlives the decoder. A description comes before the device state that it describes.
  explicit Decoder(stream::Input& input, const Limits& limits = {});
  ~Decoder() override;

  Result<Event> next() override;
  std::size_t next_pages(std::span<RamPage> room) override;
  bool in_sync() const override;
  std::uint64_t offset() const override;
  std::string path() const override;
  const Session& session() const override;

  /// Of the section that began last.
  DeviceForm device_form() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qember::native
