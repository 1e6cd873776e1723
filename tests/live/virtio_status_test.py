#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `qember show` says of virtio and PCI devices is what QEMU says of them over QMP: features, status and
queues of x-query-virtio-status and x-query-virtio-queue-status, and `info pci`.

virtio_status_test.py QEMBER [QEMU...]; the firmware is the guest: it drives the disks and the network. QEMU 11 ends
with a failed assertion when it is asked for a status, so there it is the queues and `info pci` alone."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

DEVICES = {
    'virtio-net': ['-netdev', 'user,id=n', '-device', 'virtio-net-pci,netdev=n,bootindex=1'],
    'virtio-blk': ['-drive', 'file={disk},if=none,id=a,format=raw', '-device',
                   'virtio-blk-pci,drive=a,num-queues=2'],
    'virtio-scsi': ['-device', 'virtio-scsi-pci,id=s', '-drive', 'file={disk2},if=none,id=b,format=raw',
                    '-device', 'scsi-hd,drive=b,bus=s.0'],
    'virtio-balloon': ['-device', 'virtio-balloon-pci'],
    'virtio-rng': ['-device', 'virtio-rng-pci'],
    'virtio-serial': ['-device', 'virtio-serial-pci', '-chardev', 'null,id=c', '-device', 'virtconsole,chardev=c'],
    'virtio-gpu': ['-device', 'virtio-gpu-pci'],
    'virtio-input': ['-device', 'virtio-keyboard-pci'],
}
CONFIG = re.compile(r'((?:.*\.)?config(?:\[\d+\])?)\.vendor')
STATUS = {'ACKNOWLEDGE': 1, 'DRIVER': 2, 'DRIVER_OK': 4, 'FEATURES_OK': 8, 'NEEDS_RESET': 64, 'FAILED': 128}


class Monitor:
    def __init__(self, path):
        deadline = time.monotonic() + 30
        while True:
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self.file = self.socket.makefile('rw')
        self.file.readline()
        self.execute('qmp_capabilities')

    def execute(self, command, **arguments):
        print(json.dumps({'execute': command, 'arguments': arguments}), file=self.file, flush=True)
        while True:
            answer = json.loads(self.file.readline())
            if 'error' in answer:
                raise RuntimeError(f'{command}: {answer["error"]}')
            if 'return' in answer:
                return answer['return']


def queues_of(monitor, path, status):
    """Of all queues of a device, whose number its status tells, or else where QEMU refuses to go on."""
    queues = []
    while status is None or len(queues) < status['num-vqs']:
        try:
            queues.append(monitor.execute('x-query-virtio-queue-status', path=path, queue=len(queues)))
        except RuntimeError:
            if status is not None:
                raise
            break
    return queues


def capture(qemu, directory):
    """The stream's path, and what QEMU said of the stopped guest."""
    stream = os.path.join(directory, 'saved.mig')
    names = {'disk': os.path.join(directory, 'a'), 'disk2': os.path.join(directory, 'b')}
    for path in names.values():
        with open(path, 'wb') as disk:
            disk.truncate(1 << 20)
    devices = [word.format(**names) for words in DEVICES.values() for word in words]
    monitor_path = os.path.join(directory, 'monitor')
    process = subprocess.Popen([qemu, '-nodefaults', '-display', 'none', '-M', 'pc', '-m', '32', '-qmp',
                                f'unix:{monitor_path},server=on,wait=off', *devices])
    try:
        monitor = Monitor(monitor_path)
        time.sleep(float(os.environ.get('QEMBER_LIVE_SECONDS', '12')))
        monitor.execute('stop')
        has_status = monitor.execute('query-version')['qemu']['major'] < 11
        said = {}
        for device in monitor.execute('x-query-virtio'):
            path = device['path']
            status = monitor.execute('x-query-virtio-status', path=path) if has_status else None
            said[device['name']] = (status, queues_of(monitor, path, status))
        pci = monitor.execute('human-monitor-command', **{'command-line': 'info pci'})
        monitor.execute('migrate', uri=f'exec:cat > {stream}')
        while (state := monitor.execute('query-migrate')['status']) != 'completed':
            if state == 'failed':
                raise RuntimeError('the migration failed')
            time.sleep(0.05)
        return stream, said, pci
    finally:
        process.kill()
        process.wait()


def flatten(items, prefix, out, meanings):
    """The values of `show --json` by their paths."""
    for number, item in enumerate(items):
        if 'zeros' in item:
            continue
        if 'name' in item or 'subsection' in item:
            name = item['name'] if 'name' in item else item['subsection']
            path = f'{prefix}.{name}' if prefix else name
            if 'index' in item:
                path += f'[{item["index"]}]'
        else:
            path = f'{prefix}[{hex(item["place"]) if "place" in item else number}]'
        if 'value' in item:
            out[path] = item['value']
            meanings[path] = item.get('meaning', '')
        flatten(item.get('fields', item.get('elements', [])), path, out, meanings)


def shown(qember, stream):
    devices = {}
    for line in subprocess.run([qember, 'show', '--json', stream], check=True, capture_output=True,
                               text=True).stdout.splitlines():
        record = json.loads(line)
        if record['record'] == 'device' and 'fields' in record:
            values, meanings = {}, {}
            flatten(record['fields'], '', values, meanings)
            devices[record['name']] = (values, meanings)
    return devices


failures = []


def expect(what, ours, theirs):
    if ours != theirs:
        failures.append(f'{what}: qember {ours!r}, QEMU {theirs!r}')


def names_of(entries):
    return {re.sub(r'^VIRTIO_(?:[A-Z0-9]+_)?F_', '', entry.split(':')[0]) for entry in entries}


def compare_status(name, values, meanings, status):
    device = 'virtio.device'
    bits = {entry.split(':')[0].removeprefix('VIRTIO_CONFIG_S_') for entry in status['status']['statuses']}
    expect(f'{name} status', values[f'{device}.status'], sum(STATUS[bit] for bit in bits))
    expect(f'{name} status by name', set(meanings[f'{device}.status'].split('|')) - {''}, bits)
    expect(f'{name} isr', values[f'{device}.isr'], status['isr'])
    expect(f'{name} queue_sel', values[f'{device}.queue_sel'], status['queue-sel'])
    high = 'virtio.virtio/64bit_features.guest_features'
    ours = set(meanings[f'{device}.guest_features'].split('|')) | set(meanings.get(high, '').split('|'))
    features = status['guest-features']
    theirs = names_of(features['dev-features'] + features['transports'])
    if features.get('unknown-dev-features', 0) >> 40 & 1:
        theirs.add('RING_RESET')  # a name that 7.2 has not
    expect(f'{name} features', {bit for bit in ours if bit and not bit.startswith('0x')}, theirs)


def compare_queues(name, values, queues):
    device = 'virtio.device'
    for i, queue in enumerate(queues):
        if f'{device}.queues[{i}].num' not in values:
            expect(f'{name} queue {i}', 0, queue['vring-num'])
            continue
        expect(f'{name} queue {i} num', values[f'{device}.queues[{i}].num'], queue['vring-num'])
        expect(f'{name} queue {i} desc', values[f'{device}.queues[{i}].desc'], queue['vring-desc'])
        expect(f'{name} queue {i} last_avail_idx', values[f'{device}.queues[{i}].last_avail_idx'],
               queue['last-avail-idx'])
        rings = f'virtio.virtio/virtqueues.vq[{i}]'
        for ring in ('avail', 'used'):
            expect(f'{name} queue {i} {ring}', values.get(f'{rings}.{ring}', 0), queue[f'vring-{ring}'])


def compare_pci(text, devices):
    """Of each device of `info pci`: ids, line of interrupt and BARs."""
    count = 0
    for block in re.split(r'\n(?=  Bus )', '\n' + text):
        place = re.match(r'\s*Bus +(\d+), device +(\d+), function (\d+)', block)
        if place is None:
            continue
        path = '{:04x}:{:02x}:{:02x}.{:x}/'.format(0, *(int(group) for group in place.groups()))
        for name, (values, _) in devices.items():
            roots = [match[1] for match in map(CONFIG.fullmatch, values) if match]
            if not name.startswith(path) or not roots:
                continue
            config = roots[0]
            count += 1
            ids = re.search(r'PCI device (\w{4}):(\w{4})', block)
            expect(f'{name} ids', (values[f'{config}.vendor'], values[f'{config}.device']),
                   tuple(int(id, 16) for id in ids.groups()))
            rest = f'{config}.bridge' if f'{config}.bridge.bar[0]' in values else f'{config}.endpoint'
            irq = re.search(r'IRQ (\d+)', block)
            if irq and f'{rest}.interrupt_line' in values:
                expect(f'{name} irq', values[f'{rest}.interrupt_line'], int(irq.group(1)))
            for bar, address in re.findall(r'BAR([0-5]): .*?at (0x[0-9a-f]+)', block):
                if int(address, 16) > 0xffffffffffff:
                    continue  # not mapped
                low = values[f'{rest}.bar[{bar}]']
                mapped = low & ~3 if low & 1 else low & ~15
                if low & 7 == 4:
                    mapped |= values.get(f'{rest}.bar[{int(bar) + 1}]', 0) << 32
                expect(f'{name} BAR{bar}', mapped, int(address, 16))
    return count


def compare(qember, qemu):
    """What was compared, in words."""
    with tempfile.TemporaryDirectory() as directory:
        stream, said, pci = capture(qemu, directory)
        devices = shown(qember, stream)
    compared = 0
    for kind, (status, queues) in said.items():
        name = {'virtio-serial': 'virtio-console'}.get(kind, kind)
        found = [path for path in devices if path.endswith('/' + name)]
        expect(f'devices {kind}', len(found), 1)
        for path in found:
            values, meanings = devices[path]
            if status is not None:
                compare_status(path, values, meanings, status)
            compare_queues(path, values, queues)
            compared += 1
    of_pci = compare_pci(pci, devices)
    expect('kinds of virtio devices', compared, len(DEVICES))
    if of_pci < compared:
        failures.append(f'only {of_pci} PCI devices compared')
    driven = [kind for kind, (_, queues) in said.items() if any(queue['vring-used'] for queue in queues)]
    if not driven:
        failures.append('the firmware has driven no device')
    return (f'{compared} virtio devices, {len(driven)} of them driven ({", ".join(driven)}), and {of_pci} PCI devices '
            'are as QEMU says')


def main():
    qember, *qemus = sys.argv[1:]
    for qemu in qemus or ['qemu-system-x86_64']:
        text = compare(qember, qemu)
        print('\n'.join([qemu, *failures]) if failures else f'{qemu}: {text}')
        if failures:
            return 1
    return 0


sys.exit(main())
