//! Which rows of a long list are in the page, as plain arithmetic.

use std::ops::Range;

/// What is known of the list's box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    /// A row's height, px.
    pub(crate) row_px: f64,
    /// The box's height, px.
    pub(crate) height_px: f64,
}

/// The rows to draw: those seen, and some before and after, so that scrolling does not outrun drawing. The start
/// moves in leaps, so that most scroll events change nothing.
pub(crate) fn rows(frame: Frame, scroll_top: f64, total: usize) -> Range<usize> {
    let first = (scroll_top.max(0.0) / frame.row_px) as usize;
    let seen = (frame.height_px / frame.row_px).ceil() as usize + 1;
    let start = first.saturating_sub(AROUND) / LEAP * LEAP;
    let end = (first + seen + AROUND).next_multiple_of(LEAP);
    start.min(total)..end.min(total)
}

const AROUND: usize = 8;
const LEAP: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { row_px: 64.0, height_px: 640.0 };

    #[test]
    fn the_rows_seen_are_always_among_those_drawn() {
        for scroll_top in [0.0, 1.0, 63.9, 64.0, 6_399_000.0] {
            let drawn = rows(FRAME, scroll_top, 100_000);
            let first = (scroll_top / 64.0) as usize;
            assert!(drawn.contains(&first) && drawn.len() < 45, "{scroll_top}: {drawn:?}");
            assert!(drawn.end >= (first + 11).min(100_000), "{scroll_top}: {drawn:?}");
        }
    }

    #[test]
    fn a_list_that_became_shorter_draws_no_row_past_its_end() {
        assert_eq!(rows(FRAME, 9_000.0, 3), 3..3);
        assert_eq!(rows(FRAME, 0.0, 3), 0..3);
    }
}
