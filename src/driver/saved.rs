//! Saved views that versions before kept as texts of one device: they become records, and so reach the rep's others.

use protocol::Kind;
use view::saved;

use super::Driver;
use super::drafts::lock_of;
use crate::device::tabs::Held;
use crate::store::{Draft, DraftEdit};

impl Driver {
    /// Saves each as a record, and with it takes the text away. What does not read stays, and what is not stored now is
    /// tried again at the next start.
    pub(super) async fn take_over_views(&mut self) {
        let Some(open) = &self.open else { return };
        let Some(own) = open.engine.status().own else { return };
        for key in open.local.drafts().await.unwrap_or_default().into_iter().filter(|key| is_view(key)) {
            // Of two windows that open at once only one does it.
            let Some(_held) = Held::take(&lock_of(&key)).await else { continue };
            let Some(open) = &self.open else { return };
            let text = open.local.draft(&key).await.ok().flatten();
            if let Some(fields) = text.and_then(|text| saved::of_text(&text)) {
                let edit = DraftEdit::create(Kind::SavedView, own.clone(), fields);
                drop(self.save(Draft::of_form(edit, key)).await);
            }
        }
    }
}

/// Whether a text on the disk is such a view, and not what was typed into a form.
pub(super) fn is_view(key: &str) -> bool {
    key.starts_with("view:")
}
