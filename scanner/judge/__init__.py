"""What it means: checks, findings, answers and risk."""
