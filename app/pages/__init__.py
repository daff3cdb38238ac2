"""Flask pages for people: what each problem means, what operations there are, and the contract itself to download."""
