// SPDX-License-Identifier: LGPL-2.1-or-later
/// Streams by a schema that is read from data, and what a reader and the writers make of them.
#pragma once

#include "support/written.hpp"
#include "unit/qber/schema_data.hpp"

#include <qember/advanced/ber/schema_data.hpp>
#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qber/writer.hpp>
#include <qember/advanced/qevm/writer.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace qember::test {

inline std::size_t types_in(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find("\ntype ", at)) != std::string::npos; ++at) ++count;
  return count;
}

struct Format {
  explicit Format(const std::string& text)
      : data(ber::SchemaData::parse(text).or_throw()),
        format(qber::WireFormat::of(data->schema()).or_throw()) {}

  std::unique_ptr<const ber::SchemaData> data;
  qber::WireFormat format;
};

struct Read {
  Bytes again;   ///< what a writer makes of the events
  Bytes native;  ///< what a writer of the native form makes of them
  std::vector<std::string> values;
  std::optional<Error> error;
  std::optional<Error> native_error;
};

inline Read read(ByteView ber, const qber::WireFormat* format, std::size_t chunk = std::size_t{1} << 20U,
                 const Limits& of_writer = {}) {
  Read all;
  io::Input input;
  qber::Reader reader(input, {}, {true, format});
  io::Output ber_out, native_out;
  qber::SectionWriter sections(ber_out, format ? *format : qber::WireFormat::own());
  qber::Writer writer(reader, sections, of_writer);
  qevm::Writer native(native_out);
  for (;;) {
    auto event = reader.next();
    if (!event && event.error().code == Errc::need_more) {
      // Pages are borrowed until the input is fed.
      const Bytes more = bytes_of(ber_out);
      all.again.insert(all.again.end(), more.begin(), more.end());
      ber_out.clear();
      const Bytes more_native = bytes_of(native_out);
      all.native.insert(all.native.end(), more_native.begin(), more_native.end());
      native_out.clear();
      const std::size_t size = std::min(chunk, ber.size());
      input.feed(ber.first(size));
      ber = ber.subspan(size);
      if (ber.empty()) input.finish();
      continue;
    }
    if (!event) return all.error = event.error(), all;
    if (const auto* value = std::get_if<event::SchemaValue>(&*event))
      all.values.push_back(reader.path() + " " + std::string(value->name) + " " +
                           std::to_string(value->encoded.size()) + (value->may_be_lost ? " lossy" : ""));
    if (auto status = writer.take(*event); !status) return all.error = status.error(), all;
    if (!all.native_error)
      if (auto status = native.take(*event); !status) all.native_error = status.error();
    if (std::holds_alternative<event::StreamEnd>(*event)) break;
  }
  const Bytes more = bytes_of(ber_out);
  all.again.insert(all.again.end(), more.begin(), more.end());
  const Bytes more_native = bytes_of(native_out);
  all.native.insert(all.native.end(), more_native.begin(), more_native.end());
  return all;
}

}  // namespace qember::test
