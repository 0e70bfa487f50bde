//! Real relays and receivers: a private Postfix with TLS and authentication, an HTTP endpoint, on loopback.

mod hostile;
mod letters;
mod postfix;
mod readers;
mod receiver;
mod site;
mod stopped;
mod whole;
