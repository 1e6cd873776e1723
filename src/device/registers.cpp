// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/registers.hpp>

#include <qember/advanced/device/named_state.hpp>
#include <qember/advanced/device/saved_device.hpp>

#include "register_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <set>

namespace qember::device {
namespace {

using Paths = std::set<std::string, std::less<>>;

/// A register, or without a name what others are made of.
struct Named {
  std::string name;
  std::string alias;
  RegisterSet set = RegisterSet::general;
  std::string path;
  std::string high;
};

/// An architecture, with a line for each register.
struct Table {
  const Architecture* architecture = nullptr;
  std::vector<Named> registers;
  Paths paths;
};

/// Takes the values of the fields whose paths are asked for.
class ValueSink final : public NamedStateSink {
 public:
  explicit ValueSink(const std::vector<const Table*>& tables) : tables_(tables) {}
  FieldValues& values() { return values_; }

 private:
  void value(const Field& field, const StateValue& value) override {
    if (!is_wanted()) return;
    if (const auto* flag = std::get_if<bool>(&value)) {
      values_[std::string(path())] = {*flag ? std::uint64_t{1} : 0, 8};
    } else if (const auto* integer = std::get_if<Integer>(&value)) {
      const auto bits = static_cast<unsigned>(std::min<std::uint64_t>(field.size, 8) * 8);
      const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
      values_[std::string(path())] = {integer->bits() & mask, bits};
    } else if (const auto* bytes = std::get_if<ByteView>(&value); bytes != nullptr && bytes->size() <= 8) {
      values_[std::string(path())] = big_endian(*bytes);
    }
  }
  void enter(const StateGroup&) override {}
  void leave(const StateGroup&) override {}

  bool is_wanted() const {
    return std::ranges::any_of(tables_, [this](const Table* each) { return each->paths.contains(path()); });
  }
  static FieldBits big_endian(ByteView bytes) {
    FieldBits bits{0, static_cast<unsigned>(bytes.size() * 8)};
    for (const std::uint8_t byte : bytes) bits.value = bits.value << 8U | byte;
    return bits;
  }

  const std::vector<const Table*>& tables_;
  FieldValues values_;
};

/// `pattern` with a number for its `#`.
std::string numbered(std::string_view pattern, std::size_t number) {
  const std::size_t mark = pattern.find('#');
  if (mark == std::string_view::npos) return std::string(pattern);
  return fmt::format("{}{}{}", pattern.substr(0, mark), number, pattern.substr(mark + 1));
}

void add(Table& table, const RegisterRow& row, std::string_view name, std::size_t number) {
  const std::size_t slash = std::min(name.find('/'), name.size());
  Named added{std::string(name.substr(0, slash)), std::string(name.substr(std::min(slash + 1, name.size()))),
              row.set, numbered(row.path, number), numbered(row.high, number)};
  table.paths.insert(added.path);
  if (!added.high.empty()) table.paths.insert(added.high);
  table.registers.push_back(std::move(added));
}

void add_row(Table& table, const RegisterRow& row) {
  std::string_view rest = row.names;
  if (rest.empty() || rest.find('#') != std::string_view::npos) {
    for (std::size_t i = 0; i < row.count; ++i) add(table, row, numbered(rest, i), row.first + i);
    return;
  }
  for (std::size_t i = row.first; !rest.empty(); ++i) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    add(table, row, name, i);
  }
}

Table table_of(const Architecture& architecture) {
  Table table{&architecture, {}, {}};
  for (const auto& rows : {architecture.rows, architecture.shared})
    for (const RegisterRow& row : rows) add_row(table, row);
  return table;
}

/// Each made when it is first asked for, by any thread.
const Table& made_table(std::size_t index) {
  struct Made {
    std::once_flag once;
    Table table;
  };
  static std::deque<Made> all(architectures().size());
  Made& made = all[index];
  std::call_once(made.once, [&made, index] { made.table = table_of(architectures()[index]); });
  return made.table;
}

/// A field by a path that names of fields and of the structures in them make; null where there is none.
const Field* field_at(const Structure& structure, std::string_view path) {
  for (const Field& field : structure.fields) {
    if (field.name == path) return &field;
    const bool leads_there = field.kind == FieldKind::structure && !field.groups.empty() &&
                             path.size() > field.name.size() && path.starts_with(field.name) &&
                             path[field.name.size()] == '.';
    if (!leads_there) continue;
    if (const Field* found = field_at(field.groups.front(), path.substr(field.name.size() + 1))) return found;
  }
  return nullptr;
}

bool has_mark(const Device& device, const Mark& mark) {
  const Field* const field = field_at(device.state, mark.path);
  return field != nullptr && (mark.size == 0 || field->size == mark.size);
}

/// Those whose CPUs have such fields: of ARM, two.
std::vector<const Table*> candidates(const Device& device) {
  std::vector<const Table*> found;
  if (device.name != cpu_section) return found;
  const auto all = architectures();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (std::ranges::all_of(all[i].marks, [&device](const Mark& mark) { return has_mark(device, mark); }))
      found.push_back(&made_table(i));
  return found;
}

bool is_active(const Table& table, const FieldValues& values) {
  return table.architecture->is_active == nullptr || table.architecture->is_active(values);
}

std::optional<Register> register_of(const Named& named, const FieldValues& values) {
  const auto low = values.find(named.path);
  if (named.name.empty() || low == values.end()) return std::nullopt;
  Register found{named.name, named.alias, named.set, low->second.bits, low->second.value, 0};
  const auto high = named.high.empty() ? values.end() : values.find(named.high);
  if (high == values.end()) return found;
  found.high = high->second.value;
  found.bits += high->second.bits;
  return found;
}

CpuRegisters registers_of(const Table& table, const FieldValues& values) {
  CpuRegisters cpu{table.architecture->name, {}};
  for (const Named& named : table.registers)
    if (auto found = register_of(named, values)) cpu.registers.push_back(std::move(*found));
  if (table.architecture->complete != nullptr) table.architecture->complete(values, cpu.registers);
  std::ranges::stable_sort(cpu.registers, {}, &Register::set);
  return cpu;
}

}  // namespace

std::string to_string(const Register& value) {
  if (value.bits <= 64) return fmt::format("0x{:0{}x}", value.value, (value.bits + 3) / 4);
  return fmt::format("0x{:0{}x}{:016x}", value.high, (value.bits - 64 + 3) / 4, value.value);
}

const Register* CpuRegisters::find(std::string_view name) const noexcept {
  for (const Register& each : registers)
    if (each.name == name || (!each.alias.empty() && each.alias == name)) return &each;
  return nullptr;
}

bool has_registers(const Device& device) { return !candidates(device).empty(); }

Result<CpuRegisters> read_registers(const Device& device, ByteView body) {
  const auto known = candidates(device);
  if (known.empty())
    return Error{Errc::unsupported, 0, std::string(device.name), "a CPU whose registers are known",
                 "another"};
  ValueSink sink(known);
  if (auto status = sink.read(device, body); !status) return std::move(status.error());
  const auto active =
      std::ranges::find_if(known, [&sink](const Table* each) { return is_active(*each, sink.values()); });
  return registers_of(active == known.end() ? *known.front() : **active, sink.values());
}

Result<CpuRegisters> read_registers(const SavedDevice& device) {
  if (device.is_described()) return read_registers(*device.description(), device.body());
  return Error{Errc::unsupported, device.offset(), fmt::format("{}/{}", device.name(), device.instance()),
               "a CPU that the stream describes", "none"};
}

std::vector<std::string> register_names(const Device& device) {
  std::vector<std::string> names;
  for (const Table* table : candidates(device))
    for (const Named& each : table->registers)
      for (const std::string& name : {each.name, each.alias})
        if (!name.empty() && each.high.empty()) names.push_back(name);
  return names;
}

std::string register_path(const Device& device, std::string_view name) {
  if (name.empty()) return {};
  for (const Table* table : candidates(device))
    for (const Named& each : table->registers)
      if ((each.name == name || each.alias == name) && each.high.empty()) return each.path;
  return {};
}

}  // namespace qember::device
