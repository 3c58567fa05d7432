"""A scripted API server in front of the real one, and customers under a berthd that speaks to it."""
