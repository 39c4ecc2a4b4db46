"""CloudWatch: alarms and whom they tell, what has none, dashboards, models of what is usual, and where metrics go."""
