"""Places, datums, roads, travel times, point patterns and regions. Never learns the word debtor."""
