"""The tests; unit/ mirrors app/, store/ runs on both engines, service/ speaks HTTP, docs/ runs what the README says."""
