from __future__ import annotations

import pytest

from engine.errors import EmsyncError
from engine.hits import Hit, HitList
from engine.timecode import Clock, FrameRate, parse_rate
from engine.timeline.fcpxml import parse, read, write

PAL = Clock(FrameRate(25), "01:00:00:00")

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.10">
  <resources>
    <format id="r1" frameDuration="1001/24000s" width="1920" height="1080"/>
    <asset id="r2" name="A" start="0s" duration="500s"/>
  </resources>
  <library><event><project name="Reel 1">
    <sequence format="r1" duration="240240/24000s" tcStart="86486400/24000s" tcFormat="NDF">
      <spine>
        <asset-clip ref="r2" offset="86486400/24000s" start="100100/24000s"
            duration="96096/24000s" name="A">
          <marker start="148148/24000s" duration="1001/24000s" value="Door slams [may]"/>
          <marker start="400400/24000s" duration="1001/24000s" value="not shown"/>
          <title lane="1" offset="124124/24000s" start="3600s" duration="24024/24000s">
            <marker start="3600s" duration="1001/24000s" value="On the title"/>
          </title>
        </asset-clip>
        <transition name="Cross Dissolve" offset="86570484/24000s" duration="24024/24000s"/>
        <clip offset="86582496/24000s" duration="72072/24000s" name="B">
          <chapter-marker start="0s" duration="1001/24000s" value="tense"/>
        </clip>
        <gap offset="86654568/24000s" start="3600s" duration="72072/24000s"/>
      </spine>
    </sequence>
  </project></event></library>
</fcpxml>
"""


def frame(number: int) -> float:
    """The seconds of a frame at 23.976."""
    return number * 1001 / 24000


def test_markers_and_edits_of_the_timeline_are_read():
    found = parse(DOCUMENT, "x.fcpxml", Clock())
    assert found.of("cuts").hits == (
        Hit(frame(84), kind="dissolve", end=frame(108)),
        Hit(frame(168), kind="cut"),
    )
    assert found.of("hits").hits == (
        Hit(frame(24), "On the title"),
        Hit(frame(48), "Door slams", must=False),
        Hit(frame(96), "tense", emotion="tense"),
    )
    assert (str(found.clock.rate), found.clock.start) == ("23.976", "01:00:00:00")
    assert found.duration == frame(240)


def test_the_films_first_frame_may_be_another_than_the_timelines():
    clock = Clock(parse_rate("23.976"), "01:00:01:00")
    found = parse(DOCUMENT, "x.fcpxml", clock).of("hits")
    assert found.hits[0] == Hit(0.0, "On the title")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<fcpxml", "is not whole XML"),
        ("<xmeml version='5'/>", "XML of another kind .xmeml.; export FCPXML"),
        ("<fcpxml/>", "has 0 timelines"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><fcpxml/>", "declares entities"),
        (DOCUMENT.replace("148148/24000s", "soon"), "marker: start 'soon' is not a time"),
        (DOCUMENT.replace("148148/24000s", "1/0s"), "marker: start '1/0s' is not a time"),
        (DOCUMENT.replace("[may]", "[may, x]"), "'x' is no tag"),
    ],
)
def test_a_wrong_document_is_refused(text, complaint):
    with pytest.raises(EmsyncError, match=f"^x.fcpxml: .*{complaint}"):
        parse(text, "x.fcpxml", Clock())


def test_a_bundle_is_read(tmp_path):
    bundle = tmp_path / "x.fcpxmld"
    bundle.mkdir()
    write(HitList((Hit(1.0, "Door"),), PAL), bundle / "Info.fcpxml")
    assert read(bundle, Clock()).hits == (Hit(1.0, "Door"),)


def test_what_is_written_is_read_with_rate_and_first_frame(tmp_path):
    clock = Clock(parse_rate("29.97df"), "01:00:00;00")
    hits = (Hit(2.002, "Door <&>", end=4.004), Hit(5.005, kind="cut"))
    write(HitList(hits, clock), tmp_path / "x.fcpxml")
    found = read(tmp_path / "x.fcpxml", Clock())
    assert found.hits == hits
    assert found.clock.start == "01:00:00;00"


def test_what_the_library_writes_is_read(tmp_path):
    otio = pytest.importorskip("opentimelineio")
    if "fcpx_xml" not in otio.adapters.available_adapter_names():
        pytest.skip("needs otio-fcpx-xml-adapter")

    def span(start: int, length: int):
        time = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time(start, 25), time(length, 25))

    timeline = otio.schema.Timeline("reel")
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    for name in ("a", "b"):
        media = otio.schema.ExternalReference(f"{name}.mov", span(0, 1000))
        clip = otio.schema.Clip(name, media, span(500, 100))
        clip.markers.append(otio.schema.Marker(f"in {name}", span(525, 1)))
        track.append(clip)
    otio.adapters.write_to_file(timeline, str(tmp_path / "x.fcpxml"), adapter_name="fcpx_xml")
    found = read(tmp_path / "x.fcpxml", Clock())
    assert found.of("cuts").hits == (Hit(4.0, kind="cut"),)
    assert found.of("hits").hits == (Hit(1.0, "in a"), Hit(5.0, "in b"))
