//! Saved views that versions before kept as texts of one device: they become records, and so reach the rep's others.

use protocol::{Kind, schema};
use view::saved;

use super::Driver;
use super::drafts::lock_of;
use crate::device::tabs::Held;
use crate::store::{Draft, DraftEdit};

impl Driver {
    /// Saves each as a record, and with it takes the text away: once, as soon as the rep's own territory is known. What
    /// does not read or fit stays, and what is not stored now is tried again when the disk is opened next.
    pub(super) async fn take_over_views(&mut self) {
        let Some(open) = self.at_work().filter(|open| !open.took_over) else { return };
        let Some(own) = open.engine.status().own else { return };
        open.took_over = true;
        for key in open.local.drafts().await.unwrap_or_default().into_iter().filter(|key| is_view(key)) {
            // Of two windows that open at once only one does it.
            let Some(_held) = Held::take(&lock_of(&key)).await else { continue };
            let Some(open) = &self.open else { return };
            let text = open.local.draft(&key).await.ok().flatten();
            let fields = text.and_then(|text| saved::of_text(&text));
            let fits = |(name, text): (&String, &Option<String>)| {
                schema::check(Kind::SavedView, name, text.as_deref()).is_ok()
            };
            if let Some(fields) = fields.filter(|fields| fields.iter().all(fits)) {
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
