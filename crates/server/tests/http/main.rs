//! The server as its clients meet it: a real one on a free port, spoken to over HTTP.

mod assets;
mod server;
mod session;
mod sync;
mod trouble;
