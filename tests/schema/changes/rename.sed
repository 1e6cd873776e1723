s/RAMBlockID/BlockHeader/g
s/SubSection\b/FurtherState/g
