"""The functions that ours are compared with. Each module is all the code of one of them."""
