"""The list "QuickBooks Standard Cost Codes": ten divisions with three codes each."""

from __future__ import annotations

LIST_NAME = "QuickBooks Standard Cost Codes"

#: 40 characters in full: longer than the 31 a QuickBooks item name holds.
LONG_CODE = "26-510-TEMPORARY-POWER-AND-SITE-LIGHTING"

#: division code and name, then its codes without the division, each with its name
DIVISIONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "01",
        "General Requirements",
        (("310", "Project Coordination"), ("520", "Construction Facilities"), ("740", "Cleaning")),
    ),
    (
        "03",
        "Concrete",
        (("100", "Concrete Forming"), ("200", "Concrete Reinforcing"), ("300", "Cast-in-Place Concrete")),
    ),
    ("05", "Metals", (("120", "Structural Steel Framing"), ("310", "Steel Decking"), ("510", "Metal Stairs"))),
    (
        "06",
        "Wood, Plastics and Composites",
        (("100", "Rough Carpentry"), ("200", "Finish Carpentry"), ("410", "Architectural Casework")),
    ),
    (
        "07",
        "Thermal and Moisture Protection",
        (("210", "Thermal Insulation"), ("500", "Membrane Roofing"), ("920", "Joint Sealants")),
    ),
    ("08", "Openings", (("110", "Metal Doors and Frames"), ("440", "Curtain Wall"), ("710", "Door Hardware"))),
    ("09", "Finishes", (("290", "Gypsum Board"), ("300", "Tiling and Stone"), ("910", "Painting"))),
    ("23", "HVAC", (("050", "Common Work for HVAC"), ("310", "Ducts and Casings"), ("740", "Packaged Units"))),
    (
        "26",
        "Electrical",
        (
            ("050", "Common Work for Electrical"),
            ("240", "Switchboards and Panelboards"),
            ("510-TEMPORARY-POWER-AND-SITE-LIGHTING", "Temporary Power and Site Lighting"),
        ),
    ),
    ("31", "Earthwork", (("100", "Site Clearing"), ("230", "Excavation and Fill"), ("500", "Excavation Support"))),
)
