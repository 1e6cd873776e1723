// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/guest_files.hpp>

#include <qember/advanced/dump/core_parts.hpp>
#include <qember/advanced/dump/cpu_state.hpp>

#include "../vm/board_ram.hpp"
#include "core_head.hpp"

#include <elf.h>

#include <algorithm>
#include <mutex>

namespace qember::dump {

/// What all files read from, one at a time.
struct SharedVm {
  explicit SharedVm(const vm::SavedVm& of) : vm(of), memory(of.memory()) {}

  Status read(std::uint32_t block, std::uint64_t offset, MutableBytes to) {
    const std::lock_guard lock(mutex);
    // Memory that a device has, and that was not plugged in.
    const auto absence = memory.absence(block);
    if (!absence) return absence.error();
    if (*absence) return std::ranges::fill(to, std::uint8_t{0}), Status();
    return memory.read(block, offset, to, vm::Unsent::zeros);
  }
  Result<std::optional<std::uint64_t>> next_data(std::uint32_t block, std::uint64_t offset) {
    const std::lock_guard lock(mutex);
    return memory.next_data(block, offset);
  }

  std::mutex mutex;
  vm::SavedVm vm;
  vm::Memory memory;
};

namespace {

/// Bytes of a block that are at some place in a file.
struct Piece {
  std::uint64_t file_offset = 0;
  std::uint64_t size = 0;
  std::uint32_t block = 0;
  std::uint64_t offset = 0;  ///< in the block
};

std::uint64_t end_of(const Piece& piece) { return piece.file_offset + piece.size; }

/// Pieces of blocks, and zeros between them.
class PiecesFile final : public io::ByteSource, public SparseMemory {
 public:
  /// `pieces`: in the order of the file.
  PiecesFile(std::shared_ptr<SharedVm> shared, std::vector<Piece> pieces)
      : shared_(std::move(shared)), pieces_(std::move(pieces)) {}

  std::optional<std::uint64_t> size() const override { return pieces_.empty() ? 0 : end_of(pieces_.back()); }
  bool is_seekable() const override { return true; }

  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override {
    const auto next = std::ranges::upper_bound(pieces_, offset, {}, end_of);
    if (next == pieces_.end()) return std::size_t{0};
    const bool is_before = offset < next->file_offset;
    const std::uint64_t there = is_before ? next->file_offset - offset : end_of(*next) - offset;
    to = to.first(static_cast<std::size_t>(std::min<std::uint64_t>(there, to.size())));
    if (is_before)
      std::ranges::fill(to, std::uint8_t{0});
    else if (auto status = shared_->read(next->block, next->offset + (offset - next->file_offset), to);
             !status)
      return std::move(status.error());
    return to.size();
  }

  Status read(std::uint64_t at, MutableBytes to) override {
    const auto count = read_at(at, to);
    if (!count) return count.error();
    std::ranges::fill(to.subspan(*count), std::uint8_t{0});
    return {};
  }

  Result<std::optional<std::uint64_t>> next_data(std::uint64_t at) override {
    for (auto piece = std::ranges::upper_bound(pieces_, at, {}, end_of); piece != pieces_.end(); ++piece) {
      const std::uint64_t inside = std::max(at, piece->file_offset) - piece->file_offset;
      const auto found = shared_->next_data(piece->block, piece->offset + inside);
      if (!found) return found.error();
      if (*found && **found - piece->offset < piece->size)
        return std::optional(piece->file_offset + (**found - piece->offset));
    }
    return std::optional<std::uint64_t>();
  }

 private:
  std::shared_ptr<SharedVm> shared_;
  std::vector<Piece> pieces_;
};

/// Where the guest told QEMU that its VMCOREINFO is (docs/specs/vmcoreinfo.rst of QEMU).
struct ToldNote {
  std::uint64_t address = 0;  ///< guest-physical
  std::uint64_t size = 0;     ///< of the note in bytes
};

std::optional<ToldNote> told_note(const vm::SavedVm& vm) {
  constexpr std::uint16_t is_elf = 1;
  const auto device = vm.device("vmcoreinfo", 0);
  if (!device || !device->is_described()) return {};
  const auto format = device->get<std::uint16_t>("vmcoreinfo.guest_format");
  const auto size = device->get<std::uint32_t>("vmcoreinfo.size");
  const auto address = device->get<std::uint64_t>("vmcoreinfo.paddr");
  if (!format || !size || !address || *format != is_elf || *address == 0) return {};
  return ToldNote{*address, *size};
}

/// What a core is made from.
struct CorePlan {
  CoreForm form;
  std::vector<device::CpuRegisters> cpus{};
  std::vector<CoreSegment> segments{};
  std::vector<Piece> pieces{};
  std::optional<ToldNote> told{};
};

/// What comes before the memory is made when it is read first.
class CoreBytes final : public io::ByteSource {
 public:
  CoreBytes(const std::shared_ptr<SharedVm>& shared, CorePlan plan, VmcoreinfoSearch search)
      : shared_(shared), plan_(std::move(plan)), search_(search), memory_(shared, plan_.pieces) {}

  std::optional<std::uint64_t> size() const override { return memory_.size(); }
  bool is_seekable() const override { return true; }

  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override {
    if (offset >= core_memory_offset) return memory_.read_some(offset, to);
    if (auto status = make_head(); !status) return std::move(status.error());
    to = to.first(static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), core_memory_offset - offset)));
    std::ranges::fill(to, std::uint8_t{0});
    copy_part(head_->headers, 0, offset, to);
    copy_part(head_->notes, head_->notes_offset, offset, to);
    return to.size();
  }

 private:
  /// What of `from`, which is at that offset in the file, is in `to`.
  static void copy_part(ByteView from, std::uint64_t from_offset, std::uint64_t to_offset, MutableBytes to) {
    const std::uint64_t begin = std::max(from_offset, to_offset);
    const std::uint64_t end = std::min(from_offset + from.size(), to_offset + to.size());
    if (begin >= end) return;
    const auto part =
        from.subspan(static_cast<std::size_t>(begin - from_offset), static_cast<std::size_t>(end - begin));
    std::ranges::copy(part, to.begin() + static_cast<std::ptrdiff_t>(begin - to_offset));
  }

  Result<Bytes> told_vmcoreinfo() {
    if (!plan_.told) return Bytes{};
    Bytes note(static_cast<std::size_t>(std::min<std::uint64_t>(plan_.told->size, max_vmcoreinfo_note)));
    const std::lock_guard lock(shared_->mutex);
    // A guest may tell what it wants.
    if (!shared_->memory.read_physical(plan_.told->address, note)) return Bytes{};
    return read_vmcoreinfo(note, plan_.form.is_big_endian);
  }

  Result<Bytes> vmcoreinfo() {
    auto found = told_vmcoreinfo();
    if (!found || !found->empty() || search_ == VmcoreinfoSearch::told) return found;
    return find_vmcoreinfo(memory_, core_memory_offset, *memory_.size(), plan_.form.is_big_endian);
  }

  Status make_head() {
    const std::lock_guard lock(mutex_);
    if (head_) return {};
    const auto found = vmcoreinfo();
    if (!found) return found.error();
    auto head = make_core_head(plan_.form, plan_.cpus, plan_.segments, *found);
    if (!head) return std::move(head.error());
    head_ = std::move(*head);
    return {};
  }

  std::shared_ptr<SharedVm> shared_;
  CorePlan plan_;
  VmcoreinfoSearch search_;
  PiecesFile memory_;
  std::mutex mutex_;
  std::optional<CoreHead> head_;  ///< stays as it is once it is there
};

/// As `CpuStates` has them.
Result<std::vector<device::CpuRegisters>> registers_of(const vm::SavedVm& vm) {
  const auto devices = vm.devices(device::cpu_section);
  if (!devices) return devices.error();
  std::vector<device::CpuRegisters> cpus;
  for (const device::SavedDevice& cpu : *devices)
    if (cpu.is_described())
      if (auto status = add_cpu(cpus, *cpu.description(), cpu.body()); !status)
        return std::move(status.error());
  return cpus;
}

/// The layout of RAM that is whole and in the stream.
Result<const vm::RamLayout*> whole_layout(const vm::SavedVm& vm, const vm::Memory& memory) {
  auto layout = memory.layout();
  if (!layout) return layout;
  if (auto status = (*layout)->check_whole(vm.blocks()); !status) return std::move(status.error());
  if ((*layout)->placed.empty()) return Error{Errc::unsupported, 0, "memory", "RAM", "a stream without any"};
  // Where RAM went over other connections none of it is there.
  if (const auto first = memory.absence((*layout)->placed.front().block); !first) return first.error();
  return layout;
}

vm::AbsenceOf absence_by(const vm::Memory& memory) {
  return [&memory](std::uint32_t block) -> std::optional<vm::Absence> {
    const auto absence = memory.absence(block);
    return absence ? *absence : std::optional<vm::Absence>();
  };
}

}  // namespace

GuestFiles::GuestFiles(const vm::SavedVm& vm) : shared_(std::make_shared<SharedVm>(vm)) {}

Result<std::unique_ptr<io::ByteSource>> GuestFiles::block(std::uint32_t block) const {
  const std::lock_guard lock(shared_->mutex);
  const auto absence = shared_->memory.absence(block);
  if (!absence) return absence.error();
  const event::RamBlock& listed = shared_->vm.blocks()[block];
  if (*absence) return vm::refuse_absent(listed, (*absence)->reason);
  std::vector<Piece> pieces;
  if (listed.length != 0) pieces.push_back({0, listed.length, block, 0});
  return std::unique_ptr<io::ByteSource>(std::make_unique<PiecesFile>(shared_, std::move(pieces)));
}

Result<std::unique_ptr<io::ByteSource>> GuestFiles::image() const {
  const std::lock_guard lock(shared_->mutex);
  const vm::Memory& memory = shared_->memory;
  const auto layout = whole_layout(shared_->vm, memory);
  if (!layout) return layout.error();
  const auto absence_of_block = absence_by(memory);
  if (auto status = vm::check_included(shared_->vm.blocks(), **layout, absence_of_block); !status)
    return std::move(status.error());
  std::vector<Piece> pieces;
  for (const vm::PlacedRam& piece : (*layout)->placed)
    pieces.push_back({piece.address, piece.size, piece.block, piece.offset});
  return std::unique_ptr<io::ByteSource>(std::make_unique<PiecesFile>(shared_, std::move(pieces)));
}

Result<CoreFile> GuestFiles::core(VmcoreinfoSearch search) const {
  const std::lock_guard lock(shared_->mutex);
  const vm::SavedVm& vm = shared_->vm;
  const vm::Memory& memory = shared_->memory;
  const auto layout = whole_layout(vm, memory);
  if (!layout) return layout.error();
  const CoreParts parts = CoreParts::of(**layout, vm.blocks());
  const auto absence_of_block = absence_by(memory);
  auto segments = parts.segments(**layout, vm.blocks(), absence_of_block);
  if (!segments) return std::move(segments.error());
  auto cpus = registers_of(vm);
  if (!cpus) return std::move(cpus.error());
  const bool is_pc = vm::is_pc(vm.machine(), vm.blocks(), vm.options().hole.has_value());
  const auto form = core_form(*cpus, is_pc ? "x86_64" : "", *segments);
  if (!form) return form.error();
  CorePlan plan{*form, std::move(*cpus), std::move(*segments), {}, told_note(vm)};
  // With the longest text that there can be, which is said before anything is read. The notes begin on the
  // second page whether or not the segment of a kernel is added.
  static_assert(sizeof(Elf64_Ehdr) + (1 + most_core_segments) * sizeof(Elf64_Phdr) <= 4096);
  if (auto head = make_core_head(plan.form, plan.cpus, plan.segments, Bytes(max_vmcoreinfo_note)); !head)
    return std::move(head.error());
  CoreFile core;
  for (std::uint32_t i = 0; i < vm.blocks().size(); ++i) {
    const CoreParts::Part* const part = parts.find(i);
    if (part == nullptr || absence_of_block(i)) core.left_out.push_back(vm.blocks()[i].name);
    if (part != nullptr) plan.pieces.push_back({part->file_offset, part->length, i, 0});
  }
  std::ranges::sort(plan.pieces, {}, &Piece::file_offset);
  core.has_registers = !plan.cpus.empty();
  core.bytes = std::make_unique<CoreBytes>(shared_, std::move(plan), search);
  return core;
}

Result<std::uint64_t> GuestFiles::count_unsent() const {
  const std::lock_guard lock(shared_->mutex);
  const auto layout = shared_->memory.layout();
  if (!layout) return layout.error();
  std::vector<bool> is_counted(shared_->vm.blocks().size());
  std::uint64_t unsent = 0;
  for (const vm::PlacedRam& piece : (*layout)->placed) {
    if (is_counted[piece.block]) continue;
    is_counted[piece.block] = true;
    const auto some = shared_->memory.count_unsent(piece.block);
    if (!some) return some.error();
    unsent += *some;
  }
  return unsent;
}

}  // namespace qember::dump
