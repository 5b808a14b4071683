"""What a visit is worth: the survey of the overdue, their clocks, learnt rates, expected uplift, and the options."""
