"""What is kept: readings, findings and answers in a folder whose every byte has a digest."""
