#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| aludel_engine::fuzz::mysql_session(bytes));
