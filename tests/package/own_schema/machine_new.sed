# The version after machine.sed: a section that may be lost, one that may not, a device more.
s/^    min SecMin$/    min SecMin,\
    stats Stats,\
    clock Clock/
s/^        keyboard \[9\] Keyboard$/        keyboard [9] Keyboard,\
        tpm [10] Tpm/
/^END$/i\
Stats ::= [PRIVATE 1] SEQUENCE { dirty INTEGER, rate INTEGER }\
Clock ::= [APPLICATION 300] SEQUENCE { nanoseconds INTEGER }\
Tpm ::= SEQUENCE { nvram OCTET STRING }\

