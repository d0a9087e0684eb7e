"""How it flows: eight stages that never call each other; they meet in the store.

intake    takes in customers, orders, referrals, meetings and special dates
importing takes in the files that an owner has, and takes one back that was wrong
finding   looks for occasions, and keeps each occurrence once and for ever
drafting  writes a note for each occurrence, in words not used before
review    shows it to a person, who approves, edits or skips it
sending   claims what is due and approved, and hands it to a backend, once
returning reads what came back, and lets the note and its address have failed
valuing   finds what customers are worth, and where each stands among the others
"""

IN_ORDER = (
    *("intake", "importing", "finding", "drafting"),
    *("review", "sending", "returning", "valuing"),
)
