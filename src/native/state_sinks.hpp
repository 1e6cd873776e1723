// SPDX-License-Identifier: LGPL-2.1-or-later
/// Device state on its way to BER: counted, as a tree of values, or written at once.
#pragma once

#include <qember/asn1/types.hpp>
#include <qember/native/state.hpp>
#include <qember/stream/writer.hpp>

namespace qember::native {

/// Counts TLVs.
class CountingSink final : public StateSink {
 public:
  std::size_t count() const { return count_; }

  void integer(const Field&, Integer) override { ++count_; }
  void boolean(const Field&, bool) override { ++count_; }
  void blob(const Field&, ByteView) override { ++count_; }
  void begin_array(const Field&, const Structure*) override { ++count_; }
  void end_array() override {}
  void begin_subsections() override { ++count_; }
  void begin_subsection(const Structure& structure) override;
  void end_subsection() override {}
  void end_subsections() override {}
  /// A subsection has a name that the schema can't hold.
  bool bad_name() const { return bad_name_; }

 private:
  std::size_t count_ = 0;
  bool bad_name_ = false;
};

/// Builds `vmstateentries`.
class TreeSink final : public StateSink {
 public:
  explicit TreeSink(asn1::List<asn1::VMStateEntries> root) : lists_{root} {}

  void integer(const Field&, Integer value) override { lists_.back().append().set_int(value); }
  void boolean(const Field&, bool value) override { lists_.back().append().set_bool(value); }
  void blob(const Field&, ByteView value) override { lists_.back().append().set_oldblob(value); }
  void begin_array(const Field&, const Structure*) override {
    lists_.push_back(lists_.back().append().make_array());
  }
  void end_array() override { lists_.pop_back(); }
  void begin_subsections() override { subsections_.push_back(lists_.back().append().make_subsecl()); }
  void begin_subsection(const Structure& structure) override;
  void end_subsection() override { lists_.pop_back(); }
  void end_subsections() override { subsections_.pop_back(); }

 private:
  using SubSections = decltype(asn1::VMStateEntries().make_subsecl());
  std::vector<asn1::List<asn1::VMStateEntries>> lists_;
  std::vector<SubSections> subsections_;
};

/// Writes values as they come.
class WriterSink final : public StateSink {
 public:
  explicit WriterSink(stream::Writer& writer) : writer_(writer) {}

  void integer(const Field&, Integer value) override { writer_.integer(value); }
  void boolean(const Field&, bool value) override { writer_.boolean(value); }
  void blob(const Field&, ByteView value) override { writer_.blob(value); }
  void begin_array(const Field&, const Structure*) override { writer_.begin_array(); }
  void end_array() override { writer_.end_list(); }
  void begin_subsections() override { writer_.begin_subsections(); }
  void begin_subsection(const Structure& structure) override {
    writer_.begin_subsection(structure.name, structure.version);
  }
  void end_subsection() override { writer_.end_subsection(); }
  void end_subsections() override { writer_.end_list(); }

 private:
  stream::Writer& writer_;
};

}  // namespace qember::native
