"""The page that shows the report as it stands, and the masks behind every number of it."""
