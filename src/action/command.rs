//! A command: a program and its arguments, without a shell, in bounded time and with bounded output.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::placeholder::{Into, fill};
use super::{Answer, Values, account};
use crate::settings::environment;

/// The most of a program's output that is kept; what follows is read and thrown away.
const LONGEST_OUTPUT: usize = 16 * 1024;
/// What a program finds in its environment, where we have it ourselves.
const ENVIRONMENT: [&str; 7] = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"];

pub(super) async fn run(argv: &[String], values: &Values, timeout: Duration) -> Answer {
    let mut secrets = Vec::new();
    let filled: Result<Vec<String>, _> =
        argv.iter().map(|argument| fill(argument, values, Into::Plain, &mut secrets)).collect();
    let (program, arguments) = match filled.as_deref() {
        Ok([program, arguments @ ..]) => (program, arguments),
        Ok([]) => return Answer::failed("the settings name no program"),
        Err(error) => return Answer::failed(error.to_string()),
    };
    let mut child = match start(program, arguments) {
        Ok(child) => child,
        Err(error) => return Answer::failed(format!("failed to start `{program}`: {error}")),
    };
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let finished = async { tokio::join!(child.wait(), read(output), read(errors)) };
    let (status, output, errors) = match tokio::time::timeout(timeout, finished).await {
        Ok((Ok(status), output, errors)) => (status, output, errors),
        Ok((Err(error), ..)) => return Answer::failed(format!("failed to wait for `{program}`: {error}")),
        Err(_) => {
            // Dropping the child would kill it too, but only once somebody reaps it.
            let _ = child.kill().await;
            let time = humantime::format_duration(timeout);
            return Answer::failed(format!("`{program}` took longer than {time} and was stopped"));
        }
    };
    let said = if status.success() || errors.trim().is_empty() { output } else { errors };
    let said = account(&said, &secrets);
    let detail = match (status.code(), said.is_empty()) {
        (Some(0), _) => said,
        (Some(code), true) => format!("`{program}` ended with {code}"),
        (Some(code), false) => format!("`{program}` ended with {code}: {said}"),
        (None, _) => format!("`{program}` was killed by a signal"),
    };
    Answer { worked: status.success(), detail }
}

fn start(program: &str, arguments: &[String]) -> std::io::Result<tokio::process::Child> {
    let environment = ENVIRONMENT.iter().filter_map(|name| Some((*name, environment::variable(name)?)));
    Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// Reads to the end, so that the program never waits for us, and keeps the beginning.
async fn read(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut kept = Vec::new();
    let mut chunk = [0; 4096];
    if let Some(mut stream) = stream {
        while let Ok(read @ 1..) = stream.read(&mut chunk).await {
            kept.extend_from_slice(&chunk[..read.min(LONGEST_OUTPUT - kept.len())]);
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}
