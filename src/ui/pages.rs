//! The pages. Each reads the store's signals and calls its verbs.

pub(crate) mod about;
pub(crate) mod account;
pub(crate) mod account_form;
pub(crate) mod accounts;
pub(crate) mod home;
pub(crate) mod mend;
pub(crate) mod more;
pub(crate) mod note_form;
pub(crate) mod outbox;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod still;
