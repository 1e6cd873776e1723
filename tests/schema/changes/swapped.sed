/^FullPage/,/^}/{
  /addr INTEGER/d
  s/^    data OCTET STRING (SIZE (256..65536))/&,\n    addr INTEGER/
}
