pub mod discourse;
pub mod gitlab;
pub mod keycloak;
pub mod mastodon;
pub mod odoo;
pub mod sentry;
