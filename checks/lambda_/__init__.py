"""Lambda: functions, who may call them, and how they run."""
