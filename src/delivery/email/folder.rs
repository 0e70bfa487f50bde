//! A folder in place of the world: every message becomes a file, whole or not there at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::delivery::{Letter, Verdict, robots};
use crate::settings::WebhookKind;

/// Writes one message into a folder; a second try of the same delivery replaces the first file.
pub fn put(folder: &Path, letter: &Letter, extension: &str, bytes: &[u8]) -> Verdict {
    let name = file_name(letter, extension);
    match write(folder, &name, bytes) {
        Ok(path) => Verdict::Sent { detail: format!("written to {}", path.display()) },
        Err(error) => Verdict::later(format!("failed to write `{name}` into `{}`: {error}", folder.display())),
    }
}

/// Writes what an endpoint would be told; without address, signature or secret.
pub fn put_call(folder: &Path, letter: &Letter, kind: WebhookKind) -> Verdict {
    let told = robots::payloads(kind, letter, None, letter.date);
    let file = json!({ "endpoint": letter.to, "delivery": letter.delivery, "told": told });
    match serde_json::to_vec_pretty(&file) {
        Ok(mut bytes) => {
            bytes.push(b'\n');
            put(folder, letter, "json", &bytes)
        }
        Err(error) => Verdict::failed(error.to_string()),
    }
}

/// A name that sorts by time, tells the recipient, and is the same for every try of a delivery.
pub fn file_name(letter: &Letter, extension: &str) -> String {
    let readable: String = letter
        .to
        .chars()
        .take(60)
        .map(|c| if c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+') { c } else { '_' })
        .collect();
    let time = letter.date.format("%Y%m%dT%H%M%SZ");
    format!("{time}-{}-{readable}-{:08x}.{extension}", letter.number, short(&letter.delivery))
}

/// A few bits of the delivery's name, so that two notices at one moment stay two files.
fn short(delivery: &str) -> u32 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(delivery);
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// Writes beside, flushes to disk, then renames: a reader never sees half a file.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(name);
    let beside = folder.join(format!(".{name}.part"));
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&beside, &path)?;
    std::fs::File::open(folder)?.sync_all()?;
    Ok(path)
}
