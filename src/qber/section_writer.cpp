// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/qber/section_writer.hpp>

namespace qember::qber {
namespace {

constexpr std::size_t header_room = 16;
constexpr std::uint64_t file_version = 3;

/// The string itself in DER, where it can't be in segments (X.690 10.2).
constexpr ber::Identifier constructed(ber::Identifier identifier) {
  identifier.bytes[0] |= 0x20U;
  return identifier;
}

}  // namespace

std::size_t Lengths::begin() {
  if (outer_begun_ < outer_.size()) return outer_begun_++;
  open_.push_back(0);
  return open_.size() - 1;
}

void Lengths::end(std::size_t place, std::uint64_t length, std::size_t depth) {
  if (depth <= outer_.size()) {
    outer_[depth - 1] = length;
    return;
  }
  open_[place] = length;
  if (depth > outer_.size() + 1) return;
  for (std::uint64_t each : open_) {
    for (; each >= 0x80; each >>= 7U) packed_.push_back(static_cast<std::uint8_t>(each | 0x80U));
    packed_.push_back(static_cast<std::uint8_t>(each));
  }
  open_.clear();
}

std::uint64_t Lengths::next(std::size_t& at) const {
  if (at < outer_.size()) return outer_[at++];
  std::uint64_t length = 0;
  for (unsigned shift = 0; at < size(); shift += 7) {
    const std::uint8_t byte = packed_[at++ - outer_.size()];
    length |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80) break;
  }
  return length;
}

std::uint8_t* SectionWriter::reserve(std::size_t count) {
  if (out_ != nullptr) return out_->reserve(count);
  scratch_.resize(count);
  return scratch_.data();
}

void SectionWriter::commit(const std::uint8_t* end) {
  if (out_ == nullptr) {
    written_ += static_cast<std::uint64_t>(end - scratch_.data());
  } else {
    out_->commit(end);
  }
}

void SectionWriter::borrow(ByteView bytes) {
  if (out_ == nullptr) {
    written_ += bytes.size();
  } else {
    out_->borrow(bytes);
  }
}

void SectionWriter::open(const ber::Identifier& identifier) {
  ++depth_;
  if (measured_ != nullptr) {
    open_.push_back({identifier, measured_->begin(), written_});
    return;
  }
  std::uint8_t* to = ber::put(reserve(header_room), identifier);
  if (given_ != nullptr) {
    unpaired_ |= next_ >= given_->size();
    to = ber::put_length(to, given_->next(next_));
  } else {
    *to++ = 0x80;
  }
  commit(to);
}

void SectionWriter::close() {
  if (depth_ == 0) {
    unpaired_ = true;
    return;
  }
  --depth_;
  if (measured_ != nullptr) {
    const Open& open = open_.back();
    const std::uint64_t length = written_ - open.begin;
    measured_->end(open.index, length, open_.size());
    written_ += open.identifier.size + ber::length_size(length);
    open_.pop_back();
  } else if (given_ == nullptr) {
    std::uint8_t* to = reserve(2);
    *to++ = 0;
    *to++ = 0;
    commit(to);
  }
}

void SectionWriter::put_text(const ber::Identifier& identifier, std::string_view text) {
  std::uint8_t* to = ber::put_length(ber::put(reserve(header_room + text.size()), identifier), text.size());
  std::memcpy(to, text.data(), text.size());
  commit(to + text.size());
}

void SectionWriter::put_number(const ber::Identifier& identifier, Integer value) {
  commit(ber::put_integer(ber::put(reserve(header_room), identifier), value));
}

void SectionWriter::put_mark(const ber::Identifier& identifier) {
  commit(ber::put_length(ber::put(reserve(header_room), identifier), 0));
}

void SectionWriter::begin_file() {
  open(tags().file);
  put_number(tags().version, file_version);
  open(tags().top);
}

Status SectionWriter::end_file() {
  close();
  close();
  if (depth_ == 0 && !unpaired_ && (given_ == nullptr || next_ == given_->size())) return {};
  return Error{Errc::wrong_order, 0, "QemuFile", "an end to all that began", "another number of ends"};
}

void SectionWriter::keep(Bytes bytes) {
  if (out_ == nullptr) {
    written_ += bytes.size();
  } else {
    out_->keep(std::move(bytes));
  }
}

void SectionWriter::section(Bytes encoded) { keep(std::move(encoded)); }

void SectionWriter::begin_ram(Integer sectionid) {
  open(tags().min);
  put_number(tags().min_id, sectionid);
  open(tags().ramsec);
  in_block_ = false;
}

void SectionWriter::begin_block(std::string_view name) {
  if (in_block_) {
    close();
    close();
  }
  open(tags().ram_block);
  put_text(tags().block_name, name);
  open(tags().pagelist);
  in_block_ = true;
}

void SectionWriter::page(const ram::PageView& page) {
  commit(format_->pages().put(reserve(ram::max_page_header), page));
  if (!page.data.empty()) borrow(page.data);
}

void SectionWriter::copy_page(const ram::PageView& page) {
  std::uint8_t* const to = format_->pages().put(reserve(ram::max_page_header + page.data.size()), page);
  if (!page.data.empty()) std::memcpy(to, page.data.data(), page.data.size());
  commit(to + page.data.size());
}

void SectionWriter::end_ram() {
  if (in_block_) {
    close();
    close();
    in_block_ = false;
  }
  close();
  put_mark(tags().min_end);
  close();
}

void SectionWriter::begin_full(const SectionFields& fields) {
  open(tags().full);
  put_text(tags().full_name, fields.name);
  put_number(tags().full_id, fields.sectionid);
  put_number(tags().full_instance, fields.instanceid);
  put_number(tags().full_version, fields.versionid);
}

void SectionWriter::begin_blob() {
  const bool in_segments = measured_ == nullptr && given_ == nullptr;
  open(in_segments ? constructed(tags().blob) : tags().blob);
}

void SectionWriter::segment(Bytes data) {
  const bool in_segments = measured_ == nullptr && given_ == nullptr;
  if (in_segments)
    commit(ber::put_length(ber::put(reserve(header_room), ber::identifier(ber::tags::octet_string, false)),
                           data.size()));
  keep(std::move(data));
}

void SectionWriter::end_blob() { close(); }

void SectionWriter::begin_entries() { open(tags().entries); }
void SectionWriter::begin_array() { open(tags().array); }
void SectionWriter::integer(Integer value) { put_number(tags().integer, value); }

void SectionWriter::boolean(bool value) {
  std::uint8_t* to = ber::put_length(ber::put(reserve(header_room), tags().boolean), 1);
  *to++ = value ? 0xff : 0x00;
  commit(to);
}

void SectionWriter::blob(ByteView value) {
  std::uint8_t* to =
      ber::put_length(ber::put(reserve(header_room + value.size()), tags().bytes), value.size());
  if (!value.empty()) std::memcpy(to, value.data(), value.size());
  commit(to + value.size());
}

void SectionWriter::begin_subsections() { open(tags().subsections); }

void SectionWriter::begin_subsection(std::string_view name, Integer version) {
  open(tags().subsection);
  put_text(tags().subsection_name, name);
  put_number(tags().subsection_version, version);
  open(tags().subsection_contents);
}

void SectionWriter::end_subsection() {
  close();
  close();
}

void SectionWriter::end_list() { close(); }

void SectionWriter::end_full() {
  put_mark(tags().full_end);
  close();
}

}  // namespace qember::qber
