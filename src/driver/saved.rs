//! The views of the list of accounts that the rep has saved. The server knows nothing of them: they are texts on this
//! user's disk, one for each name, so that two windows that save at the same time lose nothing, and a sign-out takes
//! them with all the rest.

use view::saved::{self, SavedView};

use super::Driver;
use super::recover::trouble;
use super::said::Said;
use crate::store::{SaveError, ViewChange};

impl Driver {
    /// Makes a change durable, then shows it here and in the other windows.
    pub(super) async fn change_views(&mut self, change: ViewChange) -> Result<(), SaveError> {
        self.open_again().await.map_err(SaveError::NotStored)?;
        let Some(open) = &self.open else { return Err(SaveError::Stopped) };
        let dropped = change.drop.iter().map(|key| (key_of(key), String::new()));
        let kept = change.keep.iter().map(|view| (key_of(&view.key()), view.to_row()));
        let texts: Vec<(String, String)> = dropped.chain(kept).collect();
        let texts: Vec<(&str, &str)> = texts.iter().map(|(key, text)| (&**key, &**text)).collect();
        open.local.keep_texts(&texts).await.map_err(|error| SaveError::NotStored(trouble(&error)))?;
        self.say(&Said::Views { user: open.who.user });
        self.read_views().await;
        Ok(())
    }

    /// Shows what the disk has. One that does not answer leaves them as they are.
    pub(super) async fn read_views(&self) {
        let Some(open) = &self.open else { return };
        let Ok(keys) = open.local.drafts().await else { return };
        let mut views = Vec::new();
        for key in keys.iter().filter(|key| is_view(key)) {
            let Ok(row) = open.local.draft(key).await else { return };
            views.extend(row.and_then(|row| SavedView::of_row(&row)));
        }
        saved::sort(&mut views);
        self.store.set_views(views);
    }
}

/// Whether a text on the disk is a saved view, and not what was typed into a form.
pub(super) fn is_view(key: &str) -> bool {
    key.starts_with(VIEW)
}

fn key_of(key: &str) -> String {
    format!("{VIEW}{key}")
}

const VIEW: &str = "view:";
