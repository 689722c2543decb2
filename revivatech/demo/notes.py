"""What technicians write down: for the workshop, and for the customer."""

from collections.abc import Mapping, Sequence

from revivatech.demo.dice import Dice

#: Found at the bench, by the service it came to; for colleagues only.
FOUND: Mapping[str, Sequence[str]] = {
    "screen": (
        "Frame is bent a little at the lower corner, straightened before fitting.",
        "Glass only, display underneath intact. Data safe.",
        "Repaired elsewhere before: two screws missing, adhesive is not ours.",
        "True Tone moved over with the programmer.",
    ),
    "battery": ("Health 71 %, 1,140 cycles.", "Health 68 %, shuts off under load.", "Adhesive strips torn, took longer with the solvent."),
    "charge_port": ("Pocket lint packed solid, pins worn as well.", "Pin 4 burnt. Flex replaced, draws 1.9 A again."),
    "liquid_clean": ("Indicators red. Ultrasonic bath and 12 h in the cabinet.", "Corrosion around the charging circuit, rest is clean."),
    "board_repair": ("Short on the main rail, capacitor gets hot at once.", "Charging controller dead, replaced under the microscope."),
    "software_restore": (
        "Update had stopped half way. Restored without losing data.",
        "Storage full to the last byte; restored after a backup.",
    ),
    "keyboard": ("Sticky drink under the left half. Top case is fine.", "Three keys dead, one row intermittent."),
    "hinge": ("Both anchors torn out of the lid, rebuilt with epoxy.",),
    "fan_clean": ("Radiator blocked like felt. 94 degrees before, 68 after.",),
    "thermal_service": ("Paste like chalk. Liquid metal on the old pad, cleaned twice.",),
    "hdmi_port": ("Port hangs on two of its feet, pads are still there.", "Encoder gets hot; port and encoder replaced."),
    "controller_stick": ("Sensor worn, both sticks recalibrated.",),
    "storage_upgrade": ("Old drive has 212 bad sectors, cloned with retries.",),
    "power_supply": ("Primary side blown, fuse too.",),
    "back_glass": ("Laser took off the old glass cleanly.", "Camera ring scratched before, shown to the customer."),
}
FOUND_USUALLY = (
    "As described. Function test done at the counter.",
    "Function test at intake: all else works.",
    "Small scratches on the frame, noted.",
)
RECEIVED = (
    "Came with charger and case.",
    "No passcode left; customer stays reachable.",
    "SIM stays with the customer.",
    "Handed in by a friend, name noted.",
)
READY = (
    "All done and tested. You can pick it up whenever we are open.",
    "Repaired and tested for an hour. Please bring your receipt.",
    "Ready. We have cleaned it as well while it was open.",
    "Done. The part has a warranty, the paper is in the bag.",
)
CHECKED = (
    "Test list complete.",
    "Charging, touch, sound, cameras: all good.",
    "Burn-in 30 min without a fault.",
    "Torque and seal checked.",
)
ESTIMATE = (
    "We have found the cause and sent you an estimate. Please tell us whether we may go on.",
    "It needs more than we could see from outside. The estimate is on its way to you; nothing happens before you say yes.",
)
AGREED = ("Customer agreed on the telephone.", "Agreed by e-mail, forwarded to the file.", "Said yes at the counter.")
DECLINED = ("Customer does not want it done at that price. Put back together.",)
PART = (
    "We have ordered the part; it should be here in two working days.",
    "The part is on its way from the supplier. We tell you as soon as it is here.",
)
PART_HERE = ("Part arrived, tested before fitting.", "Part is here. First one was the wrong revision, sent back.")
AGAIN = ("Ghost touches after warming up, part swapped.", "Speaker crackles, seal reseated.", "Screw was loose, opened once more.")
HOLD = (
    "Customer is away and asked us to wait.",
    "Waiting for the customer to switch Find My off.",
    "Backup first: customer brings a drive.",
)
LOST = {
    "liquid_clean": "The liquid has got too far into the board. We are sorry. You can collect it at any time; only the check is to pay.",
    "": "We have tried everything that makes sense at this price, and it cannot be saved. We are sorry. You can collect it at any time.",
}
MISSED = ("Did not come, did not answer the telephone.", "Did not come. Had forgotten, books again.", "Did not come, mailbox full.")
CHASED = ("Rang twice, no answer.", "Collects at the end of the month, has said so.")


def found(dice: Dice, service: str) -> str:
    """Return what was found at the bench."""
    return dice.pick(FOUND.get(service, FOUND_USUALLY) if dice.chance(0.8) else FOUND_USUALLY)


def lost(service: str) -> str:
    """Return how the customer is told that nothing can be done."""
    return LOST.get(service, LOST[""])
