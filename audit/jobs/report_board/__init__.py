"""What the report's page shows: the report's sections with links, and the masks behind every number."""
