from lajvard.report.figure import LAJVARD, figure
from lajvard.report.key import ROW, Entry, draw_key, key_rows, text_sizes

ENTRIES = [
    Entry("the sea crossing", {"color": LAJVARD, "lw": 2.2}, bold=True),
    Entry("planned or being built", {"color": "red", "ls": "--"}),
    Entry("landing", {"marker": "o", "ms": 8}),
    Entry("cable ship", {"marker": "s", "ms": 8}),
]


def test_key_rows__are_as_many_as_the_room_asks_for() -> None:
    with figure(400, 100):
        assert key_rows([], left=4, right=390) == 0
        assert key_rows(ENTRIES[:1], left=4, right=10) == 1
        assert key_rows(ENTRIES, left=4, right=900) == 1
        assert key_rows(ENTRIES, left=4, right=60) == 4


def test_draw_key__writes_rows_below_each_other_within_the_room() -> None:
    with figure(400, 100) as drawn:
        draw_key(drawn, ENTRIES, left=4, right=300, top=80)
        rows = drawn.legends
        assert len(rows) == key_rows(ENTRIES, left=4, right=300) == 2
        texts = [[text.get_text() for text in row.get_texts()] for row in rows]
        assert texts == [
            ["the sea crossing", "planned or being built"],
            ["landing", "cable ship"],
        ]
        drawn.draw_without_rendering()
        boxes = [row.get_window_extent() for row in rows]
        assert all(box.x0 >= 3 and box.x1 <= 301 for box in boxes)
        middles = [(box.y0 + box.y1) / 2 for box in boxes]
        assert abs(middles[0] - 80) < 1
        assert abs(middles[0] - middles[1] - ROW) < 1
        assert boxes[0].y0 > boxes[1].y1


def test_draw_key__shows_what_is_bold_and_markers_without_a_line() -> None:
    with figure(600, 100) as drawn:
        draw_key(drawn, ENTRIES, left=4, right=590, top=80)
        (row,) = drawn.legends
        bold, plain = row.get_texts()[:2]
        assert (bold.get_fontweight(), plain.get_fontweight()) == ("bold", "normal")
        line, dashed, dot, square = row.get_lines()
        assert (line.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
        assert (dot.get_marker(), dot.get_linestyle()) == ("o", "None")
        assert square.get_marker() == "s"
        assert not drawn.texts  # what was measured is taken away again


def test_text_sizes__grow_with_the_text() -> None:
    with figure(200, 50) as drawn:
        short, long = drawn.text(0, 0, "a"), drawn.text(0, 0, "a longer text")
        sizes = text_sizes(drawn, [short, long])
        assert sizes[1, 0] > 5 * sizes[0, 0]
        assert text_sizes(drawn, []).shape == (0, 2)
