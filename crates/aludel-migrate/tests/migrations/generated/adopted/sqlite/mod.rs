pub mod calibre;
pub mod chinook;
pub mod django;
pub mod firefox;
pub mod homeassistant;
pub mod signal;
