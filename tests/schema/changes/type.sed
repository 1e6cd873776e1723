s/^    min SecMin$/    min SecMin,\n    table DeviceTable/
/^END$/i\
DeviceTable ::= [APPLICATION 78] SEQUENCE {\
    rows SEQUENCE OF SEQUENCE { row-key INTEGER, value CHOICE { on BOOLEAN, off [1] EXPLICIT NULL } },\
    operator UTF8String OPTIONAL,\
    parent DeviceTable OPTIONAL,\
    level ENUMERATED { low, high } OPTIONAL,\
    mark NULL\
}
