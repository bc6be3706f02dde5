"""Structure: the engines, one for each shape of model; each makes sums from a scope of draws."""
