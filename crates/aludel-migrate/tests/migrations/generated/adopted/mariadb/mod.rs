pub mod django;
pub mod magento;
pub mod mediawiki;
pub mod moodle;
pub mod nextcloud;
pub mod wordpress;
