//! The gesture of pulling a list down, as plain data: where it began, how far it came, what letting go means.

/// How far a finger or a mouse has pulled a list down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Pull {
    began_y: Option<f64>,
    /// How far the list gives way, px.
    pub(crate) given: f64,
}

impl Pull {
    /// Something pressed the list. Only a list at its top can be pulled.
    pub(crate) fn on_press(&mut self, y: f64, scroll_top: f64) {
        *self = Self { began_y: (scroll_top <= 0.0).then_some(y), given: 0.0 };
    }

    /// It moved; true when the list follows it, and the browser must not.
    pub(crate) fn on_move(&mut self, y: f64, scroll_top: f64) -> bool {
        let Some(began_y) = self.began_y else { return false };
        let down = y - began_y;
        if self.given == 0.0 && (scroll_top > 0.0 || down < -SLOP_PX) {
            // The finger means to scroll.
            self.began_y = None;
            return false;
        }
        self.given = if down < SLOP_PX && self.given == 0.0 { 0.0 } else { give(down) };
        self.given > 0.0
    }

    /// It let go; true when that asks for a refresh.
    pub(crate) fn on_release(&mut self) -> bool {
        let far_enough = self.is_far_enough();
        *self = Self::default();
        far_enough
    }

    /// Whether letting go now would refresh.
    pub(crate) fn is_far_enough(&self) -> bool {
        self.given >= ENOUGH_PX
    }
}

/// The further it is pulled, the less it gives.
fn give(down: f64) -> f64 {
    let down = down.max(0.0);
    GIVEN_MAX_PX * (1.0 - (-down / GIVEN_MAX_PX * 0.75).exp())
}

/// Less than this is an unsteady hand.
const SLOP_PX: f64 = 8.0;
const ENOUGH_PX: f64 = 56.0;
const GIVEN_MAX_PX: f64 = 120.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn pulled(scroll_top: f64, ys: &[f64]) -> (bool, bool) {
        let mut pull = Pull::default();
        pull.on_press(100.0, scroll_top);
        let follows = ys.iter().fold(false, |_, y| pull.on_move(*y, scroll_top));
        (follows, pull.on_release())
    }

    #[test]
    fn a_long_pull_from_the_top_refreshes() {
        assert_eq!(pulled(0.0, &[120.0, 180.0, 260.0]), (true, true));
    }

    #[test]
    fn a_short_pull_or_one_taken_back_does_not() {
        assert_eq!(pulled(0.0, &[105.0]), (false, false));
        assert_eq!(pulled(0.0, &[130.0]), (true, false));
        assert_eq!(pulled(0.0, &[260.0, 101.0]), (true, false));
    }

    #[test]
    fn a_list_that_is_not_at_its_top_scrolls() {
        assert_eq!(pulled(40.0, &[200.0, 300.0]), (false, false));
        assert_eq!(pulled(0.0, &[80.0, 300.0]), (false, false));
    }
}
