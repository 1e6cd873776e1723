// SPDX-License-Identifier: LGPL-2.1-or-later
/// The edits of what comes before a stream's sections: configuration and commands.
#pragma once

#include <qember/advanced/event/session.hpp>
#include <qember/advanced/vm/edit.hpp>

namespace qember::vm {

class HeadEdits {
 public:
  explicit HeadEdits(std::span<const Edit> edits);

  /// Changes it. False where nothing is to be left of it.
  Result<bool> apply(event::Configuration& configuration);
  /// Whether the command stays.
  Result<bool> keeps(const event::Command& command);
  Status missed() const;

 private:
  struct Machine {
    const SetMachine* edit;
    bool is_done = false;
  };
  struct Part {
    const DropConfiguration* edit;
    bool is_done = false;
  };
  struct Dropped {
    const DropCommand* edit;
    bool is_done = false;
  };

  static Status drop(event::Configuration& configuration, Part& part);
  static Status drop_capability(event::ConfigurationSubsection& list, Part& part);

  std::vector<Machine> machines_;
  std::vector<Part> parts_;
  std::vector<Dropped> commands_;
};

}  // namespace qember::vm
