"""What AWS said: reads, readings and the typed evidence made of them."""
