//! The words about accounts and contacts: what they are to each other, what happened with them, what was undone.

/// What stands beside the offer to take a deletion back.
pub(crate) fn deleted(name: &str) -> String {
    format!("\u{201c}{}\u{201d} is deleted.", short(name))
}

/// A name that leaves room for a button beside it.
pub(crate) fn short(name: &str) -> String {
    match name.char_indices().nth(SHORT_CHARS) {
        Some((end, _)) => format!("{}\u{2026}", name[..end].trim_end()),
        None => name.to_owned(),
    }
}

const SHORT_CHARS: usize = 60;

pub(crate) const UNDO: &str = "Undo";
pub(crate) const UNDONE: &str = "Undone.";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const DELETE: &str = "Delete";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_and_a_short_one_is_whole() {
        assert_eq!(short("St. Mary\u{2019}s"), "St. Mary\u{2019}s");
        assert_eq!(short(&"\u{e4} ".repeat(40)).chars().count(), 60);
        assert!(deleted(&"x".repeat(300)).ends_with("\u{2026}\u{201d} is deleted."));
    }
}
