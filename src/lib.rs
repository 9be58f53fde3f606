//! The client: all that needs a browser. In reading order: [`ui`] shows and asks, [`store`] is its front door,
//! [`driver`] is the one loop around the pure engine, and the edges are [`local`] (disk), [`remote`] (server) and
//! [`device`] (the browser's own things).

#![recursion_limit = "256"]

pub mod ui;

pub mod store;

pub mod driver;

pub mod local;

pub mod remote;

pub mod device;
