"""HTML: the report and the workshop guide, each one file that asks nobody for anything."""
