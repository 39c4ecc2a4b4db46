"""What kinds of data stores there are, and whether a check judges each of them."""
