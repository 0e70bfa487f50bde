//! Parses, runs, and gives the exit code; a fault of Muster's own ends with 70 and a calm message.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|fault| {
        let _ = writeln!(std::io::stderr(), "{}", muster::cli::fault_message(&fault.to_string()));
    }));
    match std::panic::catch_unwind(|| muster::cli::run(std::env::args_os())) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::from(70),
    }
}
