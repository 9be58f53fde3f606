//! The browser's own things, one a file. None of them knows another room of the client.

pub mod clock;
pub mod identity;
pub mod online;
pub mod storage;
pub mod tabs;
pub mod timer;
pub mod update;
