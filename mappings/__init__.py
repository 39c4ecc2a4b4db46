"""How findings answer the questions of a review: YAML and the catalogue of questions and choices."""
