"""The shop's categories: how large their markets are, who shares them, what is sold there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ops_widgets.names import SEPARATOR

Shares = Literal["ten_hold_30", "four_hold_83", "long_tail"]


@dataclass(frozen=True)
class Leaf:
    """A finest category: market volume of the plan's last 12 months, yearly growth, our shelf."""

    path: str
    gmv_billions: float
    growth: float
    brands: int
    nouns: str
    median_price: float
    #: Share of the shop's order lines, relative.
    popularity: float
    shares: Shares = "long_tail"
    #: Volume of a collective brand "Other": many sellers, no single brand.
    other: float = 0.0
    products: int = 64

    @property
    def top(self) -> str:
        """First level of the path."""
        return self.path.split(SEPARATOR)[0]


OTHER = "Other"
PRICE_SPREAD = 0.45

LEAVES = (
    Leaf(
        "Beauty / Skin Care",
        12.0,
        0.40,
        80,
        "Serum, Day Cream, Night Cream, Cleanser, Toner, Sun Lotion, Sheet Mask, Eye Cream",
        140,
        0.14,
        "ten_hold_30",
    ),
    Leaf(
        "Beauty / Make-up",
        8.0,
        0.40,
        80,
        "Lipstick, Mascara, Foundation, Blush, Brow Pencil, Eye Palette, Lip Gloss, Primer",
        95,
        0.10,
        "ten_hold_30",
    ),
    Leaf(
        "Fashion / Women",
        66.0,
        0.06,
        40,
        "Dress, Blouse, Cardigan, Trench Coat, Skirt, Linen Trousers, Scarf, Ankle Boots",
        165,
        0.10,
        other=0.35,
    ),
    Leaf(
        "Fashion / Men",
        44.0,
        0.03,
        36,
        "Shirt, Chinos, Sweater, Jacket, Polo, Belt, Sneakers, Jeans",
        175,
        0.06,
        other=0.30,
    ),
    Leaf(
        "Electronics / Phones",
        58.0,
        0.02,
        22,
        "Phone Case, Fast Charger, Power Bank, Budget Phone, Screen Guard, Car Mount",
        210,
        0.04,
    ),
    Leaf(
        "Electronics / Audio",
        24.0,
        0.11,
        30,
        "Earbuds, Headphones, Speaker, Soundbar, Microphone, Radio",
        240,
        0.05,
    ),
    Leaf(
        "Food / Snacks",
        30.0,
        0.09,
        40,
        "Almonds, Rice Crackers, Dried Mango, Chocolate, Oat Bars, Seaweed, Cookies, Walnuts",
        38,
        0.10,
        other=0.25,
    ),
    Leaf(
        "Food / Tea and Coffee",
        18.0,
        0.16,
        32,
        "Green Tea, Oolong, Black Tea, Espresso Beans, Drip Bags, Jasmine Tea, Cold Brew",
        62,
        0.06,
        other=0.20,
    ),
    Leaf(
        "Home / Kitchen",
        22.0,
        0.04,
        34,
        "Frying Pan, Kettle, Knife Set, Lunch Box, Cutting Board, Wok, Storage Jars, Mug",
        110,
        0.07,
    ),
    Leaf(
        "Home / Bedding",
        14.0,
        -0.03,
        28,
        "Duvet, Pillow, Cotton Sheets, Mattress Topper, Blanket, Pillowcase Pair",
        185,
        0.03,
    ),
    Leaf(
        "Health",
        24.0,
        0.18,
        36,
        "Vitamin C, Fish Oil, Probiotics, Collagen, Calcium, Face Masks, Heat Patch",
        120,
        0.06,
    ),
    Leaf(
        "Baby",
        26.0,
        -0.06,
        30,
        "Diapers, Baby Wipes, Bottle, Stroller Fan, Romper, Bib Set, Sleep Sack",
        105,
        0.05,
    ),
    Leaf(
        "Sports",
        18.0,
        0.12,
        34,
        "Yoga Mat, Running Socks, Dumbbells, Water Bottle, Badminton Set, Backpack, Skipping Rope",
        150,
        0.06,
        products=100,
    ),
    Leaf(
        "Smart Home",
        14.0,
        0.22,
        16,
        "Robot Vacuum, Door Sensor, Smart Lamp, Air Purifier, Thermostat, Doorbell",
        300,
        0.02,
        "four_hold_83",
    ),
    Leaf(
        "Toys",
        10.0,
        -0.02,
        30,
        "Building Blocks, Puzzle, Plush Bear, Train Set, Board Game, Kite",
        82,
        0.03,
    ),
    Leaf(
        "Pet Supplies",
        8.0,
        0.28,
        30,
        "Cat Litter, Dog Treats, Cat Tree, Leash, Pet Bed, Fish Food, Water Fountain",
        68,
        0.04,
    ),
    Leaf(
        "Books",
        4.0,
        -0.20,
        24,
        "Novel, Cookbook, Atlas, Picture Book, Travel Guide, Notebook",
        42,
        0.03,
    ),
)

ADJECTIVES = [
    *("Classic", "Gentle", "Light", "Deep", "Pure", "Everyday", "Travel", "Family", "Premium"),
    *("Soft", "Bright", "Fresh", "Natural", "Compact", "Original", "Quiet", "Velvet", "Golden"),
]
COLOURS = ["Ivory", "Sand", "Rose", "Sage", "Navy", "Slate", "Amber", "Plum", "Coral", "Mint"]

#: Invented brand names: one beginning and one ending. The shop's own brand is not in the market.
BRAND_BEGINNINGS = [
    *("Alv", "Bere", "Cal", "Dori", "Elmo", "Fera", "Gala", "Hana", "Ilo", "Jora", "Kesta"),
    *("Luma", "Miro", "Nori", "Orla", "Pavo", "Quin", "Riva", "Sela", "Tavi", "Umbra", "Vela"),
    *("Wen", "Xanti", "Yuma", "Zori"),
]
BRAND_ENDINGS = ["ra", "dell", "nia", "mont", "lis", "co", "vane", "tis", "wood", "berg", "lin"]
HOUSE_BRAND = "Plainly"
HOUSE_BRAND_SHARE = 0.10
