//! All chance in a world comes from here, so that a seed is a world.

/// splitmix64 (Steele, Lea, Flood 2014): small, fast, and good enough to choose faults.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way for one seed and one use. What is drawn for one use never shifts what is
    /// drawn for another, so that a world stays the same world when a part of it is taken away.
    pub const fn new(seed: u64, purpose: u64) -> Self {
        let mut dice =
            Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.roll();
        dice
    }

    /// Any number.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below the bound, which must not be zero.
    pub const fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }

    /// True so many times in a hundred.
    pub const fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// A name that no other roll gives.
    pub const fn uuid(&mut self) -> uuid::Uuid {
        uuid::Uuid::from_u64_pair(self.roll(), self.roll())
    }
}
