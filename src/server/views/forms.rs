//! What forms and pages need beside words: the addresses of assets, and what somebody wrote before they were refused.

use std::collections::BTreeMap;

use handlebars::{Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::missing;

/// `{{asset "console.css"}}`: the address of an asset, different for every content, so that browsers may keep it.
pub(super) struct Addresses(BTreeMap<String, String>);

impl Addresses {
    pub(super) fn of(assets: &BTreeMap<String, String>) -> Self {
        Self(assets.iter().map(|(name, text)| (name.clone(), version(text))).collect())
    }
}

/// A few characters that stand for a content.
pub(super) fn version(text: &str) -> String {
    Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

impl HelperDef for Addresses {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let name = helper.param(0).and_then(|name| name.value().as_str()).ok_or_else(|| missing("asset", 0))?;
        let version = self.0.get(name).map_or("", String::as_str);
        Ok(out.write(&format!("/assets/{name}?v={version}"))?)
    }
}

/// `{{kept "skip" step "reason" else}}`: what was written into this field of the form that was refused, else the last.
pub(super) fn kept(
    helper: &Helper<'_>,
    registry: &Handlebars<'_>,
    context: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let text = |at: usize| helper.param(at).and_then(|param| param.value().as_str()).unwrap_or_default();
    let field = of_form(context, text(0), text(1)).and_then(|fields| fields.get(text(2))).and_then(Value::as_str);
    Ok(out.write(&registry.get_escape_fn()(field.unwrap_or_else(|| text(3))))?)
}

/// `<details{{reopened "skip" step}}>`: open where the form in it was refused.
pub(super) fn reopened(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    context: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let text = |at: usize| helper.param(at).and_then(|param| param.value().as_str()).unwrap_or_default();
    Ok(if of_form(context, text(0), text(1)).is_some() {
        out.write(" open")?
    })
}

/// The fields of the form that was refused, where it is this one.
fn of_form<'c>(context: &'c Context, command: &str, step: &str) -> Option<&'c Value> {
    let kept = context.data().get("page")?.get("kept")?;
    let is = |name: &str, value: &str| kept.get(name).and_then(Value::as_str) == Some(value);
    (is("command", command) && is("step", step)).then(|| kept.get("fields")).flatten()
}
