s/APPLICATION 9040/APPLICATION 19040/
s/^Screen/View/
s/screen Screen/view View/
