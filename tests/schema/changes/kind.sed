/^FullPage/,/^}/s/addr INTEGER/addr BOOLEAN/
