//! The command line that a program embeds.
