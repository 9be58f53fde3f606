//! What is typed and not saved. Each open form has a draft of its own: a window that opens a form which another one
//! has open begins a second draft beside it, so that neither writes over the other's words.

use std::collections::BTreeMap;

use super::Driver;
use super::saved::is_view;
use crate::device::identity;
use crate::device::tabs::{self, Held};

/// The drafts of the forms that are open in this window, by key, each with the lock that says so to the others.
pub(super) type Drafts = BTreeMap<String, Held>;

impl Driver {
    /// A draft for a form that opens: one that no window has open if there is any, otherwise a new one. Answers its
    /// key and its text. What cannot be read now must not be written over later: then too it is a new one.
    pub(super) async fn open_draft(&mut self, form: String) -> (String, String) {
        let key = format!("{form}{BESIDE}{}", identity::name());
        let Some(open) = &self.open else { return (key, String::new()) };
        let Ok(mut keys) = open.local.drafts().await else { return (key, String::new()) };
        keys.retain(|key| form_of(key) == form);
        keys.push(form);
        for key in keys {
            if let Some(held) = Held::take(&lock_of(&key)).await
                && let Ok(text) = open.local.draft(&key).await
            {
                self.drafts.insert(key.clone(), held);
                return (key, text.unwrap_or_default());
            }
        }
        if let Some(held) = Held::take(&lock_of(&key)).await {
            self.drafts.insert(key.clone(), held);
        }
        (key, String::new())
    }

    /// Whether the disk has it. A draft that cannot be kept is still in its form, which says so.
    pub(super) async fn keep_draft(&mut self, key: &str, text: &str) -> bool {
        match &self.open {
            Some(open) => open.local.keep_draft(key, text).await.is_ok(),
            None => false,
        }
    }

    /// The form is gone; its draft is for whoever opens the form next.
    pub(super) fn close_draft(&mut self, key: &str) {
        self.drafts.remove(key);
    }

    /// The forms that hold text and are open in no other window, once for each draft. A form of this window is on its
    /// way out when somebody asks.
    pub(super) async fn list_drafts(&self) -> Vec<String> {
        let Some(open) = &self.open else { return Vec::new() };
        let keys = open.local.drafts().await.unwrap_or_default();
        let held = tabs::held().await;
        let forms = keys.iter().filter(|key| !is_view(key));
        let free = forms.filter(|key| self.drafts.contains_key(*key) || !held.contains(&lock_of(key)));
        free.map(|key| form_of(key).to_owned()).collect()
    }
}

fn form_of(key: &str) -> &str {
    key.split_once(BESIDE).map_or(key, |(form, _)| form)
}

/// What a window holds that has the draft.
pub(super) fn lock_of(key: &str) -> String {
    format!("satchel/draft/{key}")
}

/// Between a form's key and the name of a draft beside its first one.
const BESIDE: char = '~';
