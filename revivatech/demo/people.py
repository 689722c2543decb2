"""Customers of the demo: made-up names, and only addresses and numbers that belong to nobody."""

from dataclasses import dataclass

from revivatech.demo.dice import Dice

_GIVEN = """
    Adam Aisha Alfie Alice Alistair Amelia Amira Andrew Angus Anjali Annie Archie Arthur Asha Barbara Ben Beth Bethan Bilal Bronwen
    Callum Carys Catherine Charlie Chloe Christopher Claire Clive Connor Daisy Daniel David Dawn Deepa Denise Derek Dilan Dylan Edith
    Eleri Elsie Emily Ethan Ewa Fatima Femi Fiona Florence Frank Freya Gareth George Gillian Grace Graham Gurpreet Hamish Hannah
    Harjit Harriet Harry Hassan Heather Helen Henry Holly Ian Imogen Imran Isla Ivy Jack Jade Jamal James Janet Jasmine Jean Jordan
    Joyce Karen Kasia Keith Kieran Kirsty Kwame Laura Leah Leon Lewis Liam Lorna Louise Lucy Maisie Malcolm Margaret Maryam Matilda
    Maureen Mei Mohammed Molly Morag Nadia Natalie Neha Neil Niamh Nigel Noah Noor Olivia Oscar Owen Pamela Patrick Pauline Penny
    Peter Philippa Poppy Priya Rachel Rajesh Rhys Robert Rory Rosie Rowan Ruby Ryan Sadia Sam Sandra Sanjay Sarah Sean Shabnam Sian
    Simon Sofia Stella Stuart Suki Susan Tamsin Tariq Theo Thomas Toby Tomasz Una Vikram Violet Wendy William Yasmin Zara Zoe
"""
_FAMILY = """
    Abbott Ackroyd Adeyemi Ahmed Akhtar Armitage Ashworth Atkinson Baines Balogh Banks Barker Barraclough Beaumont Begum Bentley Birch
    Blackburn Booth Bradley Brearley Briggs Broadbent Buckley Butterworth Calvert Chadwick Chowdhury Clegg Clough Cockcroft Crabtree
    Crossley Dawson Delgado Denby Dewhirst Drake Dyson Eastwood Emmott Fairburn Farrar Fawcett Firth Fletcher Garside Gaunt Gill
    Greenwood Haigh Hainsworth Haddad Hardcastle Hargreaves Hartley Haworth Helliwell Hepworth Hinchliffe Hirst Holdsworth Holroyd
    Horsfall Hussain Ibbotson Ingham Iqbal Jagger Jowett Kaur Kaya Kershaw Khan Kitson Kowalczyk Lamb Lister Lockwood Lumb MacAskill
    Mahmood Marsden Mensah Metcalfe Midgley Mistry Mitchell Moorhouse Morley Murgatroyd Nair Naylor Netherwood Nowak Nutter Oates
    Ogden O'Hara Okonkwo Oldroyd Ormerod Osei Parkin Patel Pearson Pembroke Pickles Pollard Priestley Rahman Ramsden Rawnsley Rhodes
    Riley Roebuck Rushworth Saville Schofield Shackleton Shah Sharma Shaw Siddiqui Singh Smithson Speight Stansfield Stead Sugden
    Sutcliffe Sykes Tan Tattersall Taylor Tempest Thackray Thornton Thwaite Townend Turner Uttley Varley Wadsworth Walsh Wardle
    Waterhouse Watmough Whitaker Whiteley Widdop Wilkinson Womersley Wood Woodhead Wright Yeadon Yusuf
"""
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()
#: Domains under `.example` belong to nobody (RFC 2606).
_DOMAINS = {"mail.example": 9.0, "post.example": 4.0, "home.example": 3.0, "work.example": 2.0}
_STREETS = (
    "Weaver Close",
    "Bobbin Row",
    "Cropper Gate",
    "Teasel Lane",
    "Shuttle Street",
    "Fuller's Fold",
    "Dyehouse Yard",
    "Tenter Hill",
    "Ropewalk Mews",
    "Quarry Rise",
)
#: Post towns with a district; the last part of each postcode is one that Royal Mail has given to nobody.
_TOWNS = {
    ("Leeds", "LS6"): 6.0,
    ("Bradford", "BD3"): 3.0,
    ("York", "YO10"): 3.0,
    ("Harrogate", "HG1"): 2.0,
    ("Sheffield", "S7"): 2.0,
    ("Hull", "HU5"): 2.0,
    ("Newcastle upon Tyne", "NE6"): 1.0,
    ("Nottingham", "NG7"): 1.0,
    ("Bristol", "BS5"): 1.0,
    ("Norwich", "NR2"): 1.0,
    ("Inverness", "IV2"): 0.5,
    ("Belfast", "BT7"): 0.5,
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who brings us things."""

    name: str
    email: str
    phone: str | None
    street: str
    city: str
    postcode: str


def person(number: int, taken: set[str]) -> Person:
    """Return the shop's customer of this number; nobody gets an address that is taken, and this one is from now on."""
    dice = Dice.named("person", number)
    given, family = dice.pick(GIVEN), dice.pick(FAMILY)
    plain = family.lower().replace("'", "")
    place = dice.weigh({f"{given}.{plain}": 5.0, f"{given[0]}.{plain}": 2.0, f"{given}{plain[0]}": 1.0}).lower()
    domain, city_and_district = dice.weigh(_DOMAINS), dice.weigh(_TOWNS)
    email = f"{place}@{domain}"
    while email in taken:
        email = f"{place}{dice.randint(2, 99)}@{domain}"
    taken.add(email)
    city, district = city_and_district
    return Person(
        name=f"{given} {family}",
        email=email,
        phone=_phone(number) if dice.chance(0.86) else None,
        street=f"{dice.randint(1, 140)} {dice.pick(_STREETS)}",
        city=city,
        postcode=f"{district} {dice.randint(0, 9)}ZZ",
    )


def _phone(number: int) -> str:
    """Return a number that Ofcom keeps for stories: mostly mobiles, of which there are so few that some are a family's."""
    place = number % 9
    return ("+441134960" if place == 4 else "+441632960" if place == 8 else "+447700900") + f"{number * 617 % 1000:03d}"
