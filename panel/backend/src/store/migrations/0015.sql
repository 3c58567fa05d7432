-- When the next customer is due is asked all the time, by each worker: of those that nobody works on, and of the few others.
CREATE INDEX customer_free ON customer(due_ms) WHERE lease_until_ms = 0;
CREATE INDEX customer_held ON customer(lease_until_ms) WHERE lease_until_ms > 0;
