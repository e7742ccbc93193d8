"""The tests. `spec/` says what each construct means; the other rooms test one thing each."""
