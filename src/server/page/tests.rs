//! The page as readers, programs and those who mean harm meet it.

mod harm;
mod house;
mod http;
mod print;
