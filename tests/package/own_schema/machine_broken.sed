# What must not be done to machine.sed's version: a member more that is not OPTIONAL, another order, another kind,
# another tag; and an order that nobody can tell, since kinds and tags stay.
s/mask INTEGER (0\.\.65535) }/mask INTEGER (0..65535), level [0] INTEGER }/
s/deadline INTEGER, periodic BOOLEAN/periodic BOOLEAN, deadline INTEGER/
s/halted BOOLEAN/halted INTEGER/
s/leds INTEGER/leds [0] INTEGER/
s/index INTEGER, used INTEGER/used INTEGER, index INTEGER/
