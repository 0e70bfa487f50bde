//! The addresses of what is served as it is: they change with the content, so that browsers may keep it for good.

use std::collections::BTreeMap;

use handlebars::{Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderErrorReason};
use sha2::{Digest, Sha256};

use super::missing;

/// `{{asset "console.css"}}`: the address of a file.
pub(super) struct Assets(BTreeMap<String, String>);

impl Assets {
    pub(super) fn of(files: &BTreeMap<String, String>) -> Self {
        Self(files.iter().map(|(name, text)| (name.clone(), address(name, text))).collect())
    }
}

fn address(name: &str, text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let print: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/{name}?v={print}")
}

impl HelperDef for Assets {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let name = helper.param(0).and_then(|param| param.value().as_str()).ok_or_else(|| missing("asset", 0))?;
        let address = self.0.get(name);
        let address = address.ok_or_else(|| RenderErrorReason::Other(format!("there is no file `{name}`")))?;
        Ok(out.write(address)?)
    }
}
