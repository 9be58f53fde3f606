//! The one alarm clock of the driver.

use gloo_timers::callback::Timeout;

/// Rings once; setting it again forgets the earlier time.
#[derive(Default)]
pub struct Timer(Option<Timeout>);

impl Timer {
    /// Calls back in so many ms, at once if that is past.
    pub fn set(&mut self, in_ms: i64, ring: impl FnOnce() + 'static) {
        // Browsers take 31 bits; a longer sleep is cut, and the engine then asks again.
        let in_ms = u32::try_from(in_ms.clamp(0, i64::from(i32::MAX))).expect("clamped to 31 bits");
        self.0 = Some(Timeout::new(in_ms, ring));
    }

    /// Forgets the time.
    pub fn clear(&mut self) {
        self.0 = None;
    }
}
