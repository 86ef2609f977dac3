"""What the preparation of a model says becomes progress."""
from deploy.local.model_preparation import ModelProgress


def test_the_first_line_is_the_choice_and_percentages_are_progress() -> None:
    told: list[tuple[str, float | None]] = []
    reader = ModelProgress(lambda message, progress: told.append((message, progress)))
    for line in ("Chose a model.", "", "Fetching the wheel: 42%", "Converting", "/models/it"):
        reader(line)
    assert reader.choice == "Chose a model."
    assert told == [("Chose a model.", None), ("Fetching the wheel", 0.42), ("Converting", None)]
