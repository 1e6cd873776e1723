# The version after machine.sed, with every change that an older reader may survive: a section that may be lost, one
# that may not, a device more, an alternative inside a device, an OPTIONAL member, a wider SIZE, a type for nobody.
s/^    min SecMin$/    min SecMin,\
    stats Stats,\
    clock Clock/
s/^        keyboard \[9\] Keyboard$/        keyboard [9] Keyboard,\
        tpm [10] Tpm/
s/flush \[1\] NULL/flush [1] NULL, discard [2] NULL/
s/alarm INTEGER OPTIONAL/alarm INTEGER OPTIONAL, zone [0] INTEGER OPTIONAL/
s/SIZE (0\.\.16)/SIZE (0..32)/
/^END$/i\
Stats ::= [PRIVATE 1] SEQUENCE { dirty INTEGER, rate INTEGER }\
Clock ::= [APPLICATION 300] SEQUENCE { nanoseconds INTEGER }\
Tpm ::= SEQUENCE { nvram OCTET STRING }\
Spare ::= SEQUENCE { count INTEGER }\

