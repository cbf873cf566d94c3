"""Bodies, feet, sensors and links with known truth; every number seeded."""
