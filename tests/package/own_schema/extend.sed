# What a VMM adds to the schema: a device with a type of its own, a section for it, a field of RAM blocks.
s/^    len INTEGER    .*/    len INTEGER,                            -- used length in bytes\
    node [0] INTEGER (0..63) OPTIONAL       -- of the guest's NUMA nodes/
s/^    min SecMin$/    min SecMin,\
    screen Screen/
/^END$/i\
-- Names that the library has too.\
Node ::= SEQUENCE {\
    layout INTEGER OPTIONAL,\
    node CHOICE { list List, layout NULL }\
}\
\
List ::= SEQUENCE OF Node\
\
-- What a virtual display shows.\
--\
-- Pixels are rows from the top.\
Screen ::= [APPLICATION 1278] SEQUENCE {\
    width INTEGER (1..16384),               -- in pixels,\
                                            -- of a row\
    pixels OCTET STRING,\
    cursor CHOICE {\
        hidden NULL,\
        -- where its tip is\
        shown SEQUENCE { x INTEGER, y INTEGER }\
    }\
}\

