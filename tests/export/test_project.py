import re
from pathlib import Path

import bridge.server
from export.project import COLOURS, Film, identity


def film(path: Path) -> Film:
    return Film(path, 0.0, 10.0)


def test_a_film_is_named_from_the_folder_of_the_project(tmp_path):
    path = tmp_path / "films" / "a b.mp4"
    assert film(path).path_from(tmp_path / "out" / "music") == "../../films/a b.mp4"
    assert film(path).path_from(tmp_path / "films") == "a b.mp4"


def test_links_to_folders_are_followed(tmp_path):
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real" / "deep")
    assert film(tmp_path / "a.mp4").path_from(tmp_path / "link") == "../../a.mp4"


def test_a_name_has_one_identity():
    assert identity("a") == identity("a") != identity("b")


def test_tracks_have_the_colours_of_the_parts_on_the_page():
    style = (Path(bridge.server.__file__).parent / "web" / "style.css").read_text()
    light = style.partition("}")[0]
    assert {part: re.search(rf"--{part.value}: (#\w+)", light)[1] for part in COLOURS} == COLOURS
