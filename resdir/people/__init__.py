"""The pages of people: log in and out, account, sharing, requests; below /account."""
