"""What several kinds of tests share: databases, servers, clients, the table of postings and what a refusal must be."""
