"""Lives of customers under daemons that are killed: berthd processes of the test's own, on the running cluster."""
