//! The words about figures.

pub(crate) const FIGURES: &str = "Figures";
