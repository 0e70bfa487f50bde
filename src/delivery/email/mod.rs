//! Mail on its way out: to a relay over SMTP, or to a folder of `.eml` files.

pub mod folder;
pub mod smtp;
pub mod wire;

#[cfg(test)]
pub(crate) mod faulty;
#[cfg(test)]
mod tests;
