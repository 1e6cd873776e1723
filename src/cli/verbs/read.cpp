// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../common_options.hpp"
#include "../output.hpp"
#include "../render/hex_dump.hpp"
#include "verbs.hpp"

#include <qember/advanced/device/registers.hpp>
#include <qember/advanced/io/output_file.hpp>
#include <qember/advanced/vm/paging.hpp>
#include <qember/advanced/vm/saved_vm.hpp>
#include <qember/advanced/vm/selector.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

struct ReadMemoryOptions {
  std::string file;
  std::string where;
  std::uint64_t length = 256;
  bool is_virtual = false;
  std::uint32_t cpu = 0;
  bool raw = false;
  bool force = false;
  PlaceOptions place;
  ReadOptions read;
};

/// Bytes that are read at once.
constexpr std::size_t most_at_once = std::size_t{64} << 10U;

/// Reads what `where` names, from there on.
class Reading {
 public:
  static Result<Reading> open(const ReadMemoryOptions& options);

  /// Where the bytes that come next are, for the lines of hexadecimal.
  std::uint64_t address() const noexcept { return place_.address; }
  /// Fills the front of `to`, and says how many bytes that are; an error where not even one can be read.
  Result<std::size_t> next(MutableBytes to);

 private:
  Result<std::size_t> attempt(MutableBytes to);
  Reading(vm::SavedVm vm, vm::MemoryPlace place) : vm_(std::move(vm)), place_(place) {}
  Result<std::size_t> next_virtual(MutableBytes to);

  vm::SavedVm vm_;
  vm::MemoryPlace place_;
  std::optional<device::CpuRegisters> cpu_;  ///< by whose page tables
};

Result<Reading> Reading::open(const ReadMemoryOptions& options) {
  auto vm_options = vm::SavedVmOptions::of(options.read.stream_options());
  options.place.apply_to(vm_options);
  auto vm = vm::SavedVm::open(options.file, vm_options);
  if (!vm) return std::move(vm.error());
  auto place = vm::parse_place(options.where, vm->blocks());
  if (!place) return std::move(place.error());
  Reading reading(std::move(*vm), *place);
  if (!options.is_virtual) return reading;
  if (place->block) return Error{Errc::usage, 0, "memory", "an ADDRESS for --virtual", options.where};
  const auto cpu = reading.vm_.device("cpu", options.cpu);
  if (!cpu) return cpu.error();
  if (!cpu->is_described())
    return Error{Errc::unsupported, 0, "cpu", "registers that the stream describes",
                 "no description of them"};
  auto registers = device::read_registers(*cpu->description(), cpu->body());
  if (!registers) return std::move(registers.error());
  reading.cpu_ = std::move(*registers);
  return reading;
}

/// Half as many are tried where something among them can't be read.
Result<std::size_t> Reading::next(MutableBytes to) {
  auto count = attempt(to);
  while (!count && to.size() > 1) {
    to = to.first(to.size() / 2);
    count = attempt(to);
  }
  if (count) place_.address += *count;
  return count;
}

Result<std::size_t> Reading::attempt(MutableBytes to) {
  if (cpu_) return next_virtual(to);
  const auto memory = vm_.memory();
  const auto status = place_.block ? memory.read(*place_.block, place_.address, to)
                                   : memory.read_physical(place_.address, to);
  if (!status) return status.error();
  return to.size();
}

Result<std::size_t> Reading::next_virtual(MutableBytes to) {
  const auto memory = vm_.memory();
  const vm::ReadPhysical read = [&memory](std::uint64_t address, MutableBytes bytes) {
    return memory.read_physical(address, bytes);
  };
  const auto found = vm::translate(*cpu_, place_.address, read);
  if (!found) return found.error();
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(found->size, to.size()));
  if (auto status = memory.read_physical(found->address, to.first(count)); !status) return status.error();
  return count;
}

/// Prints up to the first byte that can't be read.
int read(const ReadMemoryOptions& options) {
  if (options.raw)  // to a terminal only where that is forced
    if (const auto output = io::OutputFile::open("-", options.force); !output)
      return fail("-", output.error());
  auto reading = Reading::open(options);
  if (!reading) return fail(options.file, reading.error());
  Lines lines;
  HexDump dump(lines);
  Bytes buffer(most_at_once);
  for (std::uint64_t rest = options.length; rest > 0;) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(rest, buffer.size()));
    const std::uint64_t address = reading->address();
    const auto count = reading->next(MutableBytes(buffer).first(most));
    if (!count) {
      dump.finish();
      return lines.finish(fail(options.file, count.error()));
    }
    const ByteView bytes = ByteView(buffer).first(*count);
    if (options.raw)
      lines.write(as_text(bytes));
    else
      dump.add(address, bytes);
    rest -= *count;
  }
  dump.finish();
  return lines.finish(exit_ok);
}

std::string parse_length(const std::string& text, std::uint64_t& length) {
  const auto number = vm::parse_number(text);
  if (number) length = *number;
  return number ? "" : "a number of bytes is expected, decimal or 0x and hexadecimal";
}

}  // namespace

void add_read(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("read", "Bytes of the guest's memory, as it was at the end");
  auto options = std::make_shared<ReadMemoryOptions>();
  verb->add_option("FILE", options->file, "The stream; - is standard input")->required();
  verb->add_option("WHERE", options->where, "A guest-physical ADDRESS, or BLOCK+OFFSET")->required();
  verb->add_option_function<std::string>(
      "LENGTH",
      [options](const std::string& text) {
        const std::string wrong = parse_length(text, options->length);
        if (!wrong.empty()) throw CLI::ValidationError("LENGTH", wrong);
      },
      "How many bytes (default: 256)");
  verb->add_flag("--virtual", options->is_virtual, "ADDRESS is a virtual one, by the page tables of a CPU");
  verb->add_option("--cpu", options->cpu, "The number of that CPU")->type_name("N")->capture_default_str();
  verb->add_flag("--raw", options->raw, "The bytes themselves, and not in hexadecimal");
  options->place.add_to(*verb);
  add_force(*verb, options->force);
  options->read.add_to(*verb);
  verb->callback([&action, options] { action = [options] { return read(*options); }; });
}

}  // namespace qember::cli
