# A VMM with devices of its own: ten types, each the state of a device without a description.
/^        oldblob OCTET STRING$/,/^    },$/{
s/^        oldblob OCTET STRING$/        oldblob OCTET STRING,\
        cpu [0] Cpu,\
        pic [1] Pic,\
        timer [2] Timer,\
        uart [3] Uart,\
        rtc [4] Rtc,\
        disk [5] Disk,\
        nic [6] Nic,\
        gpu [7] Gpu,\
        rng [8] Rng,\
        keyboard [9] Keyboard/
}
/^END$/i\
Cpu ::= SEQUENCE { pc INTEGER, halted BOOLEAN, regs SEQUENCE OF INTEGER }\
Pic ::= SEQUENCE { pending INTEGER (0..65535), mask INTEGER (0..65535) }\
Timer ::= SEQUENCE { deadline INTEGER, periodic BOOLEAN }\
Uart ::= SEQUENCE { divisor INTEGER (0..65535), fifo OCTET STRING (SIZE (0..16)) }\
Rtc ::= SEQUENCE { seconds INTEGER, alarm INTEGER OPTIONAL }\
Disk ::= SEQUENCE { name UTF8String (SIZE (1..64)), sectors INTEGER, requests SEQUENCE OF Request }\
Request ::= SEQUENCE { sector INTEGER, what CHOICE { read NULL, write [0] OCTET STRING, flush [1] NULL } }\
Nic ::= SEQUENCE { mac OCTET STRING (SIZE (6)), queues SEQUENCE OF SEQUENCE { index INTEGER, used INTEGER } }\
Gpu ::= SEQUENCE { width INTEGER (1..16384), pixels OCTET STRING }\
Rng ::= SEQUENCE { seed OCTET STRING (SIZE (32)) }\
Keyboard ::= SEQUENCE { leds INTEGER (0..7), held SEQUENCE OF INTEGER }\

