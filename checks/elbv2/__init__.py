"""Load balancers: what their listeners speak, what they write down, and over which zones they stand."""
