"""Which faults a text tells of, which it denies: a readable lexicon (faults.yml) read clause by clause."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from models.text.lexicon import Patterns, compiled
from models.text.normal import simple

LEXICON = Path(__file__).with_name("faults.yml")
CLAUSE = re.compile(
    r"[,.;!?:()\n]+|\s-+\s|\b(?:but|although|though|however|whereas|while the|just(?= the)|only(?= the)|except"
    r"|and (?=its|it|also|the|my|now|still|when|they|one|ive|im|i)|so i|cos|because|then)\b|(?=\bits (?:the|just|my|only)\b)"
)
PRICE = re.compile(
    r"\b(?:price|prices|cost|costs|quote|how much|much|charge|dear|expensive|want for|asking|come to|figure|estimate|pay for|the damage for"
    r"|set me back|enough for|quid|pounds|budget|going rate|fee|ballpark|worth it|cost wise)\b|[£]"
)
#: Asked for in so many words, a part stands for its usual fault however long the sentence is.
WANTED = re.compile(
    r"\b(?:can|could) (?:you|u|ya|i|we) (?:do|get|have|book)\b|\b(?:need|want|after|get my|book (?:in|me)|do (?:me|my|an?|the))\b"
)
AND = re.compile(r"\b(?:and|plus|both|n)\b|&")
#: "isn't cracked", "not even scratched": the harm is denied, however it is said. "not just cracked" tells of more.
UNHARMED = re.compile(
    r"\b(?:is not|isnt|are not|arent|was not|wasnt|aint|has not|hasnt|not|never|no)(?: (?!just\b|only\b|sure\b)\w+)? "
    r"(?:crack\w*|smash\w*|shatter\w*|broken?|chip\w*|scratch\w*|damaged|dead|bent|dent\w*|swollen|bulg\w*|wet|loose|blurr?y|flicker\w*|split)\b"
)
#: "its not charging" tells of the fault; "its not the charging" takes it away.
REFUSES = re.compile(r"\b(?:its |is |still |just )*not (?:charging|turning on|switching on|powering on|coming on|booting)\b")
#: What is hot in a cup is no hot device.
HOT_DRINK = re.compile(r"\bhot (?=chocolate|drink|tea|coffee|water|soup|milk|sauce|toddy)")
#: A clause that tells what was, might be or is done elsewhere; what it sounds like is no fault.
DONE_WITH = re.compile(
    r"\b(?:already|used to|was fine|worked|tried|if (?:it|i|the|my)|in case|last (?:year|month|week|time)|ago|before|not just|not only)\b"
)
NEAR_CAMERA = re.compile(r"camera (?:bump|island|area|housing)|(?:round|near|by|beside|next to) the cameras?\b")
OTHER_CAMERA = re.compile(r"(?:other|back|rear|main) (?:camera|cam|one) (?:is |s )?(?:fine|ok|okay|normal|lovely|good|perfect|works)")
PORT = r"\b(?:port|socket|cable|lead|angle|plug|plugged)\b"
NETWORK = r"\b(?:signal|service|network|sim|sims|bars|reception|imei|4g|5g|data)\b"
#: A picture that is gone, not only spoilt.
NOTHING_SEEN = (
    r"\b(?:black|blank|dark|dead|nothing|off|no (?:picture|display|image)|(?:pictures?|display|image) (?:has |is )?gone|backlight"
    r"|(?:wo|do|does|is|ca)n?t)\b"
)
#: Glass that is no screen.
PROTECTOR = re.compile(r"\b(?:screen|glass) (?:protectors?|guards?|covers?)\b")
OTHER_GLASS = re.compile(r"\b(back|rear|camera)s? glass\b|\bglass back\b")
#: "the backs smashed": an s that is only a short "is", on a word of the lexicon that has no such plural there.
NOT_SHORT = {"news"}
SHORT = {
    "wont": "wont",
    "w": "with",
    "scrn": "screen",
    "batt": "battery",
    "kb": "keyboard",
    "cam": "camera",
    "bat": "battery",
    "smashd": "smashed",
    "dosnt": "doesnt",
    "dsnt": "doesnt",
    "wnt": "wont",
    "chrg": "charge",
    "crakd": "cracked",
    "crackd": "cracked",
    "brokn": "broken",
    "dnt": "dont",
    "ppl": "people",
    "carnt": "cant",
    "fone": "phone",
    "spkr": "speaker",
    "pwr": "power",
    "int": "in the",
    "spelt": "spelled",
    "skreen": "screen",
    "wiv": "with",
    "summat": "something",
    "owt": "anything",
    "nowt": "nothing",
}
#: Said of a part, "dead" says nothing of the device.
PART_DEAD = re.compile(
    r"\b(?:speakers?|loudspeaker|mic|microphone|earpiece|keyboard|keys?|trackpad|touchpad|pad|touch|camera|cam|webcam|ports?|sockets?"
    r"|wifi|bluetooth|buttons?|screen|display|sticks?|fans?|sound|signal|jack|reader|sensor|hdmi|usb|drive|strip|area|half|corner|charging"
    r"|backlight|motor|trigger|controller|joycon)s? (?:\w+ ){0,3}?dead\b"
    r"|\bdead (?:slow|loud|quiet|silent|hot|quick|easy|faint|spots?|pixels?|keys?|strip|zone|dots?|area)\b"
)
POWER = re.compile(r"(?:turn|switch|power|come|comes|boot|start|go)s?(?: \w+)? (?:on|up)\b|\bboot|life|lights?\b")
#: What is fine besides says nothing of the part that is told of.
REST = re.compile(
    r"\b(?:the )?(?:rest|everything else|all else|otherwise|the others?|(?:the )?(?:other|back|rear|front) ones?)"
    r"(?: of (?:it|them))?(?: \w+)? (?:ok|okay|fine|good|perfect|alright|works?|working|great|normal)\b"
)
#: "is 4.30 ok for a battery" asks about the time.
OK_FOR = re.compile(r"\b(?:ok|okay|good|fine|alright) (?:for|to do|to get|to have|to fix) (?=an?\b|my\b|the\b|it\b|device\b)")
#: "ok an ipad battery then" begins with a yes, it does not praise the battery.
OK_THEN = re.compile(
    r"^(?:ok|okay|okey|right|alright|good|great|fine) (?=(?:so|then|well|an?|and|its|it|can|could|what|how|i|we|just|please|do|need|for)\b)"
)
#: Harm with no part named is the glass; a crack is also what thieves do to a code.
HARM = re.compile(r"^(?!.*\b(?:code|passcode|pin|password|jokes?)\b).*\b(?:cracked|cracks?|smashed|shattered)\b(?! (?:on|up|down|open)\b)")
#: A dark front on a device that is heard.
DARK = re.compile(r"\b(?:black|blank|dark|no picture|no display|nothing on|cant see (?:a thing|anything))\b")
ALIVE = re.compile(r"\b(?:hear|rings?|ringing|pings?|pinging|dings?|buzz\w*|beeps?|beeping|vibrates?|vibrating|chimes?|sounds?)\b")
#: Asked of the shop's ways, not told of a device.
GENERAL = re.compile(
    r"^(?:(?:hi|hello|hiya|and|so|also|just wondering(?: if)?) )*(?:do (?:you|u|ya|yous) (?:use|sell|stock|offer|buy|recycle|keep"
    r"|fix|mend|repair)|what (?:do you do with|happens|is|brand|make|kind|sort|type)|should i|how (?:should|do|can) i"
    r"|can i (?:still use|go on using|use it)|is an? \w+ \w+ (?:dangerous|safe|bad))\b(?!.*\b(?:my|mine|me)\b)"
    r"|\b(?:guaranteed|covered|guarantee)\b"
)
TAKEN = re.compile("remove|take|get rid|lose|bin|drop")
#: Nothing but a part: "glass, back, one of the side buttons".
ALONE = re.compile(r"(?:(?:and|the|my|a|an|new|its|also|plus|both|one of|some|side|now|maybe|possibly|me|need|needs|broken) )*")


#: What clauses sound like: the faults of each.
Hear = Callable[[list[str]], list[list[str]]]


@dataclass
class Told:
    """Faults a text tells of and faults it denies, each in the order of the lexicon."""

    faults: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)


def exact(clause: str) -> str:
    """The clause with glass that is no screen called by its part."""
    clause = PROTECTOR.sub("protector", clause)
    return OTHER_GLASS.sub(lambda m: "camera" if m.group(1) == "camera" else "back cover", clause)


def _jumbled(word: str) -> str:
    return word[0] + "".join(sorted(word[1:]))


class Faults:
    """The lexicon, compiled once."""

    def __init__(self, known: Callable[[str], bool] = lambda word: False, path: Path = LEXICON) -> None:
        self.known = known
        lexicon: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
        lists = {name: str(words) for name, words in lexicon["words"].items()}
        self.codes = list(lexicon["faults"])
        self.signs = Patterns((p for ps in lexicon["faults"].values() for p in ps), lists)
        self.meant = [code for code, ps in lexicon["faults"].items() for _ in ps]
        self.fine, self.done = Patterns(lexicon["fine"], lists), Patterns(lexicon["done"], lists)
        self.parts = []
        for part in lexicon["parts"].values():
            say = "|".join(compiled(p, lists).pattern for p in part["say"])
            # "remove the virus" is the job itself
            none = "|".join(compiled(p, lists).pattern for p in lexicon["none"] if part["bare"] != "malware" or not TAKEN.match(p))
            away = rf"(?:{none}) (?:\w+ )?(?:{say})"
            away += rf"|\b(?:take|leave|cross|strike|knock|cut) (?:\w+ ){{0,2}}?(?:{say}) (?:off|out|away)\b"
            self.parts.append((re.compile(say), re.compile(away), part["faults"], part["bare"]))
        text = path.read_text("utf-8").lower()
        self.vocabulary = set(re.findall(r"[a-z]{5,}", text))
        self.words = set(re.findall(r"[a-z]{4,}", text))
        self.jumbled: dict[str, str] = {}
        for word in sorted((word for word in self.words if len(word) == 4), reverse=True):
            self.jumbled[_jumbled(word)] = word

    def clauses(self, text: str) -> list[str]:
        """The text in clauses, simplified and with its spelling mended."""
        return [c for c in (self._mended(c) for c in CLAUSE.split(simple(text))) if c]

    def find(self, text: str, hear: Hear | None = None, wanted: bool = False) -> Told:
        """The faults told and denied in the whole text.

        `hear` says what clauses mean for which the lexicon has no words; `wanted`: a price or a time is asked for, so a part is a job.
        """
        faults: dict[str, bool] = {}
        denied: dict[str, bool] = {}
        clauses = self.clauses(text)
        for clause, found in self._told(clauses, hear):
            gone = self._gone(clause, found)
            for code in gone:
                denied[code] = True
            for code in found:
                if code not in gone:
                    faults[code] = True
        if not faults:
            for clause in clauses:
                for say, _, codes, bare in self.parts:
                    if (
                        say.search(exact(clause))
                        and not any(code in denied for code in codes)
                        and (wanted or len(clause.split()) <= 6 or PRICE.search(clause) or WANTED.search(clause))
                    ):
                        faults.setdefault(bare, True)
        for clause in clauses:
            part_said = "the back" if clause in ("back", "rear") else exact(clause)
            for say, _, codes, bare in self.parts:
                part = say.search(part_said) if faults and bare != "no_power" else None
                alone = part and part.end() == len(part_said) and ALONE.fullmatch(part_said[: part.start()])
                if alone and not any(code in faults or code in denied for code in codes):
                    faults.setdefault(bare, True)
        if not faults and not denied and any(HARM.search(c) and not UNHARMED.search(c) and not self.done.any(c) for c in clauses):
            faults["screen_cracked"] = True
        if not set(faults) - {"vibration"} and DARK.search(simple(text)) and ALIVE.search(simple(text)):
            faults["display_black"] = True
        for clause in clauses:
            if (PRICE.search(clause) or "both" in clause) and AND.search(clause) and faults:
                # "price for back glass and battery": the second part is meant like the first.
                for say, _, codes, bare in self.parts:
                    if say.search(exact(clause)) and not any(code in faults or code in denied for code in codes):
                        faults.setdefault(bare, True)
        for code in list(faults):
            if code in denied and not self._insisted(code, clauses):
                del faults[code]
        self._settle(faults, ", ".join(clauses))
        return Told([c for c in self.codes if c in faults], [c for c in self.codes if c in denied and c not in faults])

    def _told(self, clauses: list[str], hear: Hear | None) -> list[tuple[str, list[str]]]:
        """Each clause with the faults it names, or else, heard all at once, those it sounds like."""
        told: list[tuple[str, list[str]]] = []
        unsaid: dict[str, list[str]] = {}
        for clause in clauses:
            general = GENERAL.search(clause) and not PRICE.search(clause)
            found = [] if general else self._signs(clause)
            told.append((clause, found))
            if not (general or found or self._over(clause)) and " " in clause:  # one strange word is no symptom
                unsaid[clause] = []
        if hear and unsaid:
            unsaid.update(zip(unsaid, hear(list(unsaid)), strict=True))
        return [(clause, found or unsaid.get(clause, [])) for clause, found in told]

    def _over(self, clause: str) -> bool:
        """Whether a clause tells of what was, or is fine."""
        return bool(DONE_WITH.search(clause) or UNHARMED.search(clause) or self.fine.any(clause))

    def _mended(self, clause: str) -> str:
        words = []
        for w in clause.split():
            w = SHORT.get(w, w)
            if len(w) == 4 and w.isalpha() and w not in self.words and not self.known(w):
                # "bakc", "teh": the right letters in the wrong order
                w = self.jumbled.get(_jumbled(w), w)
            if w.endswith("s") and w[:-1] in self.words and w not in self.words | NOT_SHORT:
                w = w[:-1]
            if len(w) >= 5 and w.isalpha() and w not in self.vocabulary and not self.known(w):
                best = process.extractOne(w, self.vocabulary, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=0.79)
                if best and best[0][0] == w[0]:
                    w = str(best[0])
            words.append(w)
        return " ".join(words)

    def _signs(self, clause: str) -> list[str]:
        found: list[str] = []
        clause = HOT_DRINK.sub("", UNHARMED.sub("unharmed", clause))
        for number in self.signs.tried(clause):
            code = self.meant[number]
            if code not in found and self.signs.patterns[number].search(clause):
                found.append(code)
        if "no_power" in found and PART_DEAD.search(clause) and not POWER.search(clause):
            found.remove("no_power")
        return found

    def _gone(self, clause: str, found: list[str]) -> list[str]:
        """Faults this clause takes away: its part is fine, mended already, or not what is meant."""
        gone: list[str] = []
        clause = exact(clause)
        unharmed = bool(UNHARMED.search(clause))
        clause = REST.sub("", UNHARMED.sub("untold", REFUSES.sub("untold", OK_FOR.sub("for", OK_THEN.sub("", clause)))))
        fine = self.fine.any(clause) and not re.search(
            r"\b(?:not|isnt|wasnt|dont|doesnt|wont|no longer|never|stopped|cant|hardly|barely)(?: \w+)? "
            r"(?:ok|okay|fine|good|perfect|alright|works?|working|great)\b|good (?:condition|price)|any good"
            r"|\b(?:only|just|hardly|barely|sometimes|half) (?:\w+ ){0,2}?works?\b"
            r"|\bworks? (?:\w+ )?(?:only|sometimes|if|when|unless|half|intermittently|apart|except)\b"
            r"|\b(?:stopped|stops|quit) working\b|\bworks? in (?:my|her|his|another|other|a)\b",
            clause,
        )
        done = self.done.any(clause)
        for say, none, codes, _ in self.parts:
            if not say.search(clause):
                continue
            denied = none.search(clause)
            if fine or done or denied:
                if fine and not done and not denied and any(code in found and self._strong(code, clause) for code in codes):
                    continue
                gone += [code for code in codes if code not in gone]
            elif unharmed:  # glass that is whole may still be black, striped or numb
                harmed = codes[:1] if codes[0] == "screen_cracked" else codes
                gone += [code for code in harmed if code not in gone and code not in found]
        return gone

    def _strong(self, code: str, clause: str) -> bool:
        return bool(re.search(r"crack|smash|shatter|drain|dies|swoll|bulg|flicker|lines?\b|blur|crackl|black|blank|wont|stopped", clause))

    def _insisted(self, code: str, clauses: list[str]) -> bool:
        """Whether one clause tells the fault plainly although another took its part away: the last word counts."""
        last_said = last_gone = -1
        for at, clause in enumerate(clauses):
            found = self._signs(clause)
            gone = self._gone(clause, found)
            if code in gone:
                last_gone = at
            elif code in found:
                last_said = at
        return last_said > last_gone

    def _settle(self, faults: dict[str, bool], text: str) -> None:
        """Where two faults claim the same words, the more exact one stays."""

        def drop(code: str, when: bool) -> None:
            if when and code in faults:
                del faults[code]

        only_back = bool(re.search(r"\b(?:back|rear)\b", text)) and not re.search(
            r"\b(?:screen|display|lcd|front|(?<=[,.] )glass)\b(?! (?:is )?(?:fine|ok|okay|perfect|good|alright))", text
        )
        drop("screen_cracked", "back_glass" in faults and only_back)
        drop("rear_camera", "front_camera" in faults and not re.search(r"\b(?:rear|back|main|both)\b", text))
        drop("battery_drains", "battery_swollen" in faults and not re.search(r"drain|dies|last|flat|hold", text))
        drop(
            "screen_cracked",
            bool({"display_lines", "display_black", "touch_unresponsive", "hinge", "battery_swollen"} & set(faults))
            and not re.search(
                r"crack|smash|shatter|new (?:\w+ )?(?:screen|display|glass)|spider|replac"
                r"|(?:screen|display|glass)\w* (?:is |has |has been |s )?(?:broke|bust|chip"
                r"|gone(?! (?:\w+ )?(?:black|blank|dark|green|pink|white|purple|all|funny|weird|fuzzy)))",
                text,
            ),
        )
        drop("no_power", "battery_drains" in faults and not re.search(r"turn on|switch on|power on|come on|boot", text))
        drop(
            "no_power",
            bool(re.search(r"dead (?:slow|loud|quiet|hot|quick)", text))
            and not re.search(r"turn on|power on|switch on|come on|is dead", text),
        )
        drop("touch_unresponsive", "face_or_fingerprint" in faults and not re.search(r"screen|touch (?:is|not|doesnt|dont|wont)", text))
        drop("no_power", "software_boot_loop" in faults and not re.search(r"turn on|power on|switch on|come on|dead", text))
        drop(
            "screen_cracked",
            "rear_camera" in faults
            and bool(re.search(r"camera (?:glass|lens)|lens|glass on (?:the|my) camera", text))
            and not re.search(r"screen|display", text),
        )
        drop("earpiece", bool(re.search(r"speaker ?phone (?:is|sounds|has|really)", text)))
        drop("earpiece", "microphone" in faults and not re.search(r"\bi (?:cant|cannot|barely|hardly) hear|earpiece|speaker", text))
        drop(
            "speaker",
            bool({"earpiece", "microphone"} & set(faults)) and not re.search(r"music|video|no sound|crackl|ringtone|speakers", text),
        )
        drop(
            "ports_hdmi",
            "not_charging" in faults
            and bool(re.search(r"\b(?:usb|type) ?c\b", text))
            and not re.search(r"hdmi|\btv\b|telly|monitor|sd card|ethernet|memory stick|display ?port|ports\b", text),
        )
        drop("not_charging", bool({"ports_hdmi", "headphone_jack"} & set(faults)) and not re.search(r"charg|usb c|plug", text))
        drop(
            "not_charging",
            "ports_hdmi" in faults and bool(re.search(r"\bports\b", text)) and not re.search(r"(?:wont|not|nt|stopped) charg", text),
        )
        drop("not_charging", "battery_drains" in faults and bool(re.search(r"hold\w* (?:\w+ )?charge", text)) and not re.search(PORT, text))
        drop("signal_sim", bool({"earpiece", "microphone"} & set(faults)) and not re.search(NETWORK, text))
        drop("signal_sim", "ports_hdmi" in faults and bool(re.search(r"\b(?:tv|telly|television|monitor|screen|projector)\b", text)))
        drop(
            "fan_noise",
            bool({"disc_drive", "storage", "controller_drift", "speaker"} & set(faults))
            and not re.search(r"\bfans?\b|jet|hoover", text)
            and not (re.search(r"\b(?:loud|noisy|noises?)\b", text) and not {"disc_drive", "storage", "speaker"} & set(faults)),
        )
        drop("display_black", "display_lines" in faults and not re.search(NOTHING_SEEN, text))
        drop("controller_drift", bool(re.search(r"(?:memory|usb) sticks?", text)) and not re.search(r"drift|controller|joy", text))
        drop("keyboard", "account_locked" in faults and bool(re.search(r"(?:bitlocker|recovery) key", text)))
        drop("keyboard", "display_lines" in faults and bool(re.search(r"(?:shadow|ghost) of the keyboard", text)))
        drop("earpiece", "display_black" in faults and not re.search(r"earpiece|hear (?:them|people|callers|anyone)", text))
        drop("speaker", "wifi_bluetooth" in faults and bool(re.search(r"(?:pair|connect)\w*\b.*speaker", text)))
        drop(
            "slow",
            "not_charging" in faults
            and bool(re.search(r"charg\w*.{0,30}slow|slow.{0,12}charg", text))
            and not re.search(r"lag|freez|hang", text),
        )
        drop("battery_drains", "software_boot_loop" in faults and not re.search(r"batter|percent|charge|unplug|hour|flat|dies", text))
        drop("battery_drains", "overheating" in faults and not re.search(r"batter|percent|charge|drain|hour|flat|dies|dead|last", text))
        drop("back_glass", "battery_swollen" in faults and not re.search(r"crack|smash|shatter|broke|chip|bent|dent", text))
        drop("vibration", "display_black" in faults and not re.search(r"(?:nt|not|no|stopped) (?:\w+ )?vibrat|vibration|motor", text))
        drop("battery_swollen", "hinge" in faults and not re.search(r"swell|swoll|bulg|puff|bloat|balloon|battery", text))
        drop("rear_camera", "back_glass" in faults and bool(NEAR_CAMERA.search(text)))
        drop("rear_camera", "front_camera" in faults and bool(OTHER_CAMERA.search(text)))
        drop(
            "touch_unresponsive",
            bool({"disc_drive", "controller_drift", "trackpad", "malware"} & set(faults))
            and not re.search(r"touch(?!pad|ing)|screen|\btap", text),
        )
        drop("screen_cracked", "hinge" in faults and not re.search(r"crack|smash|shatter", text))
