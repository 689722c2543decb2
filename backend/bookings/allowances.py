"""How often visitors may ask what of bookings: far above what a person does, and what a street behind one router does together."""

from backend.core.limits import Allowance

#: Times and days that can be had.
TIMES = Allowance("times", visitor=240, address=3_000, reading=True)
HOLDS = Allowance("holds", visitor=60, address=600, seconds=600)
#: Tries to book, to move and to give up, refused ones too: a crowd that wants one time tries again.
CHANGES = Allowance("changes", visitor=120, address=3_000, seconds=600)
CHECKS = Allowance("checks", visitor=60, address=600, seconds=600)
#: Links shown; one cannot be guessed, but nobody has this many.
FOLLOWS = Allowance("follows", visitor=20, address=200)
#: Codes typed.
PROOFS = Allowance("proofs", visitor=30, address=200, seconds=600)
