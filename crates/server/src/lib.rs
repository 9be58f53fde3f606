//! The web behind Satchel: one binary that serves the app and its API, and runs the admin commands.
//!
//! Reading order: [`ledger`] keeps the records and decides about changes, and knows nothing of HTTP;
//! [`routes`] is the API over it; [`assets`] the app's files; [`serve`] puts them on a socket; [`import`],
//! [`backup`], [`practice`] and [`cli`] are the admin's side.

pub mod app;
pub mod assets;
pub mod auth;
pub mod backup;
pub mod cli;
pub mod clock;
mod files;
pub mod hold;
pub mod import;
pub mod ledger;
pub mod practice;
pub mod routes;
pub mod serve;
