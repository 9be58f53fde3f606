//! What pages are made of. Components take values and callbacks and know no store.

pub(crate) mod banner;
pub(crate) mod button;
pub(crate) mod card;
pub(crate) mod chart;
pub(crate) mod chip;
pub(crate) mod chips;
pub(crate) mod dialog;
pub(crate) mod field;
pub(crate) mod filters;
pub(crate) mod icon;
pub(crate) mod later;
pub(crate) mod list;
pub(crate) mod nav;
pub(crate) mod pick;
pub(crate) mod progress;
pub(crate) mod segments;
pub(crate) mod timeline;
pub(crate) mod when;
