"""Analysis: what results say, as tables of numbers and sentences made from them."""
