from models.phantoms.randomness import random_stream


def test_a_stream_is_found_again_by_its_address() -> None:
    first = random_stream("study", "training", 3, 7, "slice", 4).standard_normal(5)
    again = random_stream("study", "training", 3, 7, "slice", 4).standard_normal(5)
    assert (first == again).all()


def test_every_part_of_the_address_changes_the_stream() -> None:
    addresses = [
        ("study", "training", 3, 7, "slice", 4),
        ("other", "training", 3, 7, "slice", 4),
        ("study", "internal", 3, 7, "slice", 4),
        ("study", "training", 4, 7, "slice", 4),
        ("study", "training", 3, 8, "slice", 4),
        ("study", "training", 3, 7, "noise", 4),
        ("study", "training", 3, 7, "slice", 5),
        ("study", "training", 7, 3, "slice", 4),
    ]
    drawn = {float(random_stream(*address).standard_normal()) for address in addresses}
    assert len(drawn) == len(addresses)
