//! The words about what a record was before.

use engine::LinkError;
use protocol::message::VersionOp;

/// What made a version.
pub(crate) const fn version_op(op: VersionOp) -> &'static str {
    match op {
        VersionOp::Create => "Added",
        VersionOp::Patch => "Changed",
        VersionOp::Delete => "Deleted",
        VersionOp::Restore => "Brought back",
        VersionOp::Move => "Moved to another territory",
        VersionOp::Other => "Changed otherwise",
    }
}

/// What stood there before.
pub(crate) fn was(text: &str) -> String {
    format!("was {text}")
}

/// One of many that is there no more.
pub(crate) fn taken_away(name: &str) -> String {
    format!("{name} (taken away)")
}

/// The name of the button that puts an earlier value back.
pub(crate) fn put_back(label: &str, text: &str) -> String {
    format!("Put back {label}: {}", super::short(text))
}

/// What stands beside the offer to take that back.
pub(crate) fn is_as_before(label: &str) -> String {
    format!("{label} is as it was before.")
}

/// Why the web does not tell.
pub(crate) const fn not_told(error: LinkError) -> &'static str {
    match error {
        LinkError::NoAnswer => {
            "No signal. Who changed what is kept on the web; try again when you have a bar."
        }
        LinkError::SignedOut => "Sign in first, then try again.",
        LinkError::Busy(_) => "The web is busy. Try again in a minute.",
        LinkError::Failed | LinkError::Denied | LinkError::TooLarge | LinkError::TooOld => {
            "The web does not tell what this was before. Sync now to see whether it is still yours."
        }
    }
}

pub(crate) const WHAT_CHANGED: &str = "What changed";
pub(crate) const WHO_CHANGED: &str = "What changed, and who changed it";
pub(crate) const ASKING: &str = "Asking the web\u{2026}";
pub(crate) const BY_IMPORT: &str = "Import";
pub(crate) const ONLY_HERE: &str =
    "This is only on this phone so far. Once it is on the web, its changes are told here.";
pub(crate) const YOURS_WAITS: &str =
    "Your own last change is still on this phone. It is told here once it is on the web.";
pub(crate) const NEWER_ON_WEB: &str =
    "The web has newer changes than this phone shows. Sync now to see them everywhere.";
pub(crate) const NO_PAST: &str = "Nothing is told of what this was before.";
pub(crate) const BACK_TO_IT: &str = "Put back";
pub(crate) const OLDER: &str = "Show older";
pub(crate) const WITH: &str = "With";
pub(crate) const LEFT_OUT: &str = "Left out";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_that_puts_back_says_what_and_is_short() {
        assert_eq!(put_back("Phone", "(802) 555-0100"), "Put back Phone: (802) 555-0100");
        assert!(put_back("Note", &"x".repeat(300)).chars().count() < 80);
    }
}
