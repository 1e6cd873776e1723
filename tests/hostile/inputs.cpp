// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inputs.hpp"

#include "input_groups.hpp"

namespace qember::test {

const std::vector<HostileInput>& hostile_inputs() {
  static const Inputs inputs = joined({ber_inputs(), native_inputs(), description_inputs()});
  return inputs;
}

}  // namespace qember::test
