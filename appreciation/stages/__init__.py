"""How it flows: seven stages that never call each other; they meet in the store.

intake    takes in customers, orders, referrals, meetings and special dates
finding   looks for occasions, and keeps each occurrence once and for ever
drafting  writes a note for each occurrence, in words not used before
review    shows it to a person, who approves, edits or skips it
sending   claims what is due and approved, and hands it to a backend, once
returning reads what came back, and lets the note and its address have failed
valuing   finds what customers are worth, and where each stands among the others
"""

IN_ORDER = ("intake", "finding", "drafting", "review", "sending", "returning", "valuing")
