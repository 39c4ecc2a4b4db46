"""What people use: the Review document and what is made of it."""
