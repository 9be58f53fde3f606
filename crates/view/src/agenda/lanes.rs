//! Events at the same time stand side by side.

/// Where an event stands among those that it overlaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lane {
    /// From the left, from zero.
    pub at: usize,
    /// How many stand side by side.
    pub of: usize,
}

/// The lanes of these spans of minutes, which are sorted by when they begin. Those that touch each other, straight or
/// by way of others, share the width evenly.
pub fn lanes(spans: &[(i32, i32)]) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::with_capacity(spans.len());
    let mut group = 0;
    // When each lane of the group is free again.
    let mut free: Vec<i32> = Vec::new();
    for (n, (from, to)) in spans.iter().enumerate() {
        if free.iter().all(|free| free <= from) {
            spread(&mut lanes[group..], free.len());
            (group, free) = (n, Vec::new());
        }
        let at = free.iter().position(|free| free <= from).unwrap_or(free.len());
        free.resize(free.len().max(at + 1), 0);
        free[at] = *to;
        lanes.push(Lane { at, of: 1 });
    }
    spread(&mut lanes[group..], free.len());
    lanes
}

fn spread(group: &mut [Lane], of: usize) {
    group.iter_mut().for_each(|lane| lane.of = of);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_at_the_same_time_shares_the_width() {
        for (spans, said) in [
            (vec![], ""),
            (vec![(0, 30)], "0/1"),
            (vec![(0, 30), (30, 60)], "0/1 0/1"),
            (vec![(0, 60), (30, 90)], "0/2 1/2"),
            (vec![(0, 60), (30, 90), (60, 120)], "0/2 1/2 0/2"),
            (vec![(0, 60), (0, 60), (0, 60), (60, 90)], "0/3 1/3 2/3 0/1"),
            (vec![(0, 100), (10, 20), (20, 30), (100, 110)], "0/2 1/2 1/2 0/1"),
        ] {
            let found: Vec<String> =
                lanes(&spans).iter().map(|Lane { at, of }| format!("{at}/{of}")).collect();
            assert_eq!(found.join(" "), said, "{spans:?}");
        }
    }
}
