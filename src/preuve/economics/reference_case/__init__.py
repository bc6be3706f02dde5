"""The French reference case: discounting, utilities, payers, prices, rules and their check."""
