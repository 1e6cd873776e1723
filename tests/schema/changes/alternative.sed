s/^    subsecl SubSecList$/    subsecl SubSecList,\n    note [APPLICATION 77] UTF8String,\n    new [0] INTEGER/
