#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Migrate the running test guest into a file: capture.sh IMAGE FILE [xbzrle]
#
# IMAGE is dirty.bin of build.sh. The migration is held back by a bandwidth
# below the rate at which the guest dirties its memory, until it has gone over
# the memory ROUNDS times; then it may converge.
#
# From the environment: QEMU (qemu-system-x86_64), MACHINE (see below), DEFAULTS
# (-nodefaults; empty for a machine's usual devices), MEMORY (8200K), ROUNDS (6),
# BANDWIDTH (bytes per second until then, 400000), WARM_UP (seconds the guest
# runs before, 1), WATCHDOG (seconds until it is given up, 120).
#
# MEMORY must not be a multiple of 256 KiB: with TCG, QEMU before 9.0 misses
# writes of the guest to memory blocks of such a size (it clears their dirty
# bits in bulk and forgets the TLB), and the guest arrives with stale pages.
set -euo pipefail

image=${1:?usage: capture.sh IMAGE FILE [xbzrle]}
file=${2:?usage: capture.sh IMAGE FILE [xbzrle]}
xbzrle=${3:-}
rounds=${ROUNDS:-6}
watchdog=${WATCHDOG:-120}

# A board with as little on it as can be: no option ROMs, no ACPI tables, no
# firmware but ours, so that the file holds nobody else's code.
machine=microvm,acpi=off,pit=on,pic=on,rtc=off,isa-serial=off
machine+=,x-option-roms=off,auto-kernel-cmdline=off

work=$(mktemp -d)
console=$work/console
coproc qemu {
    # shellcheck disable=SC2086  # nothing, where DEFAULTS is empty
    exec timeout "$watchdog" "${QEMU:-qemu-system-x86_64}" -M "${MACHINE:-$machine}" -accel tcg \
        -m "${MEMORY:-8200K}" -bios "$image" -global apic-common.vapic=off \
        ${DEFAULTS--nodefaults} -no-user-config -display none \
        -chardev file,id=console,path="$console" \
        -device isa-debugcon,iobase=0xe9,chardev=console -qmp stdio
}
# shellcheck disable=SC2154  # coproc sets it
pid=$qemu_PID
# At the end QEMU has gone by itself, and there is nothing to kill.
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT

# Run one QMP command and leave its answer in $answer; events are passed over.
qmp() {
    printf '%s\n' "$1" >&"${qemu[1]}"
    while read -r -u "${qemu[0]}" answer; do
        case $answer in
        '{"return"'*) return 0 ;;
        '{"error"'*) echo "capture.sh: $1: $answer" >&2; return 1 ;;
        esac
    done
    echo "capture.sh: QEMU has gone" >&2
    return 1
}

# number NAME: the value of an integer member of $answer, 0 if there is none.
number() {
    local value
    value=$(sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p" <<<"$answer")
    echo "${value:-0}"
}

qmp '{"execute": "qmp_capabilities"}'
sleep "${WARM_UP:-1}"
if [ "$xbzrle" = xbzrle ]; then
    qmp '{"execute": "migrate-set-capabilities", "arguments": {"capabilities":
        [{"capability": "xbzrle", "state": true}]}}'
fi
qmp '{"execute": "migrate-set-parameters", "arguments":
    {"max-bandwidth": '"${BANDWIDTH:-400000}"', "downtime-limit": 1}}'
# When it has sent all, QEMU ends the shell, but not the parts of a pipeline: the
# first one may finish the file, and then says so.
qmp '{"execute": "migrate", "arguments":
    {"uri": "exec:{ cat > '"'$file'; : > '$work/written'"'; } | :"}}'

held=yes
while :; do
    sleep 0.02
    qmp '{"execute": "query-migrate"}'
    case $answer in
    *'"status": "completed"'*) break ;;
    *'"status": "failed"'*) echo "capture.sh: $answer" >&2; exit 1 ;;
    esac
    if [ $held = yes ] && [ "$(number dirty-sync-count)" -gt "$rounds" ]; then
        qmp '{"execute": "migrate-set-parameters", "arguments":
            {"max-bandwidth": 1000000000, "downtime-limit": 2000}}'
        held=no
    fi
done
printf '%s\n' '{"execute": "quit"}' >&"${qemu[1]}"
# Whether the stream is whole is seen below; how QEMU left says nothing of it.
wait "$pid" || true
SECONDS=0
until [ -e "$work/written" ]; do
    sleep 0.05
    [ $SECONDS -lt 10 ] || { echo "capture.sh: the file does not end" >&2; exit 1; }
done
tail -n 1 "$console"
if grep -q BAD "$console"; then
    echo "capture.sh: the guest's memory went bad" >&2
    exit 1
fi
